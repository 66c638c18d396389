package org.panagrad.doctor;

import static org.panagrad.doctor.Findings.text;

import java.util.OptionalDouble;
import org.panagrad.data.Dataset;
import org.panagrad.nn.Network;
import org.panagrad.train.LearningRateFinder;
import org.panagrad.train.TrainingOptions;

/** The learning rate against a sweep of rates; the trial training decides what is wrong. */
final class LearningRateCheck {
  private static final String NAME = "learning rate";
  private static final double LARGE = 10;
  private static final double SMALL = 0.01;

  private LearningRateCheck() {}

  static void run(
      Network network,
      Dataset train,
      TrainingOptions options,
      Findings findings,
      Runnable proceed) {
    float own = options.optimizer().learningRate();
    OptionalDouble suggested =
        new LearningRateFinder().sweep(network, train, options, null, proceed).suggestion();
    if (suggested.isEmpty()) {
      findings.note(
          NAME,
          own,
          text(
              "%s; a sweep suggests none, as the loss hardly falls with any rate from 1e-6 to 10:"
                  + " look at the other findings",
              own));
      return;
    }
    double ratio = own / suggested.getAsDouble();
    String found = text("%s; a sweep suggests about %.1g", own, suggested.getAsDouble());
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
}
