package org.panagrad.doctor;

import org.panagrad.kernel.Activation;

/** The activations in double, by their definitions. */
final class DoubleActivation {
  private DoubleActivation() {}

  /** Whether the derivative jumps at 0. */
  static boolean hasKink(Activation function) {
    return function == Activation.RELU || function == Activation.LEAKY_RELU;
  }

  /** f(z). */
  static double of(Activation function, double slope, double z) {
    return switch (function) {
      case IDENTITY -> z;
      case RELU -> Math.max(z, 0);
      case LEAKY_RELU -> z > 0 ? z : slope * z;
      case SIGMOID -> sigmoid(z);
      case TANH -> Math.tanh(z);
      case GELU -> z * normal(z);
      case SILU -> z * sigmoid(z);
    };
  }

  static double sigmoid(double z) {
    return z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));
  }

  /**
   * The standard normal distribution: the power series of erf (Abramowitz and Stegun 7.1.6), whose
   * terms are all positive, and from 2 on the continued fraction of the tail (26.2.14).
   */
  private static double normal(double z) {
    double a = Math.abs(z);
    double density = Math.exp(-a * a / 2) / Math.sqrt(2 * Math.PI);
    double tail;
    if (a < 2) {
      double term = a;
      double sum = a;
      for (int k = 1; term > sum * 1e-18; k++) {
        term *= a * a / (2 * k + 1);
        sum += term;
      }
      tail = 0.5 - density * sum;
    } else {
      double f = a;
      for (int k = 400; k > 0; k--) {
        f = a + k / f;
      }
      tail = density / f;
    }
    return z > 0 ? 1 - tail : tail;
  }
}
