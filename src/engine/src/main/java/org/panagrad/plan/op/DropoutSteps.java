package org.panagrad.plan.op;

import java.util.List;
import org.panagrad.blas.Matrix;
import org.panagrad.graph.Dropout;
import org.panagrad.graph.Value;
import org.panagrad.kernel.DropoutMask;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;
import org.panagrad.plan.Tiling;

/** Inverted dropout; the mask is drawn again in the backward pass, not stored. */
final class DropoutSteps {
  private DropoutSteps() {}

  static void forward(Lowering l, Dropout op) {
    if (!drops(l, op) && op.output() != l.graph.output()) {
      l.alias(op.x(), op.output());
      return;
    }
    Buffer x = l.featureMajor(op.x());
    if (!drops(l, op)) {
      // The output is read after the run, so it cannot be an alias of what the planner may reuse.
      Buffer y = l.define(op.output());
      l.emit(AddSteps.copy(l, op.path() + " forward", op.output(), x, y, false));
      return;
    }
    Buffer y = l.defineInPlaceOf(op.x(), op.output(), false);
    l.emit(step(l, op, op.path() + " forward", op.output(), x, y, false));
  }

  /** dX = mask dY / (1 - p). */
  static void backward(Lowering l, Dropout op) {
    if (!l.wantsGradient(op.x())) {
      return;
    }
    l.shareGradient(op.x(), op.output());
    Buffer dy = l.gradient(op.output());
    Buffer dx = l.gradient(op.x());
    boolean accumulate = l.accumulates(op.x());
    if (drops(l, op)) {
      l.emit(step(l, op, op.path() + " backward", op.output(), dy, dx, accumulate));
    } else if (dx != dy) {
      l.emit(AddSteps.copy(l, op.path() + " backward", op.x(), dy, dx, accumulate));
    }
  }

  private static boolean drops(Lowering l, Dropout op) {
    return l.options.training() && op.probability() > 0;
  }

  private static Step step(
      Lowering l, Dropout op, String name, Value value, Buffer x, Buffer y, boolean accumulate) {
    Tiling cut = l.cut(value);
    return new Step(
        name,
        Category.ELEMENT_WISE,
        List.of(Access.read(x, cut), Access.write(y, cut)),
        cut.tiles(),
        (memory, i) -> {
          Kernels kernels = l.kernels;
          Matrix xs = memory.tile(x, cut, i);
          Matrix ys = memory.tile(y, cut, i);
          Columns cols = Columns.of(l, cut, i);
          int stride = l.batch();
          int first = cut.axis() == Tiling.Axis.ROWS ? cut.from(i) * stride : cut.from(i);
          return state ->
              kernels.dropout(
                  xs.segment(),
                  xs.offset(),
                  xs.ld(),
                  ys.segment(),
                  ys.offset(),
                  ys.ld(),
                  ys.rows(),
                  cols.clip(state),
                  DropoutMask.key(state.seed, state.draw(), op.index()),
                  first,
                  stride,
                  op.probability(),
                  accumulate);
        });
  }
}
