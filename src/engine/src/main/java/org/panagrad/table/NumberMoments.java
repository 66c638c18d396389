package org.panagrad.table;

/**
 * Mean, variance, least and greatest of numbers that come one by one.
 *
 * <p>Source: Welford, "Note on a method for calculating corrected sums of squares and products",
 * Technometrics 4(3), 1962.
 */
final class NumberMoments {
  private long count;
  private double mean;
  private double squares;
  private double least = Double.POSITIVE_INFINITY;
  private double greatest = Double.NEGATIVE_INFINITY;

  void add(double number) {
    count++;
    double before = number - mean;
    mean += before / count;
    squares += before * (number - mean);
    least = Math.min(least, number);
    greatest = Math.max(greatest, number);
  }

  long count() {
    return count;
  }

  double mean() {
    return mean;
  }

  /** Of the numbers themselves, divided by their count. */
  double standardDeviation() {
    return count == 0 ? 0 : Math.sqrt(squares / count);
  }

  double least() {
    return least;
  }

  double greatest() {
    return greatest;
  }
}
