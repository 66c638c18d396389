package org.panagrad.bench.golden;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A loss of (predictions or logits, targets) averaged as PyTorch does it by default.
 *
 * @param targets what the targets are
 * @param settings more numbers for the metadata
 */
record Loss(
    String name, Targets targets, Map<String, Double> settings, BinaryOperator<Tensor> function) {
  /** The name of PyTorch's default reduction in its C++ interface. */
  private static final int MEAN = 1;

  /** Kinds of targets. */
  enum Targets {
    /** One int32 class per example. */
    CLASSES,
    /** Any real number per output. */
    VALUES,
    /** A distribution over the outputs per example. */
    DISTRIBUTIONS,
    /** A probability per output. */
    PROBABILITIES
  }

  /**
   * J = 1 / (2 n) sum over the batch and the outputs of (f - t)^2, which PyTorch has no name for.
   */
  static final Loss HALF_MEAN_SQUARED_ERROR =
      new Loss(
          "halfMeanSquaredError",
          Targets.VALUES,
          Map.of(),
          (f, t) -> f.sub(t).pow(new Scalar(2.0)).sum().div(new Scalar(2.0 * f.size(0))));

  static final Loss MEAN_SQUARED_ERROR =
      new Loss("meanSquaredError", Targets.VALUES, Map.of(), torch::mse_loss);

  static final Loss MEAN_ABSOLUTE_ERROR =
      new Loss("meanAbsoluteError", Targets.VALUES, Map.of(), torch::l1_loss);

  static final Loss CROSS_ENTROPY =
      new Loss("crossEntropy", Targets.CLASSES, Map.of(), torch::cross_entropy_loss);

  static final Loss CROSS_ENTROPY_OF_DISTRIBUTIONS =
      new Loss("crossEntropy", Targets.DISTRIBUTIONS, Map.of(), torch::cross_entropy_loss);

  static final Loss BINARY_CROSS_ENTROPY =
      new Loss(
          "binaryCrossEntropy",
          Targets.PROBABILITIES,
          Map.of(),
          torch::binary_cross_entropy_with_logits);

  static Loss huber(double delta) {
    return new Loss(
        "huber",
        Targets.VALUES,
        Map.of("delta", delta),
        (f, t) -> torch.huber_loss(f, t, MEAN, delta));
  }

  Tensor of(Tensor predictions, Tensor targets) {
    return function.apply(predictions, targets);
  }

  Map<String, Object> description() {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("name", name);
    description.put("targets", targets == Targets.CLASSES ? "classes" : "dense");
    description.putAll(settings);
    return description;
  }
}
