package org.panagrad.doctor;

import static org.panagrad.doctor.Findings.text;

import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;
import org.panagrad.optim.ConstantRate;
import org.panagrad.train.Evaluation;
import org.panagrad.train.NonFiniteLossException;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/**
 * Whether the network learns a few rows by heart: what cannot do that cannot learn many rows
 * either, and something is broken between features and loss.
 */
final class OneBatch {
  static final String NAME = "one batch";

  private static final int MOST_ROWS = 32;

  /** Of the loss at the start: what is left counts as noise. */
  private static final double LEARNED = 0.01;

  private static final int STEPS_PER_LOOK = 10;
  private static final float SURE_RATE = 1e-3f;

  private final Network network;
  private final TrainingOptions options;
  private final int steps;
  private final Findings findings;
  private final Runnable proceed;

  /** How far a training came. */
  private record Outcome(boolean learned, int steps, double before, double loss, double accuracy) {}

  OneBatch(
      Network network, TrainingOptions options, int steps, Findings findings, Runnable proceed) {
    this.network = network;
    this.options = options;
    this.steps = steps;
    this.findings = findings;
    this.proceed = proceed;
  }

  void run(Dataset train) {
    int count = Math.min(MOST_ROWS, Math.min(options.batchSize(), train.size()));
    SampleRows rows = SampleRows.draw(train, Math.max(2, count), options.seed()).withTwoClasses();
    if (network.parameterCount() < rows.size()) {
      findings.note(
          NAME,
          (double) network.parameterCount(),
          text(
              "not tried: %d parameters cannot hold %d rows by heart",
              network.parameterCount(), rows.size()));
      return;
    }
    try (Dataset set = rows.dataset()) {
      boolean classes = set.targetKind() == TargetKind.CLASSES;
      Outcome own = train(set, options);
      String came =
          classes
              ? text("%.0f %% of %d rows right", 100 * own.accuracy, rows.size())
              : text("the loss on %d rows from %.3g to %.3g", rows.size(), own.before, own.loss);
      if (own.learned) {
        findings.ok(NAME, own.loss, text("learned by heart in %d steps: %s", own.steps, came));
        return;
      }
      String failed =
          text("not learned by heart in %d steps: %s, loss %.3g", own.steps, came, own.loss);
      Outcome sure = train(set, options.optimizer(new Adam(SURE_RATE)));
      if (sure.learned) {
        findings.problem(
            NAME,
            own.loss,
            text(
                "%s; adam with learning rate 0.001 does it in %d, so it is the optimizer or its"
                    + " learning rate %s",
                failed, sure.steps, options.optimizer().learningRate()));
      } else {
        findings.problem(
            NAME,
            own.loss,
            failed
                + ", and not with adam either: look at the other findings, then try a larger"
                + " network, no dropout, no weight decay; are equal rows labelled differently?");
      }
    }
  }

  private Outcome train(Dataset set, TrainingOptions how) {
    // A schedule is for the steps of a whole training.
    TrainingOptions all = how.batchSize(set.size()).schedule(new ConstantRate());
    try (TrainingSession session = TrainingSession.open(network, set, all)) {
      Evaluation at = session.evaluateWeighted(set);
      double before = at.loss();
      int step = 0;
      try {
        while (step < steps && !learned(set, at, before)) {
          proceed.run();
          session.step();
          step++;
          if (step % STEPS_PER_LOOK == 0 || step == steps) {
            at = session.evaluateWeighted(set);
          }
        }
      } catch (NonFiniteLossException e) {
        return new Outcome(false, step + 1, before, Double.NaN, at.accuracy());
      }
      return new Outcome(learned(set, at, before), step, before, at.loss(), at.accuracy());
    }
  }

  private static boolean learned(Dataset set, Evaluation at, double before) {
    // The loss need not come to 0: with smoothed labels, or decay, it cannot. But where rows count
    // by weights it may come to it before those that hardly count are right.
    boolean allRight = set.targetKind() == TargetKind.CLASSES && at.accuracy() == 1;
    boolean lossDecides = set.targetKind() == TargetKind.VALUES || set.isWeighted();
    return (allRight && at.loss() < before) || (lossDecides && at.loss() <= LEARNED * before);
  }
}
