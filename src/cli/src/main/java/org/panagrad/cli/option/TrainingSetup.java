package org.panagrad.cli.option;

import org.panagrad.data.Dataset;
import org.panagrad.graph.Loss;
import org.panagrad.nn.Network;
import org.panagrad.optim.Optimizer;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What is trained, and how: the same options, with the same meaning, in all commands that train.
 */
public final class TrainingSetup {
  @Mixin public NetworkOptions network;
  @Mixin LossOptions losses;
  @Mixin public OptimizerOptions optimizer;
  @Mixin ScheduleOptions schedule;
  @Mixin UpdateOptions updates;
  @Mixin public RunOptions run;

  @Spec(Spec.Target.MIXEE)
  CommandSpec spec;

  /**
   * What options and data decide of a training.
   *
   * @param defaults that hold for the data
   */
  public record Job(Network network, TrainingOptions options, int epochs, Defaults defaults) {}

  /**
   * The options, checked as far as that goes without data.
   *
   * @throws IllegalArgumentException with a line that says what is wrong
   */
  public TrainingOptions options(Limits limits) {
    network.check();
    losses.loss(network.loss());
    schedule.check();
    Optimizer known = optimizer.optimizer();
    schedule.check(known, optimizer);
    return run.apply(
        updates.on(
            TrainingOptions.defaults()
                .optimizer(known)
                .threads(limits.threads())
                .maxNativeBytes(limits.bytes())));
  }

  /** Whether the schedule goes by the loss of a validation set. */
  public boolean looksAtValidation() {
    return schedule.looksAtValidation();
  }

  /**
   * The training of this data.
   *
   * @param known from {@link #options}
   * @throws ParameterException if an option is wrong for the data
   */
  public Job job(Dataset train, TrainingOptions known) {
    Defaults defaults = Defaults.of(train);
    Loss loss = loss(defaults, train);
    int outputs = TrainingSession.outputs(loss, train);
    int epochs = run.epochs(defaults);
    TrainingOptions sized =
        known
            .optimizer(optimizer.optimizer(defaults))
            .loss(loss)
            .batchSize(run.batchSize(defaults).of(train.size()));
    checkDecay(sized);
    return new Job(
        network.network(train.featureCount(), outputs, defaults),
        scheduled(sized, train.size(), epochs),
        epochs,
        defaults);
  }

  /** The loss for this data, which has shown what is to be told: classes or numbers. */
  private Loss loss(Defaults defaults, Dataset train) {
    try {
      Loss loss = network.loss(defaults);
      network.checkOutput(loss);
      return losses.loss(losses.loss(loss), train);
    } catch (IllegalArgumentException e) {
      throw usage(e);
    }
  }

  private void checkDecay(TrainingOptions options) {
    try {
      updates.checkDecay(options.optimizer().weightDecay());
    } catch (IllegalArgumentException e) {
      throw usage(e);
    }
  }

  private TrainingOptions scheduled(TrainingOptions options, int rows, int epochs) {
    try {
      return schedule.on(options, rows, epochs);
    } catch (IllegalArgumentException e) {
      throw usage(e);
    }
  }

  private ParameterException usage(IllegalArgumentException e) {
    return new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
  }
}
