package org.panagrad.openblas;

/** How far a sum of products in single precision may be from the true one. */
final class Rounding {
  private static final double UNIT = 0x1p-24;

  private Rounding() {}

  /**
   * Refuses a result beyond the bound for any order of summation: each term passes its own
   * multiplication, at most {@code terms} additions, and the two scalings and their sum (Higham,
   * Accuracy and Stability of Numerical Algorithms, section 3.1), so {@code terms + 4} roundings of
   * one unit each, relative to the sum of the terms' magnitudes.
   */
  static void compare(
      Object product, int index, double found, double expected, int terms, double magnitude) {
    double bound = (terms + 4) * UNIT * magnitude;
    // Written so that a NaN is refused.
    if (!(Math.abs(found - expected) <= bound)) {
      throw new CblasLoadException(
          "it computes wrong: element %d of %s is %s, expected %s +- %s"
              .formatted(index, product, found, expected, bound));
    }
  }
}
