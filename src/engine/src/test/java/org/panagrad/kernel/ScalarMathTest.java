package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Errors against double arithmetic over whole ranges; the vector functions have the same bits. */
class ScalarMathTest {
  /** Every so manyth float is tried; a prime, so that all low bits occur. */
  private static final int STEP = 7919;

  private interface FloatFunction {
    float of(float x);
  }

  private static float fromOrdinal(int ordinal) {
    return Float.intBitsToFloat(ordinal < 0 ? Integer.MIN_VALUE - ordinal : ordinal);
  }

  private static int ordinal(float x) {
    int bits = Float.floatToRawIntBits(x);
    return bits < 0 ? Integer.MIN_VALUE - bits : bits;
  }

  private static void assertUlps(
      double most, float from, float to, FloatFunction function, DoubleUnaryOperator reference) {
    for (long o = ordinal(from); o <= ordinal(to); o += STEP) {
      float x = fromOrdinal((int) o);
      double expected = reference.applyAsDouble(x);
      float got = function.of(x);
      if (Math.abs(expected) > Float.MAX_VALUE) {
        assertEquals((float) expected, got, "at " + x);
      } else {
        double ulps = Math.abs(got - expected) / Math.ulp((float) expected);
        assertTrue(ulps <= most, x + " gives " + got + ", expected " + expected);
      }
    }
  }

  @Test
  void expIsWithinTwoUlps() {
    assertUlps(2, -120f, 120f, ScalarMath::exp, StrictMath::exp);
    assertEquals(Float.POSITIVE_INFINITY, ScalarMath.exp(Float.POSITIVE_INFINITY));
    assertEquals(0f, ScalarMath.exp(Float.NEGATIVE_INFINITY));
    assertEquals(1f, ScalarMath.exp(-0f));
    assertTrue(Float.isNaN(ScalarMath.exp(Float.NaN)));
  }

  @Test
  void sigmoidAndTanhAreWithinFourUlps() {
    assertUlps(4, -120f, 120f, ScalarMath::sigmoid, z -> 1 / (1 + StrictMath.exp(-z)));
    assertUlps(4, -120f, 120f, ScalarMath::tanh, StrictMath::tanh);
    assertEquals(Float.floatToRawIntBits(-0f), Float.floatToRawIntBits(ScalarMath.tanh(-0f)));
    assertEquals(-1f, ScalarMath.tanh(Float.NEGATIVE_INFINITY));
    assertEquals(0f, ScalarMath.sigmoid(Float.NEGATIVE_INFINITY));
    assertEquals(1f, ScalarMath.sigmoid(Float.POSITIVE_INFINITY));
  }

  @Test
  void logarithmsAreWithinFourUlps() {
    assertUlps(4, Float.MIN_NORMAL, Float.MAX_VALUE, ScalarMath::log, StrictMath::log);
    assertUlps(4, 0f, 1f, ScalarMath::log1p, StrictMath::log1p);
    assertEquals(Float.POSITIVE_INFINITY, ScalarMath.log(Float.POSITIVE_INFINITY));
    assertTrue(Float.isNaN(ScalarMath.log(Float.NaN)));
  }

  /** 8 ulp are 5e-7 to 1e-6 relative, in the negative tail too while the tail is normal. */
  @Test
  void geluAndSiluKeepTheirDigitsForNegativeArguments() {
    assertUlps(8, -12.9f, 30f, ScalarMath::gelu, z -> z * DoubleReference.normal(z));
    assertUlps(5, -87f, 1e30f, ScalarMath::silu, z -> z / (1 + StrictMath.exp(-z)));
    for (float z : new float[] {Float.NEGATIVE_INFINITY, -1e30f, -200f}) {
      assertEquals(0f, Math.abs(ScalarMath.gelu(z)));
      assertEquals(0f, Math.abs(ScalarMath.silu(z)));
      assertEquals(0f, Math.abs(ScalarMath.geluDerivative(z)));
      assertEquals(0f, Math.abs(ScalarMath.siluDerivative(z)));
      assertEquals(-z, ScalarMath.gelu(-z));
      assertEquals(-z, ScalarMath.silu(-z));
      assertEquals(1f, ScalarMath.geluDerivative(-z));
      assertEquals(1f, ScalarMath.siluDerivative(-z));
    }
  }
}
