package org.panagrad.plan.op;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Matrix;
import org.panagrad.graph.Loss;
import org.panagrad.graph.LossFunction;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;
import org.panagrad.plan.Tiling;

/**
 * What weights and label smoothing make of the targets: with them a cross-entropy is one on dense
 * targets, t[k] = s w[k] ((1 - e) t[k] + e / classes) for an example of weight s, class weights w
 * and smoothing e. As loss and gradient are linear in the targets, nothing else changes but the
 * divisor, the sum of the examples' weights.
 */
final class TargetSteps {
  private TargetSteps() {}

  /** Whether examples count differently. */
  static boolean weighs(Loss loss, CompileOptions options) {
    return options.weighted() || !loss.classWeights().isEmpty();
  }

  /** Whether a cross-entropy's targets are dense though they come as classes. */
  static boolean softens(Loss loss, CompileOptions options) {
    return loss.function() == LossFunction.CROSS_ENTROPY
        && (loss.labelSmoothing() > 0 || weighs(loss, options));
  }

  /**
   * @param labels int32 (1, batch), or null
   * @param targets (outputs, batch), fed where there are no labels; or null
   * @param weights (1, batch), fed if the options say so: comes out as the weight of example and
   *     class; or null
   */
  static void forward(
      Lowering l,
      Loss loss,
      @Nullable Buffer labels,
      @Nullable Buffer targets,
      @Nullable Buffer weights) {
    Buffer soft = softens(loss, l.options) ? targets : null;
    if (weights == null && soft == null) {
      return;
    }
    Tiling cut = l.batchColumns();
    List<Access> accesses = new ArrayList<>();
    if (labels != null) {
      accesses.add(Access.read(labels, cut));
    }
    if (soft != null) {
      accesses.add(Access.write(soft, cut));
    }
    if (weights != null) {
      accesses.add(Access.write(weights, cut));
    }
    float[] ofClass = floats(loss.classWeights());
    boolean fed = l.options.weighted();
    l.emit(
        new Step(
            "weights and targets",
            Category.ELEMENT_WISE,
            accesses,
            cut.tiles(),
            (memory, i) -> {
              Matrix ls = labels == null ? null : memory.tile(labels, cut, i);
              Matrix ts = soft == null ? null : memory.tile(soft, cut, i);
              Matrix ws = weights == null ? null : memory.tile(weights, cut, i);
              Columns cols = Columns.of(l, cut, i);
              return state -> {
                int n = cols.clip(state);
                if (ts != null) {
                  soften(ts, ls, ws, fed, ofClass, loss.labelSmoothing(), n);
                }
                if (ws != null) {
                  weigh(ws, ls, fed, ofClass, n);
                }
              };
            }));
  }

  private static float[] floats(List<Float> list) {
    float[] floats = new float[list.size()];
    for (int k = 0; k < floats.length; k++) {
      floats[k] = list.get(k);
    }
    return floats;
  }

  private static void soften(
      Matrix targets,
      @Nullable Matrix labels,
      @Nullable Matrix weights,
      boolean fed,
      float[] ofClass,
      double smoothing,
      int n) {
    int classes = targets.rows();
    float kept = (float) (1 - smoothing);
    float spread = (float) (smoothing / classes);
    MemorySegment segment = targets.segment();
    for (int k = 0; k < classes; k++) {
      long row = targets.offset() + 4L * k * targets.ld();
      float classWeight = ofClass.length == 0 ? 1 : ofClass[k];
      for (int j = 0; j < n; j++) {
        long at = row + 4L * j;
        float target;
        if (labels == null) {
          target = segment.get(ValueLayout.JAVA_FLOAT, at);
        } else {
          target = label(labels, j) == k ? 1 : 0;
        }
        float weight = fed && weights != null ? weight(weights, j) * classWeight : classWeight;
        float soft = weight * Math.fma(kept, target, spread);
        segment.set(ValueLayout.JAVA_FLOAT, at, soft);
      }
    }
  }

  private static void weigh(
      Matrix weights, @Nullable Matrix labels, boolean fed, float[] ofClass, int n) {
    for (int j = 0; j < n; j++) {
      float weight = fed ? weight(weights, j) : 1;
      if (labels != null && ofClass.length > 0) {
        weight *= ofClass[label(labels, j)];
      }
      weights.segment().set(ValueLayout.JAVA_FLOAT, weights.offset() + 4L * j, weight);
    }
  }

  private static int label(Matrix labels, int j) {
    return labels.segment().get(ValueLayout.JAVA_INT, labels.offset() + 4L * j);
  }

  private static float weight(Matrix weights, int j) {
    return weights.segment().get(ValueLayout.JAVA_FLOAT, weights.offset() + 4L * j);
  }

  /** The sum of some examples' weights, in their order. */
  static double sum(Matrix weights, int from, int to) {
    double sum = 0;
    for (int j = from; j < to; j++) {
      sum += weight(weights, j);
    }
    return sum;
  }
}
