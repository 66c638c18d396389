package org.panagrad.bench.compare;

import java.util.List;
import org.panagrad.bench.contender.Workload;

/**
 * One result.
 *
 * @param variant the setting that was fastest
 * @param values one for each round, at least one
 */
record Row(
    Measure measure,
    Workload workload,
    String contender,
    String variant,
    String about,
    List<Double> values) {
  Row {
    values = values.stream().sorted().toList();
  }

  double median() {
    int n = values.size();
    return n % 2 == 1 ? values.get(n / 2) : (values.get(n / 2 - 1) + values.get(n / 2)) / 2;
  }

  double min() {
    return values.getFirst();
  }

  double max() {
    return values.getLast();
  }

  boolean betterThan(Row other) {
    return measure.moreIsBetter() ? median() > other.median() : median() < other.median();
  }

  /** How many times as good as another. */
  double times(Row other) {
    return measure.moreIsBetter() ? median() / other.median() : other.median() / median();
  }
}
