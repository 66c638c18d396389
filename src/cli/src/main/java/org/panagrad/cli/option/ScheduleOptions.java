package org.panagrad.cli.option;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.panagrad.optim.ConstantRate;
import org.panagrad.optim.CosineDecay;
import org.panagrad.optim.CycledMomentum;
import org.panagrad.optim.ExponentialDecay;
import org.panagrad.optim.OneCycle;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.ReduceOnPlateau;
import org.panagrad.optim.Schedule;
import org.panagrad.optim.StepDecay;
import org.panagrad.train.TrainingOptions;
import picocli.CommandLine.Option;

/** How the learning rate goes over a training: times are in epochs, as people count. */
public final class ScheduleOptions {
  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      defaultValue = "constant",
      completionCandidates = Names.ScheduleLabels.class,
      description =
          "How the learning rate goes: ${COMPLETION-CANDIDATES}. --lr is the largest. Default:"
              + " ${DEFAULT-VALUE}.")
  String name;

  @Option(
      names = "--warmup",
      paramLabel = "EPOCHS",
      description = "For cosine: epochs in which the rate first rises. Default: 0.")
  @Nullable Double warmupEpochs;

  @Option(
      names = "--warmup-steps",
      paramLabel = "N",
      description = "For cosine: the same, in updates.")
  @Nullable Long warmupSteps;

  @Option(
      names = "--step-every",
      paramLabel = "EPOCHS",
      description = "For step: epochs between two falls. Default: 10.")
  @Nullable Integer stepEvery;

  @Option(
      names = "--gamma",
      paramLabel = "X",
      description =
          "What the rate is multiplied by, for step at each fall, for exponential in each epoch."
              + " Default: 0.1 and 0.95.")
  @Nullable Double gamma;

  @Option(
      names = "--min-lr",
      paramLabel = "X",
      description = "For cosine the last rate, for plateau the least. Default: 0.")
  @Nullable Double least;

  @Option(
      names = "--pct-start",
      paramLabel = "X",
      description = "For one-cycle: share of the training on the way up. Default: 0.3.")
  @Nullable Double start;

  @Option(
      names = "--div-factor",
      paramLabel = "X",
      description = "For one-cycle: the first rate is the largest divided by this. Default: 25.")
  @Nullable Double divisor;

  @Option(
      names = "--final-div-factor",
      paramLabel = "X",
      description = "For one-cycle: the last rate is the first divided by this. Default: 10000.")
  @Nullable Double finalDivisor;

  @Option(
      names = "--cycle-momentum",
      description =
          "For one-cycle: let momentum, or adam's beta1, fall while the rate rises, and rise while"
              + " it falls.")
  boolean cyclesMomentum;

  @Option(
      names = "--base-momentum",
      paramLabel = "X",
      description = "For --cycle-momentum: the least. Default: 0.85.")
  @Nullable Double leastMomentum;

  @Option(
      names = "--max-momentum",
      paramLabel = "X",
      description = "For --cycle-momentum: the most. Default: 0.95.")
  @Nullable Double mostMomentum;

  @Option(
      names = "--plateau-factor",
      paramLabel = "X",
      description = "For plateau: what the rate is multiplied by at a fall. Default: 0.1.")
  @Nullable Double plateauFactor;

  @Option(
      names = "--plateau-patience",
      paramLabel = "EPOCHS",
      description =
          "For plateau: epochs without a lower validation loss that are let pass. Default: 10.")
  @Nullable Integer patience;

  @Option(
      names = "--plateau-threshold",
      paramLabel = "X",
      description = "For plateau: lower is lower by this share of the best loss. Default: 0.0001.")
  @Nullable Double threshold;

  @Option(
      names = "--plateau-cooldown",
      paramLabel = "EPOCHS",
      description = "For plateau: epochs after a fall that do not count. Default: 0.")
  @Nullable Integer cooldown;

  /**
   * Checks what can be checked before any data is there.
   *
   * @throws IllegalArgumentException with a line that says what is wrong
   */
  void check() {
    if (!Names.ScheduleLabels.ALL.contains(name)) {
      throw new IllegalArgumentException(
          "--schedule '"
              + name
              + "': expected one of "
              + String.join(", ", Names.ScheduleLabels.ALL));
    }
    only("--warmup", warmupEpochs, "cosine");
    only("--warmup-steps", warmupSteps, "cosine");
    only("--step-every", stepEvery, "step");
    only("--gamma", gamma, "step", "exponential");
    only("--min-lr", least, "cosine", "plateau");
    only("--pct-start", start, "one-cycle");
    only("--div-factor", divisor, "one-cycle");
    only("--final-div-factor", finalDivisor, "one-cycle");
    only("--cycle-momentum", cyclesMomentum ? "" : null, "one-cycle");
    withCycle("--base-momentum", leastMomentum);
    withCycle("--max-momentum", mostMomentum);
    only("--plateau-factor", plateauFactor, "plateau");
    only("--plateau-patience", patience, "plateau");
    only("--plateau-threshold", threshold, "plateau");
    only("--plateau-cooldown", cooldown, "plateau");
    if (warmupEpochs != null && warmupSteps != null) {
      throw new IllegalArgumentException(
          "--warmup " + warmupEpochs + " with --warmup-steps " + warmupSteps + ": expected one");
    }
    if (warmupEpochs != null && !(warmupEpochs >= 0 && warmupEpochs < Integer.MAX_VALUE)) {
      throw new IllegalArgumentException("--warmup " + warmupEpochs + ": expected 0 or more");
    }
    if (stepEvery != null && stepEvery < 1) {
      throw new IllegalArgumentException("--step-every " + stepEvery + ": expected 1 or more");
    }
    // The numbers themselves are the schedule's to check, whatever the epochs turn out to be.
    if (!name.equals("cosine")) {
      schedule(2, 1_000);
    }
  }

  private void only(String option, @Nullable Object value, String... schedules) {
    if (value != null && !List.of(schedules).contains(name)) {
      throw new IllegalArgumentException(
          (option + " " + value).strip()
              + " with --schedule "
              + name
              + ": expected --schedule "
              + String.join(" or ", schedules));
    }
  }

  private void withCycle(String option, @Nullable Double value) {
    if (value != null && !cyclesMomentum) {
      throw new IllegalArgumentException(
          option + " " + value + ": expected --schedule one-cycle --cycle-momentum with it");
    }
  }

  /**
   * Checks that there is a momentum where one is to be cycled.
   *
   * @param chosen how the optimizer was chosen: a momentum or beta1 of its own is then none's
   * @throws IllegalArgumentException with a line that says what is wrong
   */
  void check(Optimizer optimizer, OptimizerOptions chosen) {
    if (cyclesMomentum && !optimizer.hasMomentum()) {
      throw new IllegalArgumentException(
          "--cycle-momentum with --optimizer "
              + optimizer.label()
              + ": expected momentum, nesterov, adam or adamw, which have one");
    }
    notCycled("--momentum", chosen.momentum);
    notCycled("--beta1", chosen.beta1);
  }

  private void notCycled(String option, @Nullable Object value) {
    if (cyclesMomentum && value != null) {
      throw new IllegalArgumentException(
          option
              + " "
              + value
              + " with --cycle-momentum: expected --base-momentum and --max-momentum, between which"
              + " it goes");
    }
  }

  /**
   * The options with this schedule, for a training of so many epochs; the batch size is set.
   *
   * @throws IllegalArgumentException if a warm-up is longer than the training
   */
  TrainingOptions on(TrainingOptions options, int rows, int epochs) {
    return options.schedule(schedule(options.updatesPerEpoch(rows), epochs));
  }

  boolean looksAtValidation() {
    return name.equals("plateau");
  }

  private Schedule schedule(long perEpoch, int epochs) {
    long total = perEpoch * epochs;
    return switch (name) {
      case "step" -> new StepDecay(perEpoch * (stepEvery == null ? 10 : stepEvery), or(gamma, 0.1));
      case "exponential" -> new ExponentialDecay(perEpoch, or(gamma, 0.95));
      case "cosine" -> {
        long warmup =
            warmupSteps == null ? Math.round(or(warmupEpochs, 0) * perEpoch) : warmupSteps;
        if (warmup >= total) {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "a warm-up of %,d updates: expected fewer than the %,d of the training; take more"
                      + " epochs or a shorter warm-up",
                  warmup,
                  total));
        }
        yield new CosineDecay(warmup, total, or(least, 0));
      }
      case "one-cycle" -> {
        OneCycle cycle =
            new OneCycle(total, or(start, 0.3), or(divisor, 25), or(finalDivisor, 1e4));
        yield cyclesMomentum
            ? new CycledMomentum(cycle, or(leastMomentum, 0.85), or(mostMomentum, 0.95))
            : cycle;
      }
      case "plateau" ->
          new ReduceOnPlateau(
              or(plateauFactor, 0.1),
              patience == null ? 10 : patience,
              or(threshold, 1e-4),
              cooldown == null ? 0 : cooldown,
              or(least, 0));
      default -> new ConstantRate();
    };
  }

  private static double or(@Nullable Double given, double usual) {
    return given == null ? usual : given;
  }
}
