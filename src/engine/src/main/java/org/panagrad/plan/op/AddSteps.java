package org.panagrad.plan.op;

import org.panagrad.graph.Add;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Step;
import org.panagrad.plan.Tiling;

/** z = x + y. */
final class AddSteps {
  private AddSteps() {}

  static void forward(Lowering l, Add op) {
    Buffer x = l.featureMajor(op.x());
    Buffer y = l.featureMajor(op.y());
    Buffer z = l.define(op.output());
    Tiling cut = l.cut(op.output());
    Kernels kernels = l.kernels;
    l.emit(
        ElementWise.of(
            l,
            op.path() + " forward",
            cut,
            x,
            y,
            z,
            (xs, ys, zs, cols) ->
                state ->
                    kernels.add(
                        xs.segment(),
                        xs.offset(),
                        xs.ld(),
                        ys.segment(),
                        ys.offset(),
                        ys.ld(),
                        zs.segment(),
                        zs.offset(),
                        zs.ld(),
                        zs.rows(),
                        cols.clip(state))));
  }

  /** dX and dY are each dZ, added to whatever else reached them. */
  static void backward(Lowering l, Add op) {
    for (Value in : op.inputs()) {
      if (l.wantsGradient(in)) {
        l.emit(
            copy(
                l,
                op.path() + " backward to " + in.path(),
                in,
                l.gradient(op.output()),
                l.gradient(in),
                l.accumulates(in)));
      }
    }
  }

  /** to (+)= from, for two gradients of a value's shape. */
  static Step copy(
      Lowering l, String name, Value shapedLike, Buffer from, Buffer to, boolean accumulate) {
    Kernels kernels = l.kernels;
    return ElementWise.of(
        l,
        name,
        l.cut(shapedLike),
        from,
        to,
        (xs, ys, cols) ->
            state ->
                kernels.copy(
                    xs.segment(),
                    xs.offset(),
                    xs.ld(),
                    ys.segment(),
                    ys.offset(),
                    ys.ld(),
                    ys.rows(),
                    cols.clip(state),
                    accumulate));
  }
}
