package org.panagrad.plan.op;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Matrix;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Memory;
import org.panagrad.plan.RunState;
import org.panagrad.plan.Tiling;

/**
 * What a tile reads of the network's input or of an activation: the input, where it is read in
 * place, is somewhere else in every run; all else lies where the plan has put it.
 */
record InputRows(Matrix matrix, boolean slides, int from, int column) {
  /**
   * Binds a tile, or with a null cut all of the buffer.
   *
   * @param buffer (batch, features) where it is read in place
   */
  static InputRows bind(Lowering l, Memory memory, Buffer buffer, @Nullable Tiling cut, int tile) {
    if (!l.readsInPlace(buffer)) {
      Matrix fixed = cut == null ? memory.matrix(buffer) : memory.tile(buffer, cut, tile);
      return new InputRows(fixed, false, 0, 0);
    }
    if (cut == null) {
      return new InputRows(Matrix.sliding(buffer.rows(), buffer.cols(), buffer.cols()), true, 0, 0);
    }
    int from = cut.from(tile);
    int extent = cut.to(tile) - from;
    return cut.axis() == Tiling.Axis.ROWS
        ? new InputRows(Matrix.sliding(extent, buffer.cols(), buffer.cols()), true, from, 0)
        : new InputRows(Matrix.sliding(buffer.rows(), extent, buffer.cols()), true, 0, from);
  }

  /** To be called in every run before the matrix is read. */
  void locate(RunState state) {
    if (slides) {
      int count = state.clip(from, from + matrix.rows());
      if (count == 0) {
        return;
      }
      Objects.requireNonNull(state.source, "no source of data").slide(matrix, from, count, column);
    }
  }
}
