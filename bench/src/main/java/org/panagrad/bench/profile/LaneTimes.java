package org.panagrad.bench.profile;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;

/**
 * What the clocks of a step counted.
 *
 * @param byPhase nanoseconds of each lane in each phase
 * @param byCategory nanoseconds of all lanes
 * @param oneTile nanoseconds in steps of one tile
 */
record LaneTimes(double[][] byPhase, Map<Category, Double> byCategory, double oneTile) {
  static LaneTimes of(OpenStep step, double clockNanos) {
    double[][] byPhase = new double[step.plan().phases()][step.lanes()];
    Map<Category, Double> byCategory = new EnumMap<>(Category.class);
    double oneTile = 0;
    List<Step> steps = step.plan().steps();
    for (int s = 0; s < steps.size(); s++) {
      for (int lane = 0; lane < step.lanes(); lane++) {
        double nanos = step.nanos(s, lane, clockNanos);
        byPhase[step.plan().phaseOf(s)][lane] += nanos;
        byCategory.merge(steps.get(s).category(), nanos, Double::sum);
        oneTile += steps.get(s).tiles() == 1 ? nanos : 0;
      }
    }
    return new LaneTimes(byPhase, byCategory, oneTile);
  }

  double of(Category category) {
    return byCategory.getOrDefault(category, 0.0);
  }

  private static double longest(double[] phase) {
    return Arrays.stream(phase).max().orElse(0);
  }

  /** The longest lane of each phase, summed: what no number of threads makes shorter. */
  double longest() {
    return Arrays.stream(byPhase).mapToDouble(LaneTimes::longest).sum();
  }

  /** What the other lanes have less to do than the longest. */
  double uneven() {
    return Arrays.stream(byPhase)
        .mapToDouble(phase -> longest(phase) * phase.length - Arrays.stream(phase).sum())
        .sum();
  }

  /** The share of the work that is in steps of one tile. */
  double serial() {
    double all = byCategory.values().stream().mapToDouble(d -> d).sum();
    return all == 0 ? 0 : oneTile / all;
  }
}
