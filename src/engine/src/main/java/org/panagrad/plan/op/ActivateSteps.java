package org.panagrad.plan.op;

import org.panagrad.graph.Activate;
import org.panagrad.kernel.Activation;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Tiling;

/** y = f(x), where no product before it has taken it over. */
final class ActivateSteps {
  private ActivateSteps() {}

  static void forward(Lowering l, Activate op) {
    Buffer x = l.featureMajor(op.x());
    Buffer y =
        l.defineInPlaceOf(op.x(), op.output(), op.function().saved() == Activation.Saved.INPUT);
    Tiling cut = l.cut(op.output());
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
                    kernels.activate(
                        op.function(),
                        op.slope(),
                        xs.segment(),
                        xs.offset(),
                        xs.ld(),
                        ys.segment(),
                        ys.offset(),
                        ys.ld(),
                        ys.rows(),
                        cols.clip(state))));
  }

  /** dX = dY f'. */
  static void backward(Lowering l, Activate op) {
    if (!l.wantsGradient(op.x())) {
      return;
    }
    l.shareGradient(op.x(), op.output());
    Buffer saved =
        switch (op.function().saved()) {
          case INPUT -> l.featureMajor(op.x());
          case OUTPUT -> l.activation(op.output());
          // The identity reads nothing of the forward pass; any buffer of the shape will do.
          case NOTHING -> l.gradient(op.output());
        };
    Buffer dy = l.gradient(op.output());
    Buffer dx = l.gradient(op.x());
    boolean accumulate = l.accumulates(op.x());
    if (op.function() == Activation.IDENTITY && dx == dy) {
      return;
    }
    Kernels kernels = l.kernels;
    ElementWise.Binary work =
        (s, dys, dxs, cols) ->
            state ->
                kernels.activateBackward(
                    op.function(),
                    op.slope(),
                    s.segment(),
                    s.offset(),
                    s.ld(),
                    dys.segment(),
                    dys.offset(),
                    dys.ld(),
                    dxs.segment(),
                    dxs.offset(),
                    dxs.ld(),
                    dxs.rows(),
                    cols.clip(state),
                    accumulate);
    String name = op.path() + " backward";
    Tiling copies = l.gradientOf(op.x()).copies();
    l.emit(
        copies == null
            ? ElementWise.of(l, name, l.cut(op.output()), saved, dy, dx, work)
            : ElementWise.repeated(l, name, copies, saved, dx, work));
  }
}
