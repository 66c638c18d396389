package org.panagrad.plan.op;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Matrix;
import org.panagrad.plan.BatchSource;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Memory;
import org.panagrad.plan.RunState;
import org.panagrad.plan.Tiling;

/**
 * What a tile reads of the network's input or of an activation: the input, where it is read in
 * place, is somewhere else in every run; all else lies where the plan has put it.
 *
 * @param matrix what is read: the planned one, or one that slides
 * @param planned where rows are copied to; null where they never are
 */
record InputRows(Matrix matrix, @Nullable Matrix planned, int from, int column) {
  /**
   * Binds a tile, or with a null cut all of the buffer.
   *
   * @param buffer (batch, features) where it is read in place
   */
  static InputRows bind(Lowering l, Memory memory, Buffer buffer, @Nullable Tiling cut, int tile) {
    boolean always = l.readsInPlace(buffer);
    Matrix planned =
        always ? null : cut == null ? memory.matrix(buffer) : memory.tile(buffer, cut, tile);
    if (planned != null && !l.mayReadInPlace(buffer)) {
      return new InputRows(planned, planned, 0, 0);
    }
    int ld = buffer.cols(); // also of rows read in place, so an input is never spaced
    if (cut == null) {
      return new InputRows(Matrix.sliding(buffer.rows(), ld, ld), planned, 0, 0);
    }
    int from = cut.from(tile);
    int extent = cut.to(tile) - from;
    return cut.axis() == Tiling.Axis.ROWS
        ? new InputRows(Matrix.sliding(extent, ld, ld), planned, from, 0)
        : new InputRows(Matrix.sliding(buffer.rows(), extent, ld), planned, 0, from);
  }

  /** To be called in every run before the matrix is read. */
  void locate(RunState state) {
    if (matrix != planned) {
      int count = state.clip(from, from + matrix.rows());
      if (count == 0) {
        // Products of no rows look whether memory is alive, and that of the last run need not be.
        matrix.slideTo(MemorySegment.NULL, 0, 0);
        return;
      }
      BatchSource source = Objects.requireNonNull(state.source, "no source of data");
      if (planned == null || source.isInPlace()) {
        source.slide(matrix, from, count, column);
      } else {
        matrix.slideTo(planned.segment(), planned.offset(), count);
      }
    }
  }
}
