package org.panagrad.metrics;

/**
 * A row that was said to be of another class than it is.
 *
 * @param row of the data set, from 0
 * @param actual its class
 * @param predicted the class it was said to be of
 * @param actualProbability what the network gave its class; NaN where the outputs are no
 *     probabilities
 * @param predictedProbability what it gave the other; NaN likewise
 */
public record Mistake(
    int row, int actual, int predicted, double actualProbability, double predictedProbability) {}
