package org.panagrad.kernel;

/** The functions of the kernels in plain double arithmetic, straight from their definitions. */
final class DoubleReference {
  private DoubleReference() {}

  static double value(Activation f, double z) {
    return switch (f) {
      case IDENTITY -> z;
      case RELU -> Math.max(z, 0);
      case LEAKY_RELU -> z > 0 ? z : (double) KernelCase.SLOPE * z;
      case SIGMOID -> 1 / (1 + Math.exp(-z));
      case TANH -> Math.tanh(z);
      case GELU -> z * normal(z);
      case SILU -> z / (1 + Math.exp(-z));
    };
  }

  /** By central differences of the value, good to about 1e-9; the kinks are at 0. */
  static double derivative(Activation f, double z) {
    double h = 1e-5;
    return (value(f, z + h) - value(f, z - h)) / (2 * h);
  }

  /**
   * Phi(z): its Taylor series near 0, Laplace's continued fraction in the tails (Abramowitz and
   * Stegun 26.2.11 and 26.2.14).
   */
  static double normal(double z) {
    double density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    if (Math.abs(z) < 4) {
      double term = z;
      double sum = z;
      for (int n = 3; n < 200; n += 2) {
        term *= z * z / n;
        sum += term;
      }
      // Below zero 1/2 + density * sum cancels: at -4 ten digits of the sixteen remain.
      return 0.5 + density * sum;
    }
    double a = Math.abs(z);
    double fraction = a;
    for (int k = 200; k >= 1; k--) {
      fraction = a + k / fraction;
    }
    double tail = density / fraction;
    return z < 0 ? tail : 1 - tail;
  }

  static double loss(ElementLoss loss, double delta, double x, double target) {
    double e = x - target;
    return switch (loss) {
      case SQUARED -> e * e;
      case ABSOLUTE -> Math.abs(e);
      case HUBER -> Math.abs(e) <= delta ? e * e / 2 : delta * (Math.abs(e) - delta / 2);
      case BINARY_CROSS_ENTROPY -> Math.max(x, 0) - x * target + Math.log1p(Math.exp(-Math.abs(x)));
    };
  }

  static double lossDerivative(ElementLoss loss, double delta, double x, double target) {
    double h = 1e-6;
    return (loss(loss, delta, x + h, target) - loss(loss, delta, x - h, target)) / (2 * h);
  }

  /** Softmax of one column. */
  static double[] softmax(double[][] x, int column) {
    double max = Double.NEGATIVE_INFINITY;
    for (double[] row : x) {
      max = Math.max(max, row[column]);
    }
    double sum = 0;
    double[] y = new double[x.length];
    for (int r = 0; r < y.length; r++) {
      y[r] = Math.exp(x[r][column] - max);
      sum += y[r];
    }
    for (int r = 0; r < y.length; r++) {
      y[r] /= sum;
    }
    return y;
  }
}
