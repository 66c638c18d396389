package org.panagrad.bench.measure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What was measured of one thing, a value a round. */
public final class Sample {
  private final List<Double> values = new ArrayList<>();

  /** Nothing measured yet. */
  public Sample() {}

  /** One more. */
  public void add(double value) {
    values.add(value);
  }

  /** The middle value. */
  public double median() {
    List<Double> sorted = values.stream().sorted().toList();
    int n = sorted.size();
    return n % 2 == 1 ? sorted.get(n / 2) : (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
  }

  /** The smallest value. */
  public double min() {
    return Collections.min(values);
  }

  /** The largest value. */
  public double max() {
    return Collections.max(values);
  }
}
