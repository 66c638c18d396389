package org.panagrad.metrics;

/**
 * How well one class is told from the others.
 *
 * @param name of the class
 * @param rows that are of this class
 * @param predicted rows that were said to be
 * @param hits rows that are and were said to be
 * @param rocAuc area under the curve of this class against the rest, ties counted half, exact for
 *     scores rounded to float32; NaN where all rows or none are of it, and where the scores of all
 *     rows and classes would take more than 1 GiB
 */
public record ClassScores(String name, long rows, long predicted, long hits, double rocAuc) {
  /** Share of the rows said to be of the class that are: 0 where none was said to be. */
  public double precision() {
    return share(hits, predicted);
  }

  /** Share of the rows of the class that were found: 0 where there is none. */
  public double recall() {
    return share(hits, rows);
  }

  /** The harmonic mean of precision and recall: 0 where nothing was hit. */
  public double f1() {
    return share(2 * hits, rows + predicted);
  }

  /** Whether the class is among the rows or the predictions, and so among the averaged. */
  public boolean occurs() {
    return rows + predicted > 0;
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
