package org.panagrad.sweep;

import java.util.Comparator;

/**
 * What trials are compared by.
 *
 * @param metric on the validation set
 * @param highestFirst whether more is better
 */
public record Ranking(Metric metric, boolean highestFirst) {
  /** More accuracy, less of anything else. */
  public Ranking(Metric metric) {
    this(metric, metric == Metric.ACCURACY);
  }

  /**
   * The best first: those that got farther before others, failed ones last; equal ones by number.
   */
  public Comparator<TrialResult> order() {
    return Comparator.comparing(TrialResult::isFailed)
        .thenComparing(Comparator.comparingInt(TrialResult::rung).reversed())
        .thenComparing(
            (a, b) ->
                a.isFailed()
                    ? 0
                    : highestFirst
                        ? Double.compare(b.metric(), a.metric())
                        : Double.compare(a.metric(), b.metric()))
        .thenComparingInt(TrialResult::trial);
  }
}
