package org.panagrad.doctor;

import static org.panagrad.doctor.Findings.text;

import org.jspecify.annotations.Nullable;
import org.panagrad.data.Dataset;
import org.panagrad.nn.Network;
import org.panagrad.train.TrainingOptions;

/**
 * Examines a network, its data and its settings: what is wrong, and what to do, before hours are
 * spent on a training that cannot succeed.
 *
 * <pre>{@code
 * Diagnosis diagnosis = Doctor.defaults().examine(network, train, test, options);
 * }</pre>
 *
 * <p>It trains copies for some hundred steps, and changes nothing of the caller's. The same
 * arguments give the same findings.
 *
 * @param batchSteps the most steps for learning a single mini-batch by heart
 * @param trialSteps steps of a training on all rows
 * @param sampleRows rows whose activations are looked at
 */
public record Doctor(int batchSteps, int trialSteps, int sampleRows) {
  /** Multiply-adds that one look at the activations may cost. */
  private static final double WORK_OF_A_LOOK = 2e9;

  private static final int LEAST_ROWS = 8;
  private static final double NOTED_PARAMETERS_PER_ROW = 100;

  public Doctor {
    atLeastOne("steps for one mini-batch", batchSteps);
    atLeastOne("steps of the trial training", trialSteps);
    atLeastOne("rows to look at", sampleRows);
  }

  private static void atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + ": expected 1 or more");
    }
  }

  /** A thousand steps for one mini-batch, a hundred on all rows, 256 rows looked at. */
  public static Doctor defaults() {
    return new Doctor(1_000, 100, 256);
  }

  /** The same with other steps for learning a mini-batch by heart. */
  public Doctor withBatchSteps(int steps) {
    return new Doctor(steps, trialSteps, sampleRows);
  }

  /**
   * Makes all checks.
   *
   * @param test rows kept for judging the result, or null if there are none
   * @throws org.panagrad.graph.ShapeException if network and data do not fit
   * @throws org.panagrad.memory.NativeMemoryLimitException if a training needs more than allowed
   */
  public Diagnosis examine(
      Network network, Dataset train, @Nullable Dataset test, TrainingOptions options) {
    return examine(network, train, test, options, () -> {});
  }

  /**
   * Makes all checks.
   *
   * @param proceed is called now and then, and throws if it is to be the end
   */
  public Diagnosis examine(
      Network network,
      Dataset train,
      @Nullable Dataset test,
      TrainingOptions options,
      Runnable proceed) {
    Findings findings = new Findings();
    boolean learnable = DataChecks.run(train, test, findings, proceed);
    size(network, train, findings);
    if (!learnable) {
      findings.note("training", Double.NaN, "not tried: with these rows there is nothing to learn");
      return findings.diagnosis();
    }
    TrainingOptions fitting = options.batchSize(Math.min(options.batchSize(), train.size()));
    int rows = (int) Math.clamp(WORK_OF_A_LOOK / network.parameterCount(), LEAST_ROWS, sampleRows);
    SampleRows sample = SampleRows.draw(train, rows, options.seed());
    new TrialTraining(network, train, fitting, sample, trialSteps, findings, proceed).run();
    LearningRateCheck.run(network, train, fitting, findings, proceed);
    new OneBatch(network, fitting, batchSteps, findings, proceed).run(train);
    GradientCheck.run(network, train, fitting, findings, proceed);
    return findings.diagnosis();
  }

  private static void size(Network network, Dataset train, Findings findings) {
    double perRow = (double) network.parameterCount() / train.size();
    String found =
        text(
            "%,d parameters for %,d rows (%.3g for each)",
            network.parameterCount(), train.size(), perRow);
    if (perRow > NOTED_PARAMETERS_PER_ROW) {
      findings.note(
          "size",
          perRow,
          found
              + ": it can learn them by heart; watch a validation set, and try a smaller network,"
              + " dropout or weight decay");
    } else {
      findings.ok("size", perRow, found);
    }
  }
}
