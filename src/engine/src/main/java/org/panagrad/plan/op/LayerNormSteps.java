package org.panagrad.plan.op;

import java.util.List;
import org.panagrad.blas.Matrix;
import org.panagrad.graph.LayerNorm;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;
import org.panagrad.plan.Tile;
import org.panagrad.plan.Tiling;
import org.panagrad.plan.Tiling.Axis;

/**
 * Layer normalisation: down the columns, so it is cut by them; only the gradients of weight and
 * bias are sums along rows.
 */
final class LayerNormSteps {
  /** Mean and 1 / sqrt(var + epsilon) of each example. */
  private static final int SAVED = 2;

  private LayerNormSteps() {}

  static void forward(Lowering l, LayerNorm op) {
    Buffer x = l.featureMajor(op.x());
    Buffer y = l.defineInPlaceOf(op.x(), op.output(), true);
    Buffer saved = Buffer.workspace(op.path() + " statistics", SAVED, l.batch(), false);
    l.save(op, saved);
    Buffer weight = l.parameter(op.weight());
    Buffer bias = l.parameter(op.bias());
    Tiling cut = l.batchColumns();
    FiniteParameters finite = FiniteParameters.of(l, op, cut);
    l.emit(
        new Step(
            op.path() + " forward",
            Category.ELEMENT_WISE,
            finite.and(
                List.of(
                    Access.read(x, cut),
                    Access.readAll(weight),
                    Access.readAll(bias),
                    Access.write(saved, cut),
                    Access.write(y, cut))),
            cut.tiles(),
            (memory, i) -> {
              Kernels kernels = l.kernels;
              Matrix xs = memory.tile(x, cut, i);
              Matrix w = memory.matrix(weight);
              Matrix b = memory.matrix(bias);
              Matrix s = memory.tile(saved, cut, i);
              Matrix ys = memory.tile(y, cut, i);
              Columns cols = Columns.of(l, cut, i);
              Tile forward =
                  state ->
                      kernels.layerNorm(
                          xs.segment(),
                          xs.offset(),
                          xs.ld(),
                          w.segment(),
                          w.offset(),
                          b.segment(),
                          b.offset(),
                          s.segment(),
                          s.offset(),
                          s.ld(),
                          ys.segment(),
                          ys.offset(),
                          ys.ld(),
                          ys.rows(),
                          cols.clip(state),
                          (float) op.epsilon());
              return finite.after(forward, memory, i);
            }));
  }

  /**
   * With x^ = (x - mean) / sqrt(var + epsilon) and g = dY weight: dX = (g - mean g - x^ mean (g
   * x^)) / sqrt(var + epsilon), means over the features; dWeight = sum dY x^ and dBias = sum dY
   * over the batch.
   */
  static void backward(Lowering l, LayerNorm op) {
    Buffer x = l.featureMajor(op.x());
    Buffer saved = l.saved(op);
    Buffer dy = l.gradient(op.output());
    if (l.wantsGradient(op.x())) {
      inputGradient(l, op, x, saved, dy);
    }
    Tiling cut = l.tiling(Axis.ROWS, op.features());
    Buffer dWeight = l.parameterGradient(op.weight());
    Buffer dBias = l.parameterGradient(op.bias());
    boolean addWeight = l.accumulates(op.weight());
    boolean addBias = l.accumulates(op.bias());
    l.emit(
        new Step(
            op.path() + " weight and bias gradient",
            Category.ELEMENT_WISE,
            List.of(
                Access.read(x, cut),
                Access.readAll(saved),
                Access.read(dy, cut),
                Access.write(dWeight, cut),
                Access.write(dBias, cut)),
            cut.tiles(),
            (memory, i) -> {
              Kernels kernels = l.kernels;
              Matrix xs = memory.tile(x, cut, i);
              Matrix s = memory.matrix(saved);
              Matrix dys = memory.tile(dy, cut, i);
              Matrix dw = memory.tile(dWeight, cut, i);
              Matrix db = memory.tile(dBias, cut, i);
              return state -> {
                kernels.rowSums(
                    dys.segment(),
                    dys.offset(),
                    dys.ld(),
                    db.segment(),
                    db.offset(),
                    dys.rows(),
                    state.batch,
                    addBias);
                kernels.layerNormWeightGradient(
                    xs.segment(),
                    xs.offset(),
                    xs.ld(),
                    s.segment(),
                    s.offset(),
                    s.ld(),
                    dys.segment(),
                    dys.offset(),
                    dys.ld(),
                    dw.segment(),
                    dw.offset(),
                    dys.rows(),
                    state.batch,
                    addWeight);
              };
            }));
    l.updated(op.weight(), op, cut);
    l.updated(op.bias(), op, cut);
  }

  /** In a buffer of its own rather than in dY's, which the sums along rows read in this phase. */
  private static void inputGradient(Lowering l, LayerNorm op, Buffer x, Buffer saved, Buffer dy) {
    Buffer weight = l.parameter(op.weight());
    Buffer dx = l.gradient(op.x());
    boolean accumulate = l.accumulates(op.x());
    Tiling cut = l.batchColumns();
    l.emit(
        new Step(
            op.path() + " input gradient",
            Category.ELEMENT_WISE,
            List.of(
                Access.read(x, cut),
                Access.readAll(weight),
                Access.read(saved, cut),
                Access.read(dy, cut),
                Access.write(dx, cut)),
            cut.tiles(),
            (memory, i) -> {
              Kernels kernels = l.kernels;
              Matrix xs = memory.tile(x, cut, i);
              Matrix w = memory.matrix(weight);
              Matrix s = memory.tile(saved, cut, i);
              Matrix dys = memory.tile(dy, cut, i);
              Matrix dxs = memory.tile(dx, cut, i);
              Columns cols = Columns.of(l, cut, i);
              return state ->
                  kernels.layerNormBackward(
                      xs.segment(),
                      xs.offset(),
                      xs.ld(),
                      w.segment(),
                      w.offset(),
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
