package org.panagrad.metrics;

import java.util.List;

/**
 * How a network meets target values.
 *
 * @param examples how many rows
 * @param loss the training's, as the mean over the rows
 * @param rmse root of the mean squared error over rows and targets
 * @param mae mean absolute error over rows and targets
 * @param r2 mean of the targets' R2, NaN where one of them is
 * @param targets by target
 * @param worst the rows missed most, the worst first
 */
public record ValueMetrics(
    int examples,
    double loss,
    double rmse,
    double mae,
    double r2,
    List<TargetScores> targets,
    List<Miss> worst)
    implements Metrics {
  public ValueMetrics {
    targets = List.copyOf(targets);
    worst = List.copyOf(worst);
  }
}
