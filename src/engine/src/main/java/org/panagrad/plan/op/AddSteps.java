package org.panagrad.plan.op;

import java.util.List;
import org.panagrad.blas.Matrix;
import org.panagrad.graph.Add;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;
import org.panagrad.plan.Tiling;

/** z = x + y. */
final class AddSteps {
  private AddSteps() {}

  static void forward(Lowering l, Add op) {
    Buffer x = l.featureMajor(op.x());
    Buffer y = l.featureMajor(op.y());
    Buffer z = l.define(op.output());
    Tiling cut = l.cut(op.output());
    l.emit(
        new Step(
            op.path() + " forward",
            Category.ELEMENT_WISE,
            List.of(Access.read(x, cut), Access.read(y, cut), Access.write(z, cut)),
            cut.tiles(),
            (memory, i) -> {
              Kernels kernels = l.kernels;
              Matrix xs = memory.tile(x, cut, i);
              Matrix ys = memory.tile(y, cut, i);
              Matrix zs = memory.tile(z, cut, i);
              Columns cols = Columns.of(l, cut, i);
              return state ->
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
                      cols.clip(state));
            }));
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
    Tiling cut = l.cut(shapedLike);
    return new Step(
        name,
        Category.ELEMENT_WISE,
        List.of(Access.read(from, cut), Access.write(to, cut)),
        cut.tiles(),
        (memory, i) -> {
          Kernels kernels = l.kernels;
          Matrix xs = memory.tile(from, cut, i);
          Matrix ys = memory.tile(to, cut, i);
          Columns cols = Columns.of(l, cut, i);
          return state ->
              kernels.copy(
                  xs.segment(),
                  xs.offset(),
                  xs.ld(),
                  ys.segment(),
                  ys.offset(),
                  ys.ld(),
                  ys.rows(),
                  cols.clip(state),
                  accumulate);
        });
  }
}
