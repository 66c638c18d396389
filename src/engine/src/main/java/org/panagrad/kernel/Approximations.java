package org.panagrad.kernel;

/**
 * Coefficients shared by the scalar and the vector functions.
 *
 * <p>Each polynomial is a minimax fit of relative error over its interval (Lawson's iteratively
 * reweighted least squares on mpmath values of 40 digits), rounded to float32.
 */
final class Approximations {
  /**
   * Added to a gradient and to what goes into an optimizer's decaying state, and taken off the sum,
   * which leaves anything of note as it is and makes 0 of what is below 2^-105. Without it a part
   * of the gradient, the square of one below 1e-19, or the state of a unit that has no gradient any
   * more, is a subnormal number, and arithmetic on those takes a hundred cycles: an Adam update on
   * a network that has learned its batches by heart took 4.6 ns a weight instead of 0.6.
   */
  static final float TINY = 0x1p-80f;

  private Approximations() {}

  /** Beyond these exp is infinite or zero in float32; the reduction below needs the bound. */
  static final float EXP_HIGHEST = 89f;

  static final float EXP_LOWEST = -104f;

  static final float LOG2_E = 0x1.715476p0f;

  /** ln 2 in two parts, the first of so few bits that a multiple of it below 256 is exact. */
  static final float LN2_HIGH = 0x1.62e4p-1f;

  static final float LN2_LOW = 0x1.7f7d1cp-20f;

  /** 1.5 * 2^23: adding it rounds to an integer that stands in the low bits of the sum. */
  static final float ROUNDER = 0x1.8p23f;

  static final int ROUNDER_BITS = 0x4b400000;

  static final int EXPONENT_BIAS = 127;
  static final int MANTISSA_BITS = 23;

  // exp(r) = 1 + r + r^2 (E2 + E3 r + ...), |r| <= ln(2) / 2; relative error 3e-9.
  static final float E2 = 0x1.fffffcp-2f;
  static final float E3 = 0x1.555490p-3f;
  static final float E4 = 0x1.5558f6p-5f;
  static final float E5 = 0x1.123a8ep-7f;
  static final float E6 = 0x1.6a2318p-10f;

  /** Below this the odd polynomial serves for tanh, above it the exponential. */
  static final float TANH_SPLIT = 0.625f;

  // tanh(a) = a + a^3 (T0 + T1 a^2 + ...), 0 <= a <= 0.625; relative error 4e-9.
  static final float T0 = -0x1.555532p-2f;
  static final float T1 = 0x1.110726p-3f;
  static final float T2 = -0x1.b83c52p-5f;
  static final float T3 = 0x1.52266ap-6f;
  static final float T4 = -0x1.75e0e8p-8f;

  /** sqrt(1/2) in bits: a mantissa is taken from [sqrt(1/2), sqrt(2)). */
  static final int SQRT_HALF_BITS = 0x3f3504f3;

  /** sqrt(2) - 1. */
  static final float SQRT2_LESS_1 = 0x1.a8279ap-2f;

  // log(1 + f) = f - f^2 / 2 + f^3 (L0 + L1 f + ...), sqrt(1/2) <= 1 + f <= sqrt(2); error 8e-10.
  static final float L0 = 0x1.555546p-2f;
  static final float L1 = -0x1.000006p-2f;
  static final float L2 = 0x1.99a4f6p-3f;
  static final float L3 = -0x1.555cccp-3f;
  static final float L4 = 0x1.23322cp-3f;
  static final float L5 = -0x1.fc07c0p-4f;
  static final float L6 = 0x1.e72888p-4f;
  static final float L7 = -0x1.df000ap-4f;
  static final float L8 = 0x1.14ca4ap-4f;

  /** Where the normal tail is zero in float32, exp(-15^2 / 2) being 1.4e-49. */
  static final float NORMAL_LIMIT = 15f;

  /** 1 / sqrt(2 pi). */
  static final float NORMAL_DENSITY_0 = 0x1.988454p-2f;

  static final float MILLS_SHIFT = 3.5f;

  // (1 - Phi(a)) exp(a^2 / 2) = q (M0 + M1 t + ...), q = 1 / (a + 3.5), t = 1 - 7 q, 0 <= a <= 15;
  // relative error 8e-9. The map of the half line to t is that of Shepherd and Laframboise,
  // "Chebyshev approximation of (1 + 2x) exp(x^2) erfc x", Math. Comp. 36 (1981).
  static final float M0 = 0x1.7d241ap-1f;
  static final float M1 = -0x1.21914ep-1f;
  static final float M2 = 0x1.42feccp-2f;
  static final float M3 = -0x1.db5a92p-4f;
  static final float M4 = 0x1.1d2d4ep-6f;
  static final float M5 = 0x1.a992acp-8f;
  static final float M6 = -0x1.9fde68p-9f;
  static final float M7 = -0x1.038b28p-11f;
  static final float M8 = 0x1.b6a430p-12f;
  static final float M9 = 0x1.c7e3c8p-14f;

  /** Where the sigmoid is zero or one in float32, so that z times it needs no larger z. */
  static final float SIGMOID_LIMIT = 105f;
}
