package org.panagrad.train;

/**
 * What one epoch of training came to, measured on the way, on weights that were changing.
 *
 * @param epoch from 1
 * @param examples how many were trained on
 * @param loss mean over the examples, by their weights where they have some
 * @param accuracy share of labels hit, NaN where targets are values
 * @param seconds wall time
 */
public record EpochResult(int epoch, int examples, double loss, double accuracy, double seconds) {
  /** Examples per second. */
  public double samplesPerSecond() {
    return examples / seconds;
  }
}
