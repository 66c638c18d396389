package org.panagrad.train;

/**
 * How a network does on a data set, nothing dropped, nothing learned.
 *
 * @param examples how many
 * @param loss mean over the examples, by their weights where they have some
 * @param accuracy share of labels hit, NaN where targets are values
 */
public record Evaluation(int examples, double loss, double accuracy) {}
