package org.panagrad.cli.option;

import org.jspecify.annotations.Nullable;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.Optimizers;
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
    boolean takesMomentum = name.equals("momentum") || name.equals("nesterov");
    if (momentum != null && !takesMomentum && Optimizers.labels().contains(name)) {
      throw new IllegalArgumentException(
          "--momentum "
              + momentum
              + " with --optimizer "
              + name
              + ": expected --optimizer momentum or nesterov, which have one");
    }
    return Optimizers.byName(
        name,
        learningRate == null ? Optimizers.usualLearningRate(name) : learningRate,
        momentum == null ? USUAL_MOMENTUM : momentum,
        weightDecay == null ? usualWeightDecay : weightDecay);
  }
}
