package org.panagrad.train;

/**
 * What one epoch of training came to, measured on the way, on weights that were changing.
 *
 * @param epoch from 1
 * @param examples how many were trained on
 * @param loss mean over the examples, by their weights where they have some
 * @param accuracy share of labels hit, NaN where targets are values
 * @param seconds wall time
 * @param dataWaitSeconds how much of it the steps waited for rows read ahead; 0 for rows in memory
 */
public record EpochResult(
    int epoch, int examples, double loss, double accuracy, double seconds, double dataWaitSeconds) {
  /** An epoch whose rows were all in memory. */
  public EpochResult(int epoch, int examples, double loss, double accuracy, double seconds) {
    this(epoch, examples, loss, accuracy, seconds, 0);
  }

  /** Examples per second. */
  public double samplesPerSecond() {
    return examples / seconds;
  }

  /** Share of the time that the steps waited for data, 0 to 1. */
  public double dataWaitShare() {
    return dataWaitSeconds / seconds;
  }
}
