package org.panagrad.contract;

import static org.panagrad.contract.Bounded.U;

import org.panagrad.graph.Activate;

/**
 * The activations and their derivatives in double, by their definitions.
 *
 * <p>A float32 function is granted 8 ulp, 16 u of relative error, where it is not exact.
 */
final class ReferenceActivation {
  private static final double FUNCTION = 16 * U;

  private ReferenceActivation() {}

  /** Whether the derivative jumps. */
  static boolean hasKink(Activate op) {
    return switch (op.function()) {
      case RELU, LEAKY_RELU -> true;
      case IDENTITY, SIGMOID, TANH, GELU, SILU -> false;
    };
  }

  static Bounded forward(Activate op, Bounded x) {
    Bounded y = new Bounded(x.value().length);
    for (int i = 0; i < x.value().length; i++) {
      double z = x.value()[i];
      double e = x.error()[i];
      // The second factor bounds the derivative: 1.13 is GELU's largest, 1.1 SiLU's.
      switch (op.function()) {
        case IDENTITY -> y.set(i, z, e);
        case RELU -> y.set(i, Math.max(z, 0), e);
        case LEAKY_RELU -> {
          double most = Math.max(1, op.slope());
          y.set(i, z > 0 ? z : op.slope() * z, most * (e + U * x.reach(i)));
        }
        case SIGMOID -> approximate(y, i, sigmoid(z), 0.25 * e);
        case TANH -> approximate(y, i, Math.tanh(z), e);
        case GELU -> approximate(y, i, z * phi(z), 1.13 * e);
        case SILU -> approximate(y, i, z * sigmoid(z), 1.1 * e);
      }
    }
    return y;
  }

  private static void approximate(Bounded y, int i, double value, double carried) {
    y.set(i, value, carried + FUNCTION * (Math.abs(value) + carried));
  }

  /** f'(z) as an engine finds it from the z or the y it has computed. */
  static Bounded derivative(Activate op, Bounded x, Bounded y) {
    Bounded d = new Bounded(x.value().length);
    for (int i = 0; i < x.value().length; i++) {
      double z = x.value()[i];
      double ez = x.error()[i];
      double ey = y.error()[i];
      double v = y.value()[i];
      boolean unsure = ez > 0 && Math.abs(z) <= ez;
      switch (op.function()) {
        case IDENTITY -> d.set(i, 1, 0);
        case RELU -> d.set(i, z > 0 ? 1 : 0, unsure ? 1 : 0);
        case LEAKY_RELU -> d.set(i, z > 0 ? 1 : op.slope(), unsure ? Math.abs(1 - op.slope()) : 0);
        // y (1 - y): three roundings, and |1 - 2y| <= 1 times the error of y.
        case SIGMOID -> d.set(i, v * (1 - v), ey + ey * ey + 4 * U * y.reach(i));
        // 1 - y^2.
        case TANH -> d.set(i, 1 - v * v, 2 * Math.abs(v) * ey + ey * ey + 3 * U);
        // |f''| = |2 - z^2| phi <= 0.8.
        case GELU -> {
          double density = z * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
          d.set(
              i,
              phi(z) + density,
              0.8 * ez + FUNCTION * (1 + z * z) * (phi(z) + Math.abs(density)));
        }
        // |f''| <= 0.5.
        case SILU -> {
          double s = sigmoid(z);
          d.set(i, s * (1 + z * (1 - s)), 0.5 * ez + FUNCTION * (s + s * Math.abs(z) * (1 - s)));
        }
      }
    }
    return d;
  }

  static double sigmoid(double z) {
    return z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));
  }

  /**
   * The standard normal distribution: the power series of erf (Abramowitz and Stegun 7.1.6), whose
   * terms are all positive, and from 2 on the continued fraction of the tail (26.2.14).
   */
  static double phi(double z) {
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
