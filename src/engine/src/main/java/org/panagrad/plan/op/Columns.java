package org.panagrad.plan.op;

import org.panagrad.plan.RunState;
import org.panagrad.plan.Tiling;

/** The columns of a feature-major tile: examples [from, to) of the batch. */
record Columns(int from, int to) {
  static Columns of(Lowering l, Tiling cut, int tile) {
    return cut.axis() == Tiling.Axis.ROWS
        ? new Columns(0, l.batch())
        : new Columns(cut.from(tile), cut.to(tile));
  }

  /** How many of them this mini-batch has. */
  int clip(RunState state) {
    return state.clip(from, to);
  }
}
