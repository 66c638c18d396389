package org.panagrad.plan.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Matrix;
import org.panagrad.graph.Activate;
import org.panagrad.graph.Linear;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Activation;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;
import org.panagrad.plan.Tile;
import org.panagrad.plan.Tiling;
import org.panagrad.plan.Tiling.Axis;
import org.panagrad.plan.UpdateRule;

/** z = W x + b: three products, and the sums of the bias. */
final class LinearSteps {
  private LinearSteps() {}

  /**
   * Z (out, batch) = W (out, in) X (in, batch), then bias and, where the next operation is an
   * activation of this alone, that too, on the tile just written.
   */
  static void forward(Lowering l, Linear op) {
    Value x = op.x();
    Buffer in = l.isRowMajor(x) ? l.input() : l.activation(x);
    Buffer weight = l.parameter(op.weight());
    Activate next = l.soleConsumer(op.output()) instanceof Activate a ? a : null;
    Buffer z;
    Buffer y;
    if (next == null) {
      z = l.define(op.output());
      y = z;
    } else {
      l.absorb(next);
      boolean keepZ = l.options.backward() && next.function().saved() == Activation.Saved.INPUT;
      y = l.define(next.output());
      z = keepZ ? l.define(op.output()) : y;
    }
    Tiling cut = l.cut(op.out(), l.batch());
    boolean byFeatures = cut.axis() == Axis.ROWS;
    boolean transposed = l.isRowMajor(x);
    Tiling xCut = transposed ? cut.transposed() : cut;
    FiniteParameters finite = FiniteParameters.of(l, op, z, cut);
    l.emit(
        new Step(
            op.path() + " forward",
            Category.PRODUCT,
            finite.and(
                List.of(
                    byFeatures ? Access.read(weight, cut) : Access.readAll(weight),
                    byFeatures ? Access.readAll(in) : Access.read(in, xCut),
                    Access.write(z, cut))),
            cut.tiles(),
            (memory, i) -> {
              Matrix w = byFeatures ? memory.tile(weight, cut, i) : memory.matrix(weight);
              InputRows xs = InputRows.bind(l, memory, in, byFeatures ? null : xCut, i);
              Matrix zs = memory.tile(z, cut, i);
              Columns cols = Columns.of(l, cut, i);
              int m = w.rows();
              int k = w.cols();
              Tile forward =
                  state -> {
                    xs.locate(state);
                    l.blas.sgemm(
                        false, transposed, m, cols.clip(state), k, 1, w, xs.matrix(), 0, zs);
                  };
              return finite.after(forward, memory, i);
            }));
    biasAndActivation(l, op, next, z, y, cut);
    if (RepeatedGradients.pays(l, op)) {
      l.repeatGradient(op, RepeatedGradients.copyWeight(l, op));
    }
  }

  private static void biasAndActivation(
      Lowering l, Linear op, @Nullable Activate next, Buffer z, Buffer y, Tiling cut) {
    Activation f = next == null ? Activation.IDENTITY : next.function();
    float slope = next == null ? 0 : next.slope();
    Buffer bias = op.bias() == null ? null : l.parameter(op.bias());
    if (bias == null && next == null) {
      return;
    }
    List<Access> accesses = new ArrayList<>();
    accesses.add(Access.write(z, cut));
    if (y != z) {
      accesses.add(Access.write(y, cut));
    }
    if (bias != null) {
      accesses.add(cut.axis() == Axis.ROWS ? Access.read(bias, cut) : Access.readAll(bias));
    }
    l.emit(
        new Step(
            op.path() + (bias == null ? " " : " bias ") + (next == null ? "" : next.path()),
            Category.ELEMENT_WISE,
            accesses,
            cut.tiles(),
            (memory, i) -> {
              Kernels kernels = l.kernels;
              Matrix zs = memory.tile(z, cut, i);
              Matrix ys = memory.tile(y, cut, i);
              Columns cols = Columns.of(l, cut, i);
              if (bias == null) {
                return state ->
                    kernels.activate(
                        f,
                        slope,
                        zs.segment(),
                        zs.offset(),
                        zs.ld(),
                        ys.segment(),
                        ys.offset(),
                        ys.ld(),
                        zs.rows(),
                        cols.clip(state));
              }
              Matrix b = cut.axis() == Axis.ROWS ? memory.tile(bias, cut, i) : memory.matrix(bias);
              return state ->
                  kernels.biasActivate(
                      f,
                      slope,
                      zs.segment(),
                      zs.offset(),
                      zs.ld(),
                      b.segment(),
                      b.offset(),
                      ys.segment(),
                      ys.offset(),
                      ys.ld(),
                      zs.rows(),
                      cols.clip(state));
            }));
  }

  /**
   * From dZ (out, batch): dX (in, batch) = W^T dZ, db (out) = row sums of dZ, dW (out, in) = dZ
   * X^T.
   *
   * <p>Where the update is the product itself, dW is cut by the columns that dX is cut by: a lane
   * then reads for dX exactly the part of W that it alone updates, with no meeting between. Other
   * updates stream through the weight and the optimizer's state, which wants whole rows: by columns
   * Adam's took 1.4 ns a weight, by rows 0.6 (256 x 512, two lanes).
   */
  static void backward(Lowering l, Linear op) {
    Value x = op.x();
    Gradient dz = l.gradientOf(op.output());
    Tiling dxCut = l.wantsGradient(x) ? l.cut(op.in(), l.batch()) : null;
    if (dxCut != null && OnePassGradients.pays(l, op, dxCut)) {
      OnePassGradients.emit(l, op, dz, dxCut);
      biasGradient(l, op, dz);
      return;
    }
    if (dxCut != null) {
      Buffer weights = l.weightCopies(op);
      l.emit(
          weights == null
              ? inputGradient(l, op, dz, dxCut)
              : RepeatedGradients.inputGradient(l, op, weights, dz, l.gradientOf(x)));
    }
    biasGradient(l, op, dz);
    Tiling cut =
        l.fusesUpdate(op.weight()) && dxCut != null && dxCut.axis() == Axis.ROWS
            ? dxCut.transposed()
            : l.cut(op.out(), op.in());
    weightGradient(l, op, dz, cut);
  }

  private static Step inputGradient(Lowering l, Linear op, Gradient dz, Tiling cut) {
    Buffer weight = l.parameter(op.weight());
    Buffer dx = l.gradient(op.x());
    boolean byFeatures = cut.axis() == Axis.ROWS;
    Tiling wCut = cut.transposed();
    float beta = l.accumulates(op.x()) ? 1 : 0;
    return new Step(
        op.path() + " input gradient",
        Category.PRODUCT,
        List.of(
            byFeatures ? Access.read(weight, wCut) : Access.readAll(weight),
            byFeatures ? dz.readAll() : dz.read(cut),
            Access.write(dx, cut)),
        cut.tiles(),
        (memory, i) -> {
          Matrix w = byFeatures ? memory.tile(weight, wCut, i) : memory.matrix(weight);
          Matrix dzs = byFeatures ? dz.all(memory, i) : dz.tile(memory, cut, i);
          Matrix dxs = memory.tile(dx, cut, i);
          Columns cols = Columns.of(l, cut, i);
          int m = w.cols();
          int k = w.rows();
          return state -> l.blas.sgemm(true, false, m, cols.clip(state), k, 1, w, dzs, beta, dxs);
        });
  }

  private static void biasGradient(Lowering l, Linear op, Gradient dz) {
    Value bias = op.bias();
    if (bias == null) {
      return;
    }
    Buffer db = l.parameterGradient(bias);
    Tiling cut = l.tiling(Axis.ROWS, op.out());
    boolean accumulate = l.accumulates(bias);
    l.emit(
        new Step(
            op.path() + " bias gradient",
            Category.ELEMENT_WISE,
            List.of(dz.read(cut), Access.write(db, cut)),
            cut.tiles(),
            (memory, i) -> {
              Kernels kernels = l.kernels;
              Matrix dzs = dz.tile(memory, cut, i);
              Matrix dbs = memory.tile(db, cut, i);
              return state ->
                  kernels.rowSums(
                      dzs.segment(),
                      dzs.offset(),
                      dzs.ld(),
                      dbs.segment(),
                      dbs.offset(),
                      dzs.rows(),
                      state.batch,
                      accumulate);
            }));
    l.updated(bias, op, cut);
  }

  private static void weightGradient(Lowering l, Linear op, Gradient dz, Tiling cut) {
    Value x = op.x();
    Buffer in = l.isRowMajor(x) ? l.input() : l.activation(x);
    boolean fused = l.fusesUpdate(op.weight());
    UpdateRule rule = l.options.updateRule();
    Buffer dw = fused ? l.parameter(op.weight()) : l.parameterGradient(op.weight());
    boolean byRows = cut.axis() == Axis.ROWS;
    boolean rowMajor = l.isRowMajor(x);
    Tiling xCut = rowMajor ? cut : cut.transposed();
    float beta = !fused && l.accumulates(op.weight()) ? 1 : 0;
    List<Access> accesses =
        new ArrayList<>(
            List.of(
                byRows ? dz.read(cut) : dz.readAll(),
                byRows ? Access.readAll(in) : Access.read(in, xCut),
                Access.write(dw, cut)));
    if (fused) {
      accesses.add(Access.readAll(l.losses()));
    }
    l.emit(
        new Step(
            op.path() + (fused ? " weight gradient and update" : " weight gradient"),
            Category.PRODUCT,
            accesses,
            cut.tiles(),
            (memory, i) -> {
              Matrix dzs = byRows ? dz.tile(memory, cut, i) : dz.all(memory, i);
              InputRows xs = InputRows.bind(l, memory, in, byRows ? null : xCut, i);
              Matrix dws = memory.tile(dw, cut, i);
              int m = dws.rows();
              int n = dws.cols();
              if (fused) {
                UpdateRule sgd = Objects.requireNonNull(rule);
                boolean decays = sgd.decays(op.weight());
                return UpdateSteps.unlessRefused(
                    memory.matrix(l.losses()),
                    state -> {
                      xs.locate(state);
                      float alpha = sgd.productAlpha(state);
                      float keep = sgd.productBeta(decays, state);
                      l.blas.sgemm(
                          false, !rowMajor, m, n, state.batch, alpha, dzs, xs.matrix(), keep, dws);
                    });
              }
              return state -> {
                xs.locate(state);
                l.blas.sgemm(false, !rowMajor, m, n, state.batch, 1, dzs, xs.matrix(), beta, dws);
              };
            }));
    if (!fused) {
      l.updated(op.weight(), op, cut);
    }
  }
}
