package org.panagrad.plan.op;

import java.util.List;
import org.panagrad.blas.Matrix;
import org.panagrad.graph.Softmax;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;
import org.panagrad.plan.Tiling;

/** Softmax down the columns. Training takes the cross-entropy of logits instead. */
final class SoftmaxSteps {
  private SoftmaxSteps() {}

  static void forward(Lowering l, Softmax op) {
    Buffer x = l.featureMajor(op.x());
    Buffer y = l.defineInPlaceOf(op.x(), op.output(), false);
    Tiling cut = l.batchColumns();
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
                  kernels.softmax(
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
}
