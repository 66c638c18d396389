package org.panagrad.kernel;

/** Losses that are sums over elements; e is prediction - target. */
public enum ElementLoss {
  /** l = e^2, dl = 2 e. */
  SQUARED,
  /** l = |e|, dl = sign e, 0 at 0. */
  ABSOLUTE,
  /** l = e^2 / 2 where |e| <= delta, else delta (|e| - delta / 2); dl = e clamped to +-delta. */
  HUBER,
  /**
   * Binary cross-entropy on a logit x with target t: l = max(x, 0) - x t + log(1 + exp(-|x|)), dl =
   * sigmoid(x) - t.
   */
  BINARY_CROSS_ENTROPY
}
