package org.panagrad.doctor;

import static org.panagrad.doctor.Findings.text;

import java.util.OptionalDouble;
import org.panagrad.data.Dataset;
import org.panagrad.nn.Network;
import org.panagrad.train.LearningRateFinder;
import org.panagrad.train.LearningRateSweep;
import org.panagrad.train.TrainingOptions;

/** The learning rate against what the finder suggests; the trial training decides what is wrong. */
final class LearningRateCheck {
  private static final String NAME = "learning rate";
  private static final double LARGE = 10;
  private static final double SMALL = 0.01;

  /** Of the loss at the start: less of a fall is noise, and so is where it is steepest. */
  private static final double FALLEN = 0.9;

  private LearningRateCheck() {}

  static void run(
      Network network,
      Dataset train,
      TrainingOptions options,
      Findings findings,
      Runnable proceed) {
    float own = options.optimizer().learningRate();
    LearningRateSweep sweep =
        new LearningRateFinder().sweep(network, train, options, null, proceed);
    OptionalDouble suggested = sweep.steepest();
    if (suggested.isEmpty() || !fell(sweep)) {
      findings.note(
          NAME,
          own,
          text(
              "%s; the finder suggests none, as the loss hardly falls with any rate from 1e-7 to"
                  + " 10: look at the other findings",
              own));
      return;
    }
    double ratio = own / suggested.getAsDouble();
    String found = text("%s; the finder suggests about %.1g", own, suggested.getAsDouble());
    if (ratio > LARGE || ratio < SMALL) {
      findings.note(
          NAME,
          ratio,
          found
              + text(
                  ", which is much %s: try it if the training does not go well",
                  ratio > LARGE ? "smaller" : "larger"));
    } else {
      findings.ok(NAME, ratio, found);
    }
  }

  private static boolean fell(LearningRateSweep sweep) {
    double first = sweep.points().getFirst().smoothed();
    return sweep.points().stream().anyMatch(p -> p.loss() < FALLEN * first);
  }
}
