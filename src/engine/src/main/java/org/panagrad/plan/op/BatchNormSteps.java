package org.panagrad.plan.op;

import java.util.ArrayList;
import java.util.List;
import org.panagrad.blas.Matrix;
import org.panagrad.graph.BatchNorm;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Memory;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;
import org.panagrad.plan.Tile;
import org.panagrad.plan.Tiling;
import org.panagrad.plan.Tiling.Axis;

/**
 * Batch normalisation. A row is a feature, so a lane has the whole of every sum it needs, and
 * shares the phase of the product before it and of the activation after it.
 */
final class BatchNormSteps {
  // What the rows of the saved statistics hold, (4, features).
  private static final int SUMS = 2;
  private static final int SAVED = 4;

  private BatchNormSteps() {}

  static void forward(Lowering l, BatchNorm op) {
    Buffer x = l.featureMajor(op.x());
    if (l.options.training()) {
      byTheBatch(l, op, x);
    } else {
      byRunningStatistics(l, op, x);
    }
  }

  private static void byTheBatch(Lowering l, BatchNorm op, Buffer x) {
    Buffer y = l.defineInPlaceOf(op.x(), op.output(), true);
    Buffer saved = Buffer.workspace(op.path() + " statistics", SAVED, op.features(), false);
    l.save(op, saved);
    Buffer weight = l.parameter(op.weight());
    Buffer bias = l.parameter(op.bias());
    Buffer runningMean = l.parameter(op.runningMean());
    Buffer runningVar = l.parameter(op.runningVar());
    Tiling cut = l.tiling(Axis.ROWS, op.features());
    FiniteParameters finite = FiniteParameters.of(l, op, cut);
    l.emit(
        new Step(
            op.path() + " forward",
            Category.ELEMENT_WISE,
            finite.and(
                List.of(
                    Access.read(x, cut),
                    Access.read(weight, cut),
                    Access.read(bias, cut),
                    Access.write(runningMean, cut),
                    Access.write(runningVar, cut),
                    Access.write(saved, cut.transposed()),
                    Access.write(y, cut))),
            cut.tiles(),
            (memory, i) -> {
              Kernels kernels = l.kernels;
              Matrix xs = memory.tile(x, cut, i);
              Matrix w = memory.tile(weight, cut, i);
              Matrix b = memory.tile(bias, cut, i);
              Matrix means = memory.tile(runningMean, cut, i);
              Matrix vars = memory.tile(runningVar, cut, i);
              Matrix s = memory.tile(saved, cut.transposed(), i);
              Matrix ys = memory.tile(y, cut, i);
              Tile forward =
                  state ->
                      kernels.batchNorm(
                          xs.segment(),
                          xs.offset(),
                          xs.ld(),
                          w.segment(),
                          w.offset(),
                          b.segment(),
                          b.offset(),
                          means.segment(),
                          means.offset(),
                          vars.segment(),
                          vars.offset(),
                          s.segment(),
                          s.offset(),
                          s.ld(),
                          ys.segment(),
                          ys.offset(),
                          ys.ld(),
                          ys.rows(),
                          state.batch,
                          op.epsilon(),
                          op.momentum());
              return finite.after(forward, memory, i);
            }));
  }

  /** y = (x - mean) / sqrt(var + epsilon) * weight + bias with what training has left. */
  private static void byRunningStatistics(Lowering l, BatchNorm op, Buffer x) {
    Buffer y = l.defineInPlaceOf(op.x(), op.output(), true);
    Buffer weight = l.parameter(op.weight());
    Buffer bias = l.parameter(op.bias());
    Buffer runningMean = l.parameter(op.runningMean());
    Buffer runningVar = l.parameter(op.runningVar());
    Tiling cut = l.cut(op.output());
    boolean byFeatures = cut.axis() == Axis.ROWS;
    List<Access> accesses = new ArrayList<>(List.of(Access.read(x, cut), Access.write(y, cut)));
    for (Buffer each : List.of(weight, bias, runningMean, runningVar)) {
      accesses.add(byFeatures ? Access.read(each, cut) : Access.readAll(each));
    }
    l.emit(
        new Step(
            op.path() + " forward",
            Category.ELEMENT_WISE,
            accesses,
            cut.tiles(),
            (memory, i) -> {
              Kernels kernels = l.kernels;
              Matrix xs = memory.tile(x, cut, i);
              Matrix w = ofFeatures(memory, weight, cut, i);
              Matrix b = ofFeatures(memory, bias, cut, i);
              Matrix means = ofFeatures(memory, runningMean, cut, i);
              Matrix vars = ofFeatures(memory, runningVar, cut, i);
              Matrix ys = memory.tile(y, cut, i);
              Columns cols = Columns.of(l, cut, i);
              return state ->
                  kernels.batchNormRunning(
                      xs.segment(),
                      xs.offset(),
                      xs.ld(),
                      w.segment(),
                      w.offset(),
                      b.segment(),
                      b.offset(),
                      means.segment(),
                      means.offset(),
                      vars.segment(),
                      vars.offset(),
                      ys.segment(),
                      ys.offset(),
                      ys.ld(),
                      ys.rows(),
                      cols.clip(state),
                      op.epsilon());
            }));
  }

  private static Matrix ofFeatures(Memory memory, Buffer parameter, Tiling cut, int tile) {
    return cut.axis() == Axis.ROWS ? memory.tile(parameter, cut, tile) : memory.matrix(parameter);
  }

  /**
   * With x^ = (x - mean) / sqrt(var + epsilon): dWeight = sum dY x^, dBias = sum dY, and dX =
   * weight / sqrt(var + epsilon) (dY - dBias / n - x^ dWeight / n), the sums of this use of the
   * parameters.
   */
  static void backward(Lowering l, BatchNorm op) {
    if (!l.options.training()) {
      throw new IllegalArgumentException(
          op.path() + " (BatchNorm): gradients are those of training; compile for training");
    }
    Tiling cut = l.tiling(Axis.ROWS, op.features());
    Buffer x = l.featureMajor(op.x());
    Buffer saved = l.saved(op);
    l.shareGradient(op.x(), op.output());
    Buffer dy = l.gradient(op.output());
    Tiling byFeature = cut.transposed();
    l.emit(
        new Step(
            op.path() + " sums",
            Category.ELEMENT_WISE,
            List.of(Access.read(x, cut), Access.read(dy, cut), Access.write(saved, byFeature)),
            cut.tiles(),
            (memory, i) -> {
              Kernels kernels = l.kernels;
              Matrix xs = memory.tile(x, cut, i);
              Matrix dys = memory.tile(dy, cut, i);
              Matrix s = memory.tile(saved, byFeature, i);
              return state ->
                  kernels.batchNormSums(
                      xs.segment(),
                      xs.offset(),
                      xs.ld(),
                      dys.segment(),
                      dys.offset(),
                      dys.ld(),
                      s.segment(),
                      s.offset(),
                      s.ld(),
                      dys.rows(),
                      state.batch);
            }));
    if (l.wantsGradient(op.x())) {
      inputGradient(l, op, x, saved, dy, cut);
    }
    parameterGradients(l, op, saved, cut);
    l.updated(op.weight(), op, cut);
    l.updated(op.bias(), op, cut);
  }

  private static void inputGradient(
      Lowering l, BatchNorm op, Buffer x, Buffer saved, Buffer dy, Tiling cut) {
    Buffer weight = l.parameter(op.weight());
    Buffer dx = l.gradient(op.x());
    boolean accumulate = l.accumulates(op.x());
    l.emit(
        new Step(
            op.path() + " input gradient",
            Category.ELEMENT_WISE,
            List.of(
                Access.read(x, cut),
                Access.read(weight, cut),
                Access.read(saved, cut.transposed()),
                Access.read(dy, cut),
                Access.write(dx, cut)),
            cut.tiles(),
            (memory, i) -> {
              Kernels kernels = l.kernels;
              Matrix xs = memory.tile(x, cut, i);
              Matrix w = memory.tile(weight, cut, i);
              Matrix s = memory.tile(saved, cut.transposed(), i);
              Matrix dys = memory.tile(dy, cut, i);
              Matrix dxs = memory.tile(dx, cut, i);
              return state ->
                  kernels.batchNormBackward(
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
                      state.batch,
                      accumulate);
            }));
  }

  /** The sums are the gradients; they are kept apart as other uses may add to those. */
  private static void parameterGradients(Lowering l, BatchNorm op, Buffer saved, Tiling cut) {
    Buffer dWeight = l.parameterGradient(op.weight());
    Buffer dBias = l.parameterGradient(op.bias());
    boolean addWeight = l.accumulates(op.weight());
    boolean addBias = l.accumulates(op.bias());
    l.emit(
        new Step(
            op.path() + " weight and bias gradient",
            Category.ELEMENT_WISE,
            List.of(
                Access.read(saved, cut.transposed()),
                Access.write(dBias, cut),
                Access.write(dWeight, cut)),
            cut.tiles(),
            (memory, i) -> {
              Kernels kernels = l.kernels;
              Matrix sums = memory.tile(saved, cut.transposed(), i);
              long dBiasFrom = sums.offset() + 4L * SUMS * sums.ld();
              long dWeightFrom = dBiasFrom + 4L * sums.ld();
              Matrix db = memory.tile(dBias, cut, i);
              Matrix dw = memory.tile(dWeight, cut, i);
              int n = sums.cols();
              return state -> {
                kernels.copy(
                    sums.segment(), dBiasFrom, n, db.segment(), db.offset(), n, 1, n, addBias);
                kernels.copy(
                    sums.segment(), dWeightFrom, n, dw.segment(), dw.offset(), n, 1, n, addWeight);
              };
            }));
  }
}
