package org.panagrad.doctor;

import static org.panagrad.doctor.Findings.text;

import java.util.List;
import java.util.OptionalDouble;
import org.panagrad.data.Dataset;
import org.panagrad.nn.Network;
import org.panagrad.train.LearningRateFinder;
import org.panagrad.train.LearningRateSweep;
import org.panagrad.train.TrainingOptions;

/**
 * The learning rate against a sweep of rates; the trial training decides what is wrong.
 *
 * <p>A tenth of the rate at which the loss is least is a usual choice. The loss is the median of
 * seven mini-batches: on small sets the place of the steepest fall is noise.
 */
final class LearningRateCheck {
  private static final String NAME = "learning rate";
  private static final double LARGE = 10;
  private static final double SMALL = 0.01;
  private static final double OF_LEAST = 0.1;
  private static final int WINDOW = 7;

  /** Of the loss at the start: less of a fall is noise. */
  private static final double FALLEN = 0.95;

  /** More updates for each power of ten than the usual sweep: SGD learns in the last few only. */
  private static final LearningRateFinder SWEEP = new LearningRateFinder(1e-5f, 10, 150);

  private LearningRateCheck() {}

  static void run(
      Network network,
      Dataset train,
      TrainingOptions options,
      Findings findings,
      Runnable proceed) {
    float own = options.optimizer().learningRate();
    OptionalDouble suggested =
        suggested(SWEEP.sweep(network, train, options, null, proceed).points());
    if (suggested.isEmpty()) {
      findings.note(
          NAME,
          own,
          text(
              "%s; a sweep suggests none, as the loss hardly falls with any rate from 1e-5 to 10:"
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

  /** A tenth of the rate at which the loss is least; empty if it never is by much. */
  static OptionalDouble suggested(List<LearningRateSweep.Point> points) {
    if (points.size() < WINDOW) {
      return OptionalDouble.empty();
    }
    double first = median(points, 0);
    double least = FALLEN * first;
    OptionalDouble suggested = OptionalDouble.empty();
    for (int from = 1; from + WINDOW <= points.size(); from++) {
      double loss = median(points, from);
      if (loss < least) {
        least = loss;
        suggested = OptionalDouble.of(OF_LEAST * points.get(from + WINDOW / 2).learningRate());
      }
    }
    return suggested;
  }

  private static double median(List<LearningRateSweep.Point> points, int from) {
    return points.subList(from, from + WINDOW).stream()
        .mapToDouble(LearningRateSweep.Point::loss)
        .sorted()
        .skip(WINDOW / 2)
        .findFirst()
        .orElseThrow();
  }
}
