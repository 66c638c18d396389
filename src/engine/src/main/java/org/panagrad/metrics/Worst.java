package org.panagrad.metrics;

import java.util.ArrayList;
import java.util.List;

/** The few things with the largest badness, of those that were offered; of equals the earlier. */
final class Worst<T> {
  private final int most;
  private final double[] badness; // falling
  private final List<T> kept = new ArrayList<>();

  Worst(int most) {
    this.most = most;
    this.badness = new double[most];
  }

  /** Whether something this bad would be kept. */
  boolean takes(double howBad) {
    return kept.size() < most || howBad > badness[most - 1];
  }

  /** Keeps what {@link #takes} has said it takes. */
  void add(double howBad, T what) {
    if (kept.size() == most) {
      kept.removeLast();
    }
    int at = kept.size();
    while (at > 0 && badness[at - 1] < howBad) {
      badness[at] = badness[at - 1];
      at--;
    }
    badness[at] = howBad;
    kept.add(at, what);
  }

  /** The worst first. */
  List<T> all() {
    return List.copyOf(kept);
  }
}
