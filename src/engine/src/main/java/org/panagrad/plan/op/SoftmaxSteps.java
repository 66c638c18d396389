package org.panagrad.plan.op;

import org.panagrad.graph.Softmax;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Tiling;

/** Softmax down the columns. Training takes the cross-entropy of logits instead. */
final class SoftmaxSteps {
  private SoftmaxSteps() {}

  static void forward(Lowering l, Softmax op) {
    Buffer x = l.featureMajor(op.x());
    Buffer y = l.defineInPlaceOf(op.x(), op.output(), false);
    Tiling cut = l.batchColumns();
    Kernels kernels = l.kernels;
    l.emit(
        ElementWise.of(
            l,
            op.path() + " forward",
            cut,
            x,
            y,
            (xs, ys, cols) ->
                state ->
                    kernels.softmax(
                        xs.segment(),
                        xs.offset(),
                        xs.ld(),
                        ys.segment(),
                        ys.offset(),
                        ys.ld(),
                        ys.rows(),
                        cols.clip(state))));
  }
}
