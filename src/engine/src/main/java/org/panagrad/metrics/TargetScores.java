package org.panagrad.metrics;

/**
 * How well one target value is met.
 *
 * @param rmse root of the mean squared error, in the target's unit
 * @param mae mean absolute error, in the target's unit
 * @param r2 share of the target's variance that is explained, 1 - sum (t - f)^2 / sum (t - mean)^2;
 *     NaN where the target is the same in all rows
 */
public record TargetScores(double rmse, double mae, double r2) {}
