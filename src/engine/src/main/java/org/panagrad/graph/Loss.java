package org.panagrad.graph;

import java.util.List;

/**
 * A loss on a graph's output.
 *
 * <p>With class weights, or with weights of the examples, a loss is the weighted mean: an example
 * counts with the product of its own weight and that of its class, and the sum is divided by that
 * of these products, or is 0 where that is.
 *
 * @param delta Huber's threshold; 1 for the others
 * @param labelSmoothing the share of each target spread evenly over all classes, in [0, 1); only
 *     for the cross-entropy
 * @param classWeights one per class, or none
 */
public record Loss(
    LossFunction function, float delta, double labelSmoothing, List<Float> classWeights) {
  public Loss {
    if (!(delta > 0) || Float.isInfinite(delta)) {
      throw new IllegalArgumentException(
          "Huber delta " + delta + ": expected a finite number above 0");
    }
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          "label smoothing " + labelSmoothing + ": expected 0 or more, below 1");
    }
    if (labelSmoothing > 0 && function != LossFunction.CROSS_ENTROPY) {
      throw new IllegalArgumentException(
          "label smoothing "
              + labelSmoothing
              + " with the loss "
              + function.label()
              + ": expected "
              + LossFunction.CROSS_ENTROPY.label()
              + ", the only one that has classes to spread a target over");
    }
    classWeights = List.copyOf(classWeights);
    boolean any = classWeights.isEmpty();
    for (int k = 0; k < classWeights.size(); k++) {
      float weight = classWeights.get(k);
      if (!(weight >= 0) || Float.isInfinite(weight)) {
        throw new IllegalArgumentException(
            "weight " + weight + " of class " + k + ": expected a finite number of 0 or more");
      }
      any |= weight > 0;
    }
    if (!any) {
      throw new IllegalArgumentException("class weights that are all 0: expected one above 0");
    }
  }

  /** A loss without smoothing or weights. */
  public Loss(LossFunction function, float delta) {
    this(function, delta, 0, List.of());
  }

  /** The same with this label smoothing, PyTorch's: targets (1 - s) t + s / classes. */
  public Loss withLabelSmoothing(double share) {
    return new Loss(function, delta, share, classWeights);
  }

  /** The same with a weight for each class. */
  public Loss withClassWeights(List<Float> weights) {
    return new Loss(function, delta, labelSmoothing, weights);
  }
}
