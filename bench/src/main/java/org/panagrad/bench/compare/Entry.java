package org.panagrad.bench.compare;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A process that has passed the check and is measured in the rounds of one workload. */
final class Entry {
  private final Competitor competitor;
  private final Child child;
  private final String about;
  private final Map<Measure, Integer> repetitions = new EnumMap<>(Measure.class);
  private final Map<Measure, List<Double>> values = new EnumMap<>(Measure.class);

  Entry(Competitor competitor, Child child, String about) {
    this.competitor = competitor;
    this.child = child;
    this.about = about;
  }

  Competitor competitor() {
    return competitor;
  }

  Child child() {
    return child;
  }

  String about() {
    return about;
  }

  /** Steps or predictions that fill a slice of time. */
  Map<Measure, Integer> repetitions() {
    return repetitions;
  }

  List<Double> values(Measure measure) {
    return values.computeIfAbsent(measure, m -> new ArrayList<>());
  }
}
