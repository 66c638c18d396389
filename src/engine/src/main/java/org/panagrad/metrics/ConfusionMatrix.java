package org.panagrad.metrics;

import java.util.Objects;

/** How often rows of one class were said to be of another. */
public final class ConfusionMatrix {
  private final int classes;
  private final long[] counts; // (actual, predicted)

  ConfusionMatrix(int classes) {
    this.classes = classes;
    this.counts = new long[classes * classes];
  }

  void add(int actual, int predicted) {
    counts[actual * classes + predicted]++;
  }

  /** Number of classes. */
  public int classes() {
    return classes;
  }

  /** Rows of class {@code actual} said to be of class {@code predicted}. */
  public long count(int actual, int predicted) {
    Objects.checkIndex(actual, classes);
    Objects.checkIndex(predicted, classes);
    return counts[actual * classes + predicted];
  }
}
