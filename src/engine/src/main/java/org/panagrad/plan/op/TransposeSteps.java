package org.panagrad.plan.op;

import java.util.List;
import org.panagrad.blas.Matrix;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;
import org.panagrad.plan.Tiling;

/** The input (batch, features) as (features, batch), for a first layer that is no product. */
final class TransposeSteps {
  private TransposeSteps() {}

  static Step forward(Lowering l, Buffer x, Buffer y) {
    Tiling cut = l.batchColumns();
    return new Step(
        y.name(),
        Category.ELEMENT_WISE,
        List.of(Access.read(x, cut.transposed()), Access.write(y, cut)),
        cut.tiles(),
        (memory, i) -> {
          InputRows rows = InputRows.bind(l, memory, x, cut.transposed(), i);
          Matrix xs = rows.matrix();
          Matrix ys = memory.tile(y, cut, i);
          Columns cols = Columns.of(l, cut, i);
          Kernels kernels = l.kernels;
          return state -> {
            rows.locate(state);
            kernels.transpose(
                xs.segment(),
                xs.offset(),
                xs.ld(),
                ys.segment(),
                ys.offset(),
                ys.ld(),
                cols.clip(state),
                xs.cols());
          };
        });
  }
}
