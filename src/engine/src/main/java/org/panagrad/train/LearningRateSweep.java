package org.panagrad.train;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What a {@link LearningRateFinder} saw.
 *
 * @param points one per update, the learning rate growing
 * @param diverged whether it ended because the loss had grown past bearing
 */
public record LearningRateSweep(List<Point> points, boolean diverged) {
  // As fastai's suggestion: behind the noise of the beginning, before what the end blows up.
  private static final int SKIP_START = 10;
  private static final int SKIP_END = 5;

  public LearningRateSweep {
    points = List.copyOf(points);
  }

  /**
   * One update.
   *
   * @param learningRate it was made with
   * @param loss of its rows, before it
   * @param smoothed mean of this loss and those before, each weighing less than the next
   */
  public record Point(double learningRate, double loss, double smoothed) {}

  /**
   * The rate at which the smoothed loss falls steepest over the logarithm of the rate; empty if it
   * never falls.
   */
  public OptionalDouble steepest() {
    int from = points.size() > 2 * (SKIP_START + SKIP_END) ? SKIP_START : 0;
    int to = points.size() - (points.size() > 2 * (SKIP_START + SKIP_END) ? SKIP_END : 0);
    double least = 0;
    OptionalDouble at = OptionalDouble.empty();
    for (int i = from; i < to; i++) {
      double slope = slope(i, from, to);
      if (slope < least) {
        least = slope;
        at = OptionalDouble.of(points.get(i).learningRate());
      }
    }
    return at;
  }

  /** Central difference; the points are evenly apart in the logarithm. */
  private double slope(int i, int from, int to) {
    int before = Math.max(from, i - 1);
    int after = Math.min(to - 1, i + 1);
    return after == before
        ? 0
        : (points.get(after).smoothed() - points.get(before).smoothed()) / (after - before);
  }

  /** A tenth of the rate at which the smoothed loss is least; empty without points. */
  public OptionalDouble belowLeast() {
    return points.stream()
        .min((a, b) -> Double.compare(a.smoothed(), b.smoothed()))
        .map(point -> OptionalDouble.of(point.learningRate() / 10))
        .orElse(OptionalDouble.empty());
  }
}
