package org.panagrad.plan.op;

import java.util.List;
import org.panagrad.blas.Matrix;
import org.panagrad.graph.Activate;
import org.panagrad.kernel.Activation;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;
import org.panagrad.plan.Tiling;

/** y = f(x), where no product before it has taken it over. */
final class ActivateSteps {
  private ActivateSteps() {}

  static void forward(Lowering l, Activate op) {
    Buffer x = l.featureMajor(op.x());
    Buffer y =
        l.defineInPlaceOf(op.x(), op.output(), op.function().saved() == Activation.Saved.INPUT);
    Tiling cut = l.cut(op.output());
    l.emit(
        new Step(
            op.path() + " forward",
            Category.ELEMENT_WISE,
            List.of(Access.read(x, cut), Access.write(y, cut)),
            cut.tiles(),
            (memory, i) -> {
              Kernels kernels = l.kernels;
              Matrix xs = memory.tile(x, cut, i);
              Matrix ys = memory.tile(y, cut, i);
              Columns cols = Columns.of(l, cut, i);
              return state ->
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
                      cols.clip(state));
            }));
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
    Tiling cut = l.cut(op.output());
    l.emit(
        new Step(
            op.path() + " backward",
            Category.ELEMENT_WISE,
            List.of(Access.read(saved, cut), Access.read(dy, cut), Access.write(dx, cut)),
            cut.tiles(),
            (memory, i) -> {
              Kernels kernels = l.kernels;
              Matrix s = memory.tile(saved, cut, i);
              Matrix dys = memory.tile(dy, cut, i);
              Matrix dxs = memory.tile(dx, cut, i);
              Columns cols = Columns.of(l, cut, i);
              return state ->
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
            }));
  }
}
