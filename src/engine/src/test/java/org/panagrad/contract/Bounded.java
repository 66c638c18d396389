package org.panagrad.contract;

/**
 * Exact values (to double precision), each with a bound on how far a float32 computation of it may
 * be off: a running error analysis (Higham, "Accuracy and Stability of Numerical Algorithms", 3.3).
 *
 * <p>With u = 2^-24, fl(a op b) = (a op b)(1 + d), |d| <= u. A sum of n terms in any order is off
 * by at most gamma(n) times the sum of their absolute values, gamma(n) = n u / (1 - n u). What
 * comes in with an error e goes on with e times the derivative's bound, and terms in e^2 where the
 * function is not linear.
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; two arrays that go together.
record Bounded(double[] value, double[] error) {
  /** Unit roundoff of float32. */
  static final double U = 0x1p-24;

  /** What underflow to denormals or zero may cost. */
  static final double TINY = 0x1p-120;

  Bounded(int size) {
    this(new double[size], new double[size]);
  }

  static double gamma(int n) {
    return n * U / (1 - n * U);
  }

  /** The largest a computed element may be. */
  double reach(int i) {
    return Math.abs(value[i]) + error[i];
  }

  void set(int i, double v, double e) {
    value[i] = v;
    error[i] = e + TINY;
  }

  /** Adds a term to an element that may have had others: one more rounding. */
  void add(int i, double v, double e) {
    value[i] += v;
    double sum = error[i] + e + TINY;
    error[i] = sum + U * (Math.abs(value[i]) + sum);
  }
}
