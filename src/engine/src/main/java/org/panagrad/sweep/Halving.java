package org.panagrad.sweep;

import java.util.ArrayList;
import java.util.List;

/**
 * Successive halving: all trials are trained for a few epochs, the best of them go on for more, and
 * so on, until one or a few are trained for all epochs.
 *
 * <p>Source: Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter
 * optimization", AISTATS 2016.
 *
 * @param eta one in so many goes on, and is then trained for as many times the epochs
 * @param minEpochs of the first rung
 * @param maxEpochs of the last
 */
public record Halving(int eta, int minEpochs, int maxEpochs) {
  public Halving {
    if (eta < 2) {
      throw new IllegalArgumentException("eta " + eta + ": expected 2 or more");
    }
    if (minEpochs < 1) {
      throw new IllegalArgumentException("min-epochs " + minEpochs + ": expected 1 or more");
    }
    if (maxEpochs < minEpochs) {
      throw new IllegalArgumentException(
          "max-epochs " + maxEpochs + ": expected min-epochs " + minEpochs + " or more");
    }
  }

  /**
   * A part of a sweep: so many trials are brought to so many epochs.
   *
   * @param number from 1
   * @param trials how many at most; fewer where some failed
   * @param epochs that they are brought to, those of earlier rungs included; 0 for each trial's own
   */
  public record Rung(int number, int trials, int epochs) {}

  /** The rungs of a sweep of so many trials; the last is of {@link #maxEpochs}. */
  public List<Rung> rungs(int trials) {
    List<Rung> rungs = new ArrayList<>();
    int left = trials;
    long epochs = minEpochs;
    while (true) {
      // A single one is not compared with anything on its way.
      int these = left == 1 ? maxEpochs : (int) Math.min(epochs, maxEpochs);
      rungs.add(new Rung(rungs.size() + 1, left, these));
      if (these == maxEpochs) {
        return rungs;
      }
      left = Math.max(1, left / eta);
      epochs *= eta;
    }
  }
}
