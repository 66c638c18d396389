package org.panagrad.plan.op;

import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Matrix;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Memory;
import org.panagrad.plan.Tiling;
import org.panagrad.plan.Tiling.Axis;

/**
 * The gradient of a value, (features, batch): one for all lanes, or where {@link RepeatedGradients}
 * says so a copy for each, (lanes x features, batch).
 *
 * @param copies cuts the buffer into copies; null where there is one for all
 */
record Gradient(Buffer buffer, @Nullable Tiling copies) {
  /** One for all lanes. */
  static Gradient ofAll(Buffer buffer) {
    return new Gradient(buffer, null);
  }

  /** A tile of a step with this cut reads its own tile. */
  Access read(Tiling cut) {
    return Access.read(buffer, copies == null ? cut : copies);
  }

  /** A tile reads all of it. */
  Access readAll() {
    return copies == null ? Access.readAll(buffer) : Access.read(buffer, copies);
  }

  /** What tile i of a step with this cut reads. */
  Matrix tile(Memory memory, Tiling cut, int i) {
    if (copies == null) {
      return memory.tile(buffer, cut, i);
    }
    Matrix copy = memory.tile(buffer, copies, i);
    return cut.axis() == Axis.ROWS
        ? copy.block(cut.from(i), cut.to(i), 0, copy.cols())
        : copy.block(0, copy.rows(), cut.from(i), cut.to(i));
  }

  /** All of it, for tile i. */
  Matrix all(Memory memory, int i) {
    return copies == null ? memory.matrix(buffer) : memory.tile(buffer, copies, i);
  }
}
