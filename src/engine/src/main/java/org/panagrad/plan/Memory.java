package org.panagrad.plan;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Matrix;

/**
 * The slabs a plan is bound to.
 *
 * @param workspace at least the plan's workspace bytes
 * @param parameters laid out as the {@link ParameterLayout} says
 * @param gradients the same layout; null where the plan stores none
 * @param optimizerState as many as the update rule wants, each the same layout
 */
public record Memory(
    MemorySegment workspace,
    MemorySegment parameters,
    @Nullable MemorySegment gradients,
    List<MemorySegment> optimizerState) {
  public Memory {
    optimizerState = List.copyOf(optimizerState);
  }

  /** Whether no slab has been freed. */
  boolean isAlive() {
    // Asked at every run, so without an iterator or a stream.
    boolean alive =
        workspace.scope().isAlive()
            && parameters.scope().isAlive()
            && (gradients == null || gradients.scope().isAlive());
    for (int i = 0; i < optimizerState.size(); i++) {
      alive &= optimizerState.get(i).scope().isAlive();
    }
    return alive;
  }

  /** The slab a buffer lies in. */
  public MemorySegment segment(Buffer buffer) {
    return switch (buffer.slab()) {
      case WORKSPACE -> workspace;
      case PARAMETERS -> parameters;
      case GRADIENTS -> {
        if (gradients == null) {
          throw new IllegalStateException(buffer + ": bound to a memory without gradients");
        }
        yield gradients;
      }
    };
  }

  /** The buffer as a matrix. */
  public Matrix matrix(Buffer buffer) {
    int ld = Math.max(1, buffer.stride());
    return Matrix.of(segment(buffer), buffer.offset(), buffer.rows(), buffer.cols(), ld);
  }

  /** A tile of the buffer. */
  public Matrix tile(Buffer buffer, Tiling tiling, int index) {
    int from = tiling.from(index);
    int to = tiling.to(index);
    return tiling.axis() == Tiling.Axis.ROWS
        ? matrix(buffer).block(from, to, 0, buffer.cols())
        : matrix(buffer).block(0, buffer.rows(), from, to);
  }
}
