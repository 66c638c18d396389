package org.panagrad.kernel;

import static jdk.incubator.vector.VectorOperators.ABS;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NEG;
import static org.panagrad.kernel.Approximations.*;
import static org.panagrad.kernel.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Elementary functions of a vector, operation for operation those of {@link ScalarMath}, where they
 * are explained.
 */
final class VectorMath {
  private static final int SIGN = 0x80000000;

  private VectorMath() {}

  private static FloatVector constant(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  static FloatVector exp(FloatVector x) {
    FloatVector high = x.blend(EXP_HIGHEST, x.compare(GT, EXP_HIGHEST));
    FloatVector bounded = high.blend(EXP_LOWEST, high.compare(LT, EXP_LOWEST));
    FloatVector shifted = bounded.fma(constant(LOG2_E), constant(ROUNDER));
    FloatVector n = shifted.sub(ROUNDER);
    FloatVector r = n.fma(constant(-LN2_LOW), n.fma(constant(-LN2_HIGH), bounded));
    FloatVector p = constant(E6).fma(r, constant(E5));
    p = p.fma(r, constant(E4));
    p = p.fma(r, constant(E3));
    p = p.fma(r, constant(E2));
    p = p.fma(r, constant(1f));
    p = p.fma(r, constant(1f));
    IntVector k = shifted.reinterpretAsInts().sub(ROUNDER_BITS);
    IntVector half = k.lanewise(ASHR, 1);
    return p.mul(powerOfTwo(half)).mul(powerOfTwo(k.sub(half)));
  }

  private static FloatVector powerOfTwo(IntVector k) {
    return k.add(EXPONENT_BIAS).lanewise(LSHL, MANTISSA_BITS).reinterpretAsFloats();
  }

  static FloatVector sigmoid(FloatVector z) {
    FloatVector e = exp(z.lanewise(ABS).lanewise(NEG));
    FloatVector numerator = e.blend(1f, z.compare(GE, 0f));
    return numerator.div(e.add(1f));
  }

  static FloatVector tanh(FloatVector z) {
    FloatVector a = z.lanewise(ABS);
    FloatVector u = a.mul(a);
    FloatVector p = constant(T4).fma(u, constant(T3));
    p = p.fma(u, constant(T2));
    p = p.fma(u, constant(T1));
    p = p.fma(u, constant(T0));
    FloatVector small = u.mul(a).fma(p, a);
    FloatVector large = constant(1f).sub(constant(2f).div(exp(a.add(a)).add(1f)));
    FloatVector t = large.blend(small, a.compare(LT, TANH_SPLIT));
    IntVector sign = z.reinterpretAsInts().and(SIGN);
    return t.reinterpretAsInts().and(~SIGN).or(sign).reinterpretAsFloats();
  }

  static FloatVector log(FloatVector x) {
    IntVector bits = x.reinterpretAsInts();
    IntVector k = bits.sub(SQRT_HALF_BITS).lanewise(ASHR, MANTISSA_BITS);
    FloatVector f = bits.sub(k.lanewise(LSHL, MANTISSA_BITS)).reinterpretAsFloats().sub(1f);
    FloatVector n = (FloatVector) k.convert(I2F, 0);
    FloatVector y = n.fma(constant(LN2_HIGH), n.fma(constant(LN2_LOW), log1pNearZero(f)));
    return x.blend(y, x.compare(LT, Float.POSITIVE_INFINITY));
  }

  static FloatVector log1p(FloatVector y) {
    var small = y.compare(LT, SQRT2_LESS_1);
    FloatVector f = y.fma(constant(0.5f), constant(-0.5f)).blend(y, small);
    FloatVector n = constant(1f).blend(0f, small);
    return n.fma(constant(LN2_HIGH), n.fma(constant(LN2_LOW), log1pNearZero(f)));
  }

  private static FloatVector log1pNearZero(FloatVector f) {
    FloatVector p = constant(L8).fma(f, constant(L7));
    p = p.fma(f, constant(L6));
    p = p.fma(f, constant(L5));
    p = p.fma(f, constant(L4));
    p = p.fma(f, constant(L3));
    p = p.fma(f, constant(L2));
    p = p.fma(f, constant(L1));
    p = p.fma(f, constant(L0));
    FloatVector square = f.mul(f);
    return square.fma(p.fma(f, constant(-0.5f)), f);
  }

  private static FloatVector gaussian(FloatVector a) {
    FloatVector square = a.mul(a);
    FloatVector rest = a.fma(a, square.lanewise(NEG));
    FloatVector e = exp(square.mul(-0.5f));
    return rest.mul(-0.5f).fma(e, e);
  }

  private static FloatVector normalTail(FloatVector a, FloatVector gaussian) {
    FloatVector q = constant(1f).div(a.add(MILLS_SHIFT));
    FloatVector t = q.fma(constant(-2f * MILLS_SHIFT), constant(1f));
    FloatVector p = constant(M9).fma(t, constant(M8));
    p = p.fma(t, constant(M7));
    p = p.fma(t, constant(M6));
    p = p.fma(t, constant(M5));
    p = p.fma(t, constant(M4));
    p = p.fma(t, constant(M3));
    p = p.fma(t, constant(M2));
    p = p.fma(t, constant(M1));
    p = p.fma(t, constant(M0));
    return gaussian.mul(q.mul(p));
  }

  static FloatVector gelu(FloatVector z) {
    FloatVector low = atLeast(z, -NORMAL_LIMIT);
    FloatVector a = atMost(low.lanewise(ABS), NORMAL_LIMIT);
    FloatVector tail = normalTail(a, gaussian(a));
    FloatVector phi = tail.blend(constant(1f).sub(tail), low.compare(GE, 0f));
    return low.mul(phi);
  }

  static FloatVector geluDerivative(FloatVector z) {
    FloatVector bounded = atMost(atLeast(z, -NORMAL_LIMIT), NORMAL_LIMIT);
    FloatVector a = bounded.lanewise(ABS);
    FloatVector gaussian = gaussian(a);
    FloatVector tail = normalTail(a, gaussian);
    FloatVector phi = tail.blend(constant(1f).sub(tail), bounded.compare(GE, 0f));
    return bounded.fma(gaussian.mul(NORMAL_DENSITY_0), phi);
  }

  static FloatVector silu(FloatVector z) {
    FloatVector low = atLeast(z, -SIGMOID_LIMIT);
    return low.mul(sigmoid(low));
  }

  static FloatVector siluDerivative(FloatVector z) {
    FloatVector bounded = atMost(atLeast(z, -SIGMOID_LIMIT), SIGMOID_LIMIT);
    FloatVector e = exp(bounded.lanewise(ABS).lanewise(NEG));
    FloatVector larger = constant(1f).div(e.add(1f));
    FloatVector smaller = e.mul(larger);
    var positive = bounded.compare(GE, 0f);
    FloatVector s = smaller.blend(larger, positive);
    FloatVector complement = larger.blend(smaller, positive);
    return s.mul(bounded.fma(complement, constant(1f)));
  }

  private static FloatVector atLeast(FloatVector z, float bound) {
    return z.blend(bound, z.compare(LT, bound));
  }

  private static FloatVector atMost(FloatVector z, float bound) {
    return z.blend(bound, z.compare(GT, bound));
  }
}
