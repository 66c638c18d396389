package org.panagrad.nn;

import java.util.Arrays;
import java.util.List;
import org.panagrad.graph.Loss;
import org.panagrad.graph.LossFunction;

/** The losses by name, to be imported statically. */
public final class Losses {
  private Losses() {}

  /** J = 1/(2n) sum (f(x) - t)^2, the book's: dJ/df = (f - t)/n. */
  public static Loss halfMeanSquaredError() {
    return new Loss(LossFunction.HALF_MEAN_SQUARED_ERROR, 1);
  }

  /** The mean over examples and outputs of (f - t)^2, as PyTorch's MSELoss. */
  public static Loss meanSquaredError() {
    return new Loss(LossFunction.MEAN_SQUARED_ERROR, 1);
  }

  /** The mean over examples and outputs of |f - t|. */
  public static Loss meanAbsoluteError() {
    return new Loss(LossFunction.MEAN_ABSOLUTE_ERROR, 1);
  }

  /** Quadratic up to 1 from the target, linear beyond. */
  public static Loss huber() {
    return huber(1);
  }

  /** Quadratic up to delta from the target, linear beyond. */
  public static Loss huber(float delta) {
    return new Loss(LossFunction.HUBER, delta);
  }

  /** Cross-entropy of the softmax of logits, averaged over the batch; classes or dense targets. */
  public static Loss crossEntropy() {
    return new Loss(LossFunction.CROSS_ENTROPY, 1);
  }

  /** Cross-entropy of the sigmoid of each logit, averaged over batch and outputs. */
  public static Loss binaryCrossEntropy() {
    return new Loss(LossFunction.BINARY_CROSS_ENTROPY, 1);
  }

  /** All names. */
  public static List<String> labels() {
    return Arrays.stream(LossFunction.values()).map(LossFunction::label).toList();
  }

  /**
   * The loss of this name.
   *
   * @throws IllegalArgumentException if there is none; the message lists them
   */
  public static Loss byName(String name) {
    return Arrays.stream(LossFunction.values())
        .filter(f -> f.label().equals(name))
        .map(f -> new Loss(f, 1))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "loss '" + name + "': expected one of " + String.join(", ", labels())));
  }
}
