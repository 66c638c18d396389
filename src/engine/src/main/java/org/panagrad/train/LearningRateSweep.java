package org.panagrad.train;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * What a {@link LearningRateFinder} saw.
 *
 * @param points one per update, the learning rate growing by the same factor each time
 * @param diverged whether it ended because the loss had grown past bearing
 */
public record LearningRateSweep(List<Point> points, boolean diverged) {
  /** Decades of the learning rate to either side that a smoothed loss is taken over. */
  private static final double REACH = 0.25;

  /** fastai's "minimum": how far below the rate of the least loss is safe. */
  private static final double OF_LEAST = 0.1;

  // A fall that is clear by its size, or else by how little the loss moved before.
  private static final double CLEARLY_LESS = 0.9;
  private static final double LESS = 0.98;
  private static final double DEVIATIONS = 4;

  public LearningRateSweep {
    points = List.copyOf(points);
  }

  /**
   * One update.
   *
   * @param learningRate it was made with
   * @param loss of its rows, before it
   */
  public record Point(double learningRate, double loss) {}

  /**
   * The loss at each point without the noise of its mini-batch: the median of those within a
   * quarter of a decade of its rate. Unlike a mean of what came before, it is not late, and a
   * single mini-batch of odd rows leaves it where it is.
   */
  public List<Double> smoothed() {
    int reach = reach();
    return IntStream.range(0, points.size())
        .mapToObj(i -> median(Math.max(0, i - reach), Math.min(points.size(), i + reach + 1)))
        .toList();
  }

  /**
   * A tenth of the rate at which the smoothed loss is least; empty if it never falls by more than
   * noise does.
   *
   * <p>Not the rate at which it falls steepest: with the mini-batches of a small table that is
   * wherever two of them differ most.
   */
  public OptionalDouble suggestion() {
    int reach = reach();
    double[] whole = // no window cut short by an end
        IntStream.range(reach, points.size() - reach)
            .mapToDouble(i -> median(i - reach, i + reach + 1))
            .toArray();
    if (whole.length < 4) {
      return OptionalDouble.empty();
    }
    int least = 0;
    for (int i = 1; i < whole.length; i++) {
      least = whole[i] < whole[least] ? i : least;
    }
    return falls(whole, whole[least])
        ? OptionalDouble.of(OF_LEAST * points.get(reach + least).learningRate())
        : OptionalDouble.empty();
  }

  /** Whether the least is less than chance makes of the slowest rates, which change nothing yet. */
  private static boolean falls(double[] losses, double least) {
    int slow = losses.length / 4;
    double mean = 0;
    double slowLeast = Double.POSITIVE_INFINITY;
    for (int i = 0; i < slow; i++) {
      mean += losses[i] / slow;
      slowLeast = Math.min(slowLeast, losses[i]);
    }
    double squares = 0;
    for (int i = 0; i < slow; i++) {
      squares += (losses[i] - mean) * (losses[i] - mean) / slow;
    }
    return least < CLEARLY_LESS * slowLeast
        || (least < LESS * slowLeast && mean - least > DEVIATIONS * Math.sqrt(squares));
  }

  /** Points to either side. */
  private int reach() {
    if (points.size() < 2) {
      return 0;
    }
    double decades = Math.log10(points.getLast().learningRate() / points.getFirst().learningRate());
    return (int) Math.max(1, Math.round(REACH * (points.size() - 1) / decades));
  }

  private double median(int from, int to) {
    double[] losses = points.subList(from, to).stream().mapToDouble(Point::loss).sorted().toArray();
    int half = losses.length / 2;
    return losses.length % 2 == 1 ? losses[half] : (losses[half - 1] + losses[half]) / 2;
  }
}
