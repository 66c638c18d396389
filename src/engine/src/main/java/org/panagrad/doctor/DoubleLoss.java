package org.panagrad.doctor;

import org.panagrad.graph.Loss;

/** The losses in double, by their definitions; arrays are (outputs, rows). */
final class DoubleLoss {
  private DoubleLoss() {}

  /**
   * The loss of a batch.
   *
   * @param rowWeights (rows): how much each counts
   */
  static double of(Loss loss, double[] y, double[] t, double[] rowWeights) {
    int rows = rowWeights.length;
    int outputs = y.length / rows;
    double[] weights = new double[rows];
    double total = 0;
    for (int j = 0; j < rows; j++) {
      weights[j] = rowWeights[j] * weight(loss, t, outputs, rows, j);
      total += weights[j];
    }
    if (total == 0) {
      return 0;
    }
    return switch (loss.function()) {
      case CROSS_ENTROPY ->
          crossEntropy(y, soft(loss, t, outputs, rowWeights), outputs, rows) / total;
      case HALF_MEAN_SQUARED_ERROR -> sum(loss, y, t, weights) / total;
      case MEAN_SQUARED_ERROR, MEAN_ABSOLUTE_ERROR, HUBER, BINARY_CROSS_ENTROPY ->
          sum(loss, y, t, weights) / (total * outputs);
    };
  }

  /** That of a row's class: one-hot, or 0 or 1 for a single output. */
  private static double weight(Loss loss, double[] t, int outputs, int n, int j) {
    if (loss.classWeights().isEmpty()) {
      return 1;
    }
    if (outputs == 1) {
      return loss.classWeights().get((int) t[j]);
    }
    double weight = 0;
    for (int k = 0; k < outputs; k++) {
      weight += t[k * n + j] * loss.classWeights().get(k);
    }
    return weight;
  }

  /** Targets smoothed, and weighted by their rows and classes. */
  private static double[] soft(Loss loss, double[] t, int outputs, double[] rowWeights) {
    int n = rowWeights.length;
    double[] soft = new double[t.length];
    for (int i = 0; i < t.length; i++) {
      double weight = loss.classWeights().isEmpty() ? 1 : loss.classWeights().get(i / n);
      soft[i] =
          rowWeights[i % n]
              * weight
              * ((1 - loss.labelSmoothing()) * t[i] + loss.labelSmoothing() / outputs);
    }
    return soft;
  }

  private static double crossEntropy(double[] x, double[] t, int outputs, int n) {
    double sum = 0;
    for (int j = 0; j < n; j++) {
      double max = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < outputs; k++) {
        max = Math.max(max, x[k * n + j]);
      }
      double exponentials = 0;
      for (int k = 0; k < outputs; k++) {
        exponentials += Math.exp(x[k * n + j] - max);
      }
      double log = Math.log(exponentials) + max;
      for (int k = 0; k < outputs; k++) {
        sum += t[k * n + j] * (log - x[k * n + j]);
      }
    }
    return sum;
  }

  private static double sum(Loss loss, double[] y, double[] t, double[] weights) {
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += weights[i % weights.length] * element(loss, y[i], t[i]);
    }
    return sum;
  }

  private static double element(Loss loss, double y, double t) {
    double e = y - t;
    return switch (loss.function()) {
      case HALF_MEAN_SQUARED_ERROR -> e * e / 2;
      case MEAN_SQUARED_ERROR -> e * e;
      case MEAN_ABSOLUTE_ERROR -> Math.abs(e);
      case HUBER ->
          Math.abs(e) <= loss.delta()
              ? e * e / 2
              : loss.delta() * (Math.abs(e) - loss.delta() / 2.0);
      case BINARY_CROSS_ENTROPY -> Math.max(y, 0) - y * t + Math.log1p(Math.exp(-Math.abs(y)));
      case CROSS_ENTROPY -> throw new IllegalStateException("not a sum over elements");
    };
  }

  /** How far an element is from where the loss's derivative jumps; infinite if it never does. */
  static double toKink(Loss loss, double y, double t) {
    return switch (loss.function()) {
      case MEAN_ABSOLUTE_ERROR -> y - t;
      // Its derivative is continuous, but its second is not.
      case HUBER -> Math.abs(y - t) - loss.delta();
      case CROSS_ENTROPY, BINARY_CROSS_ENTROPY, HALF_MEAN_SQUARED_ERROR, MEAN_SQUARED_ERROR ->
          Double.POSITIVE_INFINITY;
    };
  }
}
