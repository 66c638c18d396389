package org.panagrad.plan.op;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Matrix;
import org.panagrad.graph.Loss;
import org.panagrad.graph.LossFunction;
import org.panagrad.kernel.ElementLoss;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.RunState;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;
import org.panagrad.plan.Tiling;

/**
 * The loss at the output, and in the same pass its gradient there.
 *
 * <p>Each tile writes the sum over its examples as a double, the number it got right and the sum of
 * its examples' weights into a slot of its own; the reader adds the slots in their order. Where a
 * parameter is not finite the loss is NaN: what was computed with it is worth nothing.
 */
final class LossSteps {
  /** Floats per slot: one cache line. */
  static final int SLOT = 16;

  private LossSteps() {}

  /**
   * @param output (outputs, batch)
   * @param labels int32 (1, batch), or null
   * @param targets (outputs, batch), or null where the loss takes labels
   * @param weights (1, batch), or null where each example counts 1
   * @param dOutput (outputs, batch): the gradient, or scratch
   * @param slots (tiles, {@link #SLOT})
   */
  static void forward(
      Lowering l,
      Loss loss,
      Buffer output,
      @Nullable Buffer labels,
      @Nullable Buffer targets,
      @Nullable Buffer weights,
      Buffer dOutput,
      Buffer slots) {
    Tiling cut = l.batchColumns();
    List<Access> accesses = new ArrayList<>();
    accesses.add(Access.read(output, cut));
    if (labels != null) {
      accesses.add(Access.read(labels, cut));
    }
    if (targets != null) {
      accesses.add(Access.read(targets, cut));
    }
    if (weights != null) {
      // Each lane needs the sum of all, to divide by.
      accesses.add(Access.readAll(weights));
    }
    List<FiniteParameters> looked = l.looked();
    for (FiniteParameters parameters : looked) {
      accesses.add(parameters.foundBy(cut));
    }
    accesses.add(Access.write(dOutput, cut));
    accesses.add(Access.write(slots, cut));
    l.emit(
        new Step(
            "loss " + loss.function().label(),
            Category.ELEMENT_WISE,
            accesses,
            cut.tiles(),
            (memory, i) -> {
              Kernels kernels = l.kernels;
              Matrix y = memory.tile(output, cut, i);
              Matrix dy = memory.tile(dOutput, cut, i);
              Matrix ls = labels == null ? null : memory.tile(labels, cut, i);
              Matrix ts = targets == null ? null : memory.tile(targets, cut, i);
              Matrix ws = weights == null ? null : memory.matrix(weights);
              int from = cut.from(i);
              Columns cols = Columns.of(l, cut, i);
              Matrix[] found = new Matrix[looked.size()];
              for (int p = 0; p < found.length; p++) {
                found[p] = looked.get(p).found(memory, cut, i);
              }
              Matrix slot = memory.matrix(slots).block(i, i + 1, 0, SLOT);
              return state -> {
                int n = cols.clip(state);
                double total = ws == null ? state.meanRows() : meanWeight(ws, state);
                // Examples that all weigh nothing teach nothing.
                float scale = total > 0 ? gradientScale(loss.function(), y.rows(), total) : 0;
                int correct = ls == null ? 0 : countCorrect(kernels, loss, y, ls, n);
                double sum =
                    ts == null
                        ? classLoss(kernels, y, Objects.requireNonNull(ls), dy, n, scale)
                        : denseLoss(kernels, loss, y, ts, ws, from, dy, n, scale);
                for (Matrix each : found) {
                  sum += CompiledGraph.sum(each, 0);
                }
                double weight = ws == null ? n : TargetSteps.sum(ws, from, from + n);
                slot.segment().set(ValueLayout.JAVA_DOUBLE, slot.offset(), sum);
                slot.segment().set(ValueLayout.JAVA_DOUBLE, slot.offset() + 8, correct);
                slot.segment().set(ValueLayout.JAVA_DOUBLE, slot.offset() + 16, weight);
              };
            }));
  }

  /** The sum of the weights of the examples that the mean is over. */
  private static double meanWeight(Matrix weights, RunState state) {
    return state.updateWeight > 0 ? state.updateWeight : TargetSteps.sum(weights, 0, state.batch);
  }

  /** The factor from the sum of l' over elements to the derivative of the loss. */
  private static float gradientScale(LossFunction function, int outputs, double weight) {
    float batch = (float) weight;
    return switch (function) {
      case CROSS_ENTROPY -> 1f / batch;
      // The kernel's derivative of e^2 is 2e, of J = 1/(2n) sum e^2 it is e/n.
      case HALF_MEAN_SQUARED_ERROR -> 0.5f / batch;
      case MEAN_SQUARED_ERROR, MEAN_ABSOLUTE_ERROR, HUBER, BINARY_CROSS_ENTROPY ->
          1f / ((float) outputs * batch);
    };
  }

  /** The factor from the sum of l over elements to the loss; 0 for examples that weigh nothing. */
  static double lossScale(LossFunction function, int outputs, double examples) {
    if (examples == 0) {
      return 0;
    }
    return switch (function) {
      case CROSS_ENTROPY -> 1.0 / examples;
      case HALF_MEAN_SQUARED_ERROR -> 0.5 / examples;
      case MEAN_SQUARED_ERROR, MEAN_ABSOLUTE_ERROR, HUBER, BINARY_CROSS_ENTROPY ->
          1.0 / ((double) outputs * examples);
    };
  }

  private static double classLoss(
      Kernels kernels, Matrix y, Matrix labels, Matrix dy, int n, float scale) {
    return kernels.softmaxCrossEntropy(
        y.segment(),
        y.offset(),
        y.ld(),
        labels.segment(),
        labels.offset(),
        dy.segment(),
        dy.offset(),
        dy.ld(),
        y.rows(),
        n,
        scale);
  }

  private static double denseLoss(
      Kernels kernels,
      Loss loss,
      Matrix y,
      Matrix t,
      @Nullable Matrix weights,
      int from,
      Matrix dy,
      int n,
      float scale) {
    return switch (loss.function()) {
      case CROSS_ENTROPY ->
          kernels.softmaxCrossEntropyDense(
              y.segment(),
              y.offset(),
              y.ld(),
              t.segment(),
              t.offset(),
              t.ld(),
              dy.segment(),
              dy.offset(),
              dy.ld(),
              y.rows(),
              n,
              scale);
      case HALF_MEAN_SQUARED_ERROR, MEAN_SQUARED_ERROR ->
          elementLoss(kernels, ElementLoss.SQUARED, loss, y, t, weights, from, dy, n, scale);
      case MEAN_ABSOLUTE_ERROR ->
          elementLoss(kernels, ElementLoss.ABSOLUTE, loss, y, t, weights, from, dy, n, scale);
      case HUBER ->
          elementLoss(kernels, ElementLoss.HUBER, loss, y, t, weights, from, dy, n, scale);
      case BINARY_CROSS_ENTROPY ->
          elementLoss(
              kernels, ElementLoss.BINARY_CROSS_ENTROPY, loss, y, t, weights, from, dy, n, scale);
    };
  }

  private static double elementLoss(
      Kernels kernels,
      ElementLoss kind,
      Loss loss,
      Matrix y,
      Matrix t,
      @Nullable Matrix weights,
      int from,
      Matrix dy,
      int n,
      float scale) {
    if (weights != null) {
      return kernels.weightedElementLoss(
          kind,
          loss.delta(),
          y.segment(),
          y.offset(),
          y.ld(),
          t.segment(),
          t.offset(),
          t.ld(),
          weights.segment(),
          weights.offset() + 4L * from,
          dy.segment(),
          dy.offset(),
          dy.ld(),
          y.rows(),
          n,
          scale);
    }
    return kernels.elementLoss(
        kind,
        loss.delta(),
        y.segment(),
        y.offset(),
        y.ld(),
        t.segment(),
        t.offset(),
        t.ld(),
        dy.segment(),
        dy.offset(),
        dy.ld(),
        y.rows(),
        n,
        scale);
  }

  private static int countCorrect(Kernels kernels, Loss loss, Matrix y, Matrix labels, int n) {
    if (y.rows() > 1) {
      return kernels.countCorrect(
          y.segment(), y.offset(), y.ld(), labels.segment(), labels.offset(), y.rows(), n);
    }
    // A single output is for two classes: a logit is split at 0, a value at 1/2.
    float threshold = loss.function() == LossFunction.BINARY_CROSS_ENTROPY ? 0 : 0.5f;
    int correct = 0;
    for (int j = 0; j < n; j++) {
      int label = labels.segment().get(ValueLayout.JAVA_INT, labels.offset() + 4L * j);
      correct += (y.get(0, j) > threshold ? 1 : 0) == label ? 1 : 0;
    }
    return correct;
  }
}
