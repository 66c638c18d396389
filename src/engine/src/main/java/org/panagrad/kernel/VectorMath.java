package org.panagrad.kernel;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.panagrad.kernel.Approximations.*;
import static org.panagrad.kernel.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** The exponential of a vector, operation for operation that of {@link ScalarMath}. */
final class VectorMath {
  static final int SIGN = 0x80000000;

  private VectorMath() {}

  /**
   * exp(x).
   *
   * <p>The compiler inlines a method of this size, and so keeps its vectors in registers, only into
   * one that calls it often: at least once for every four calls of its own, counted since the
   * process began. Else each vector that goes in or out is an object, for ever. So whoever calls
   * this is itself never called for less than a vector, as it would be for every short row.
   */
  static FloatVector exp(FloatVector x) {
    FloatVector high = x.blend(EXP_HIGHEST, x.compare(GT, EXP_HIGHEST));
    FloatVector bounded = high.blend(EXP_LOWEST, high.compare(LT, EXP_LOWEST));
    FloatVector shifted =
        bounded.fma(FloatVector.broadcast(FLOATS, LOG2_E), FloatVector.broadcast(FLOATS, ROUNDER));
    FloatVector n = shifted.sub(ROUNDER);
    FloatVector r =
        n.fma(
            FloatVector.broadcast(FLOATS, -LN2_LOW),
            n.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), bounded));
    FloatVector p = FloatVector.broadcast(FLOATS, E6).fma(r, FloatVector.broadcast(FLOATS, E5));
    p = p.fma(r, FloatVector.broadcast(FLOATS, E4));
    p = p.fma(r, FloatVector.broadcast(FLOATS, E3));
    p = p.fma(r, FloatVector.broadcast(FLOATS, E2));
    p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
    p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
    IntVector k = shifted.reinterpretAsInts().sub(ROUNDER_BITS);
    IntVector half = k.lanewise(ASHR, 1);
    IntVector rest = k.sub(half);
    FloatVector first = half.add(EXPONENT_BIAS).lanewise(LSHL, MANTISSA_BITS).reinterpretAsFloats();
    FloatVector second =
        rest.add(EXPONENT_BIAS).lanewise(LSHL, MANTISSA_BITS).reinterpretAsFloats();
    return p.mul(first).mul(second);
  }
}
