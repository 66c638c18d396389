package org.panagrad.train;

import java.util.Locale;

/** What of a validation set an epoch is judged by. */
public enum Monitor {
  /** The mean loss; less is better. */
  LOSS,
  /** The share of labels hit; more is better. */
  ACCURACY;

  /** The number looked at. */
  public double of(Evaluation evaluation) {
    return this == LOSS ? evaluation.loss() : evaluation.accuracy();
  }

  /**
   * Whether a value is better than the best so far by more than {@code minDelta}; what is not a
   * number never is, and anything else is better than that.
   */
  public boolean improves(double value, double best, double minDelta) {
    if (Double.isNaN(value) || Double.isNaN(best)) {
      return !Double.isNaN(value);
    }
    return this == LOSS ? value < best - minDelta : value > best + minDelta;
  }

  /** The name on the command line and in messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The monitor of this name.
   *
   * @throws IllegalArgumentException if there is none; the message lists them
   */
  public static Monitor byName(String name) {
    for (Monitor monitor : values()) {
      if (monitor.label().equals(name)) {
        return monitor;
      }
    }
    throw new IllegalArgumentException("monitor '" + name + "': expected loss or accuracy");
  }
}
