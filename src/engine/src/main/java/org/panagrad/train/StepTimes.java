package org.panagrad.train;

import java.util.EnumMap;
import java.util.Map;
import org.panagrad.plan.Step;

/**
 * Where the time of training steps went.
 *
 * @param steps how many were timed
 * @param examples in them
 * @param lanes that worked side by side
 * @param seconds wall time of all steps
 * @param byCategory seconds, the mean of the lanes
 * @param waiting seconds that a lane waited for the others, the mean of the lanes
 */
public record StepTimes(
    int steps,
    long examples,
    int lanes,
    double seconds,
    Map<Step.Category, Double> byCategory,
    double waiting) {
  public StepTimes {
    byCategory = new EnumMap<>(byCategory);
  }

  /** Seconds that are none of the others: the calls between the steps, and the clock itself. */
  public double other() {
    double known = waiting + byCategory.values().stream().mapToDouble(s -> s).sum();
    return Math.max(0, seconds - known);
  }
}
