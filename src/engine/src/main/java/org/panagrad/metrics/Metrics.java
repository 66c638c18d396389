package org.panagrad.metrics;

/** How a network does on a data set, in the usual numbers; nothing dropped, nothing learned. */
public sealed interface Metrics permits ClassMetrics, ValueMetrics {
  /** How many rows. */
  int examples();

  /** The training's loss, as the mean over the rows. */
  double loss();
}
