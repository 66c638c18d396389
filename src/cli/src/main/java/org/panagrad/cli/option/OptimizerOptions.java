package org.panagrad.cli.option;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.Optimizers;
import org.panagrad.optim.RmsProp;
import picocli.CommandLine.Option;

/** How the parameters are changed. */
public final class OptimizerOptions {
  private static final float USUAL_MOMENTUM = 0.9f;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      defaultValue = "adam",
      completionCandidates = Names.OptimizerLabels.class,
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  String name;

  @Option(
      names = {"--lr", "--learning-rate"},
      paramLabel = "X",
      description = "Learning rate. Default: 0.1 for sgd, 0.01 with momentum, 0.001 else.")
  public @Nullable Float learningRate;

  @Option(
      names = "--momentum",
      paramLabel = "X",
      description = "For --optimizer momentum and nesterov. Default: 0.9.")
  @Nullable Float momentum;

  @Option(
      names = "--beta1",
      paramLabel = "X",
      description = "For --optimizer adam and adamw: what is kept of the mean. Default: 0.9.")
  @Nullable Double beta1;

  @Option(
      names = "--beta2",
      paramLabel = "X",
      description =
          "For --optimizer adam and adamw: what is kept of the mean square. Default: 0.999.")
  @Nullable Double beta2;

  @Option(
      names = "--alpha",
      paramLabel = "X",
      description =
          "For --optimizer rmsprop: what is kept of the mean square, which Keras calls rho and sets"
              + " to 0.9. Default: 0.99.")
  @Nullable Double alpha;

  @Option(
      names = "--epsilon",
      paramLabel = "X",
      description =
          "For --optimizer rmsprop, adam and adamw: what is added to the root. Default: 1e-8.")
  @Nullable Float epsilon;

  @Option(
      names = {"--weight-decay", "--l2"},
      paramLabel = "X",
      description =
          "Add X times the weight to its gradient, which is an L2 penalty; adamw shrinks the"
              + " weights apart. Default: 0; for tables 1 / training rows, but 0 for adamw.")
  @Nullable Float weightDecay;

  /** The optimizer they make, for data that is there. */
  public Optimizer optimizer(Defaults defaults) {
    return optimizer(name.equals("adamw") ? 0 : defaults.weightDecay());
  }

  /**
   * The optimizer they make, as far as it is known without data.
   *
   * @throws IllegalArgumentException with a line that says what is wrong
   */
  public Optimizer optimizer() {
    return optimizer(0);
  }

  private Optimizer optimizer(float usualWeightDecay) {
    Optimizer named =
        Optimizers.byName(
            name,
            learningRate == null ? Optimizers.usualLearningRate(name) : learningRate,
            momentum == null ? USUAL_MOMENTUM : momentum,
            weightDecay == null ? usualWeightDecay : weightDecay);
    only("--momentum", momentum, "momentum", "nesterov");
    only("--beta1", beta1, "adam", "adamw");
    only("--beta2", beta2, "adam", "adamw");
    only("--alpha", alpha, "rmsprop");
    only("--epsilon", epsilon, "rmsprop", "adam", "adamw");
    return switch (named) {
      case Adam adam ->
          new Adam(
              adam.learningRate(),
              beta1 == null ? adam.beta1() : beta1,
              beta2 == null ? adam.beta2() : beta2,
              epsilon == null ? adam.epsilon() : epsilon,
              adam.weightDecay(),
              adam.decoupled());
      case RmsProp rmsProp ->
          new RmsProp(
              rmsProp.learningRate(),
              alpha == null ? rmsProp.alpha() : alpha,
              epsilon == null ? rmsProp.epsilon() : epsilon,
              rmsProp.weightDecay());
      default -> named;
    };
  }

  private void only(String option, @Nullable Object value, String... optimizers) {
    if (value != null && !List.of(optimizers).contains(name)) {
      throw new IllegalArgumentException(
          option
              + " "
              + value
              + " with --optimizer "
              + name
              + ": expected --optimizer "
              + String.join(" or ", optimizers)
              + (optimizers.length == 1 ? ", which has one" : ", which have one"));
    }
  }
}
