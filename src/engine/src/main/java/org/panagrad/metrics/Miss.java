package org.panagrad.metrics;

/**
 * A row whose value was missed.
 *
 * @param row of the data set, from 0
 * @param target which of its target values, from 0
 * @param actual the value
 * @param predicted what the network gave
 */
public record Miss(int row, int target, double actual, double predicted) {}
