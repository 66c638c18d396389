package org.panagrad.bench.profile;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.panagrad.plan.Step;
import org.panagrad.plan.Step.Category;

/**
 * What the clocks of a step counted, nanoseconds a step.
 *
 * @param longest the longest lane of each phase, summed: the least that the phases last
 * @param uneven what the other lanes have less to do than the longest
 * @param serial the share of the work that is in steps of one tile
 * @param byCategory of all lanes
 */
record LaneTimes(double longest, double uneven, double serial, Map<Category, Double> byCategory) {
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
    double longest = 0;
    double all = 0;
    for (double[] phase : byPhase) {
      longest += Arrays.stream(phase).max().orElse(0);
      all += Arrays.stream(phase).sum();
    }
    return new LaneTimes(
        longest, longest * step.lanes() - all, all == 0 ? 0 : oneTile / all, byCategory);
  }

  double of(Category category) {
    return byCategory.getOrDefault(category, 0.0);
  }
}
