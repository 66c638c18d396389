package org.panagrad.kernel;

import static org.panagrad.kernel.Approximations.*;

/**
 * Elementary functions of one float, operation for operation those of {@link VectorMath}.
 *
 * <p>Branches are written as selections {@code a > b ? x : y} so that NaN falls through them to the
 * arithmetic, as it does in a blend.
 */
final class ScalarMath {
  private ScalarMath() {}

  /** e^x within 2 ulp, denormal results included. */
  static float exp(float x) {
    float high = x > EXP_HIGHEST ? EXP_HIGHEST : x;
    float bounded = high < EXP_LOWEST ? EXP_LOWEST : high;
    float shifted = Math.fma(bounded, LOG2_E, ROUNDER);
    float n = shifted - ROUNDER;
    float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, bounded));
    float p = Math.fma(E6, r, E5);
    p = Math.fma(p, r, E4);
    p = Math.fma(p, r, E3);
    p = Math.fma(p, r, E2);
    p = Math.fma(p, r, 1f);
    p = Math.fma(p, r, 1f);
    // 2^n in two factors: n reaches 128 and -150, which no single float has as its exponent.
    int k = Float.floatToRawIntBits(shifted) - ROUNDER_BITS;
    int half = k >> 1;
    return p * powerOfTwo(half) * powerOfTwo(k - half);
  }

  private static float powerOfTwo(int k) {
    return Float.intBitsToFloat((k + EXPONENT_BIAS) << MANTISSA_BITS);
  }

  /** 1 / (1 + e^-z) within 4 ulp, for very negative z too. */
  static float sigmoid(float z) {
    float e = exp(-Math.abs(z));
    float numerator = z >= 0f ? 1f : e;
    return numerator / (1f + e);
  }

  /** tanh z within 4 ulp. */
  static float tanh(float z) {
    float a = Math.abs(z);
    float u = a * a;
    float p = Math.fma(T4, u, T3);
    p = Math.fma(p, u, T2);
    p = Math.fma(p, u, T1);
    p = Math.fma(p, u, T0);
    float small = Math.fma(u * a, p, a);
    float large = 1f - 2f / (exp(a + a) + 1f);
    float t = a < TANH_SPLIT ? small : large;
    return Math.copySign(t, z);
  }

  /** ln x within 4 ulp for normal x; infinity and NaN are returned as they are. */
  static float log(float x) {
    int bits = Float.floatToRawIntBits(x);
    int k = (bits - SQRT_HALF_BITS) >> MANTISSA_BITS;
    float f = Float.intBitsToFloat(bits - (k << MANTISSA_BITS)) - 1f;
    float n = (float) k;
    float y = Math.fma(n, LN2_HIGH, Math.fma(n, LN2_LOW, log1pNearZero(f)));
    return x < Float.POSITIVE_INFINITY ? y : x;
  }

  /** ln(1 + y) within 4 ulp for y in [0, 1]. */
  static float log1p(float y) {
    boolean small = y < SQRT2_LESS_1;
    // The second is (1 + y) / 2 - 1, whose logarithm lacks ln 2.
    float f = small ? y : Math.fma(y, 0.5f, -0.5f);
    float n = small ? 0f : 1f;
    return Math.fma(n, LN2_HIGH, Math.fma(n, LN2_LOW, log1pNearZero(f)));
  }

  private static float log1pNearZero(float f) {
    float p = Math.fma(L8, f, L7);
    p = Math.fma(p, f, L6);
    p = Math.fma(p, f, L5);
    p = Math.fma(p, f, L4);
    p = Math.fma(p, f, L3);
    p = Math.fma(p, f, L2);
    p = Math.fma(p, f, L1);
    p = Math.fma(p, f, L0);
    float square = f * f;
    return Math.fma(square, Math.fma(p, f, -0.5f), f);
  }

  /** exp(-a^2 / 2), the rounding of a^2 corrected for. */
  static float gaussian(float a) {
    float square = a * a;
    float rest = Math.fma(a, a, -square);
    float e = exp(-0.5f * square);
    return Math.fma(-0.5f * rest, e, e);
  }

  /** 1 - Phi(a) for a in [0, 15], given gaussian(a). */
  static float normalTail(float a, float gaussian) {
    float q = 1f / (a + MILLS_SHIFT);
    float t = Math.fma(q, -2f * MILLS_SHIFT, 1f);
    float p = Math.fma(M9, t, M8);
    p = Math.fma(p, t, M7);
    p = Math.fma(p, t, M6);
    p = Math.fma(p, t, M5);
    p = Math.fma(p, t, M4);
    p = Math.fma(p, t, M3);
    p = Math.fma(p, t, M2);
    p = Math.fma(p, t, M1);
    p = Math.fma(p, t, M0);
    return gaussian * (q * p);
  }

  /** z Phi(z); for negative z from the tail itself, so without cancellation. */
  static float gelu(float z) {
    float low = z < -NORMAL_LIMIT ? -NORMAL_LIMIT : z;
    float a = Math.abs(low);
    a = a > NORMAL_LIMIT ? NORMAL_LIMIT : a;
    float tail = normalTail(a, gaussian(a));
    return low * (low >= 0f ? 1f - tail : tail);
  }

  /** Phi(z) + z phi(z). */
  static float geluDerivative(float z) {
    float low = z < -NORMAL_LIMIT ? -NORMAL_LIMIT : z;
    float bounded = low > NORMAL_LIMIT ? NORMAL_LIMIT : low;
    float a = Math.abs(bounded);
    float gaussian = gaussian(a);
    float tail = normalTail(a, gaussian);
    float phi = bounded >= 0f ? 1f - tail : tail;
    return Math.fma(bounded, gaussian * NORMAL_DENSITY_0, phi);
  }

  /** z / (1 + e^-z). */
  static float silu(float z) {
    float low = z < -SIGMOID_LIMIT ? -SIGMOID_LIMIT : z;
    return low * sigmoid(low);
  }

  /** s (1 + z (1 - s)) with s = 1 / (1 + e^-z), and 1 - s taken as the sigmoid of -z. */
  static float siluDerivative(float z) {
    float low = z < -SIGMOID_LIMIT ? -SIGMOID_LIMIT : z;
    float bounded = low > SIGMOID_LIMIT ? SIGMOID_LIMIT : low;
    float e = exp(-Math.abs(bounded));
    float larger = 1f / (1f + e);
    float smaller = e * larger;
    float s = bounded >= 0f ? larger : smaller;
    float complement = bounded >= 0f ? smaller : larger;
    return s * Math.fma(bounded, complement, 1f);
  }
}
