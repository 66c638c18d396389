package org.panagrad.train;

/**
 * Ends a training that no longer gets better on the validation set, and takes the weights of its
 * best epoch.
 *
 * @param monitor what an epoch is judged by
 * @param patience after how many epochs without a better one training ends, at least 1
 * @param minDelta by how much more than this an epoch must be better to count, 0 or more
 */
public record EarlyStopping(Monitor monitor, int patience, double minDelta) {
  public EarlyStopping {
    if (patience < 1) {
      throw new IllegalArgumentException(
          "early stopping with a patience of " + patience + " epochs: expected 1 or more");
    }
    if (!(minDelta >= 0 && minDelta < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "early stopping with a least gain of " + minDelta + ": expected 0 or more");
    }
  }

  /** By the validation loss, any gain being one. */
  public EarlyStopping(int patience) {
    this(Monitor.LOSS, patience, 0);
  }
}
