package org.panagrad.optim;

import java.util.List;

/** The optimizers by name. */
public final class Optimizers {
  private Optimizers() {}

  /** All names. */
  public static List<String> labels() {
    return List.of("sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw");
  }

  /** The learning rate an optimizer is usually started with: 0.1 for SGD, 1e-3 where it adapts. */
  public static float usualLearningRate(String name) {
    return switch (name) {
      case "sgd" -> 0.1f;
      case "momentum", "nesterov" -> 0.01f;
      default -> 1e-3f;
    };
  }

  /**
   * The optimizer of this name.
   *
   * @param momentum for momentum and nesterov
   * @throws IllegalArgumentException if there is none; the message lists them
   */
  public static Optimizer byName(
      String name, float learningRate, float momentum, float weightDecay) {
    return switch (name) {
      case "sgd" -> new Sgd(learningRate, weightDecay);
      case "momentum" -> new Momentum(learningRate, momentum, false, weightDecay);
      case "nesterov" -> new Momentum(learningRate, momentum, true, weightDecay);
      case "rmsprop" -> new RmsProp(learningRate).withWeightDecay(weightDecay);
      case "adam" -> new Adam(learningRate).withWeightDecay(weightDecay);
      case "adamw" -> Adam.adamW(learningRate, weightDecay);
      default ->
          throw new IllegalArgumentException(
              "optimizer '" + name + "': expected one of " + String.join(", ", labels()));
    };
  }
}
