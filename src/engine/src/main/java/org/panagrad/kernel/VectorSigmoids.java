package org.panagrad.kernel;

import static jdk.incubator.vector.VectorOperators.ABS;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NEG;
import static org.panagrad.kernel.Approximations.*;
import static org.panagrad.kernel.Lanes.FLOATS;
import static org.panagrad.kernel.Lanes.ORDER;
import static org.panagrad.kernel.OffHeap.ALL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Sigmoid, tanh and SiLU, and the derivative of SiLU, over one row.
 *
 * <p>A vector passed to or returned from a method that the compiler does not inline is allocated on
 * the heap, and it stops inlining into loops of this size. So each loop is written out, calling
 * nothing but the Vector API and {@link VectorMath#exp}, which comes first while there is room.
 */
final class VectorSigmoids {
  private VectorSigmoids() {}

  static int sigmoid(long z, float bias, boolean keep, long y, int n) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, z + 4L * i, ORDER).add(bias);
      if (keep) {
        x.intoMemorySegment(ALL, z + 4L * i, ORDER);
      }
      FloatVector e = VectorMath.exp(x.lanewise(ABS).lanewise(NEG));
      FloatVector numerator = e.blend(1f, x.compare(GE, 0f));
      FloatVector f = numerator.div(e.add(1f));

      f.intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    return bound;
  }

  static int tanh(long z, float bias, boolean keep, long y, int n) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, z + 4L * i, ORDER).add(bias);
      if (keep) {
        x.intoMemorySegment(ALL, z + 4L * i, ORDER);
      }
      FloatVector a = x.lanewise(ABS);
      FloatVector e = VectorMath.exp(a.add(a));
      FloatVector large =
          FloatVector.broadcast(FLOATS, 1f).sub(FloatVector.broadcast(FLOATS, 2f).div(e.add(1f)));
      FloatVector u = a.mul(a);
      FloatVector p = FloatVector.broadcast(FLOATS, T4).fma(u, FloatVector.broadcast(FLOATS, T3));
      p = p.fma(u, FloatVector.broadcast(FLOATS, T2));
      p = p.fma(u, FloatVector.broadcast(FLOATS, T1));
      p = p.fma(u, FloatVector.broadcast(FLOATS, T0));
      FloatVector small = u.mul(a).fma(p, a);
      IntVector magnitude = large.blend(small, a.compare(LT, TANH_SPLIT)).reinterpretAsInts();
      IntVector sign = x.reinterpretAsInts().and(VectorMath.SIGN);
      FloatVector f = magnitude.and(~VectorMath.SIGN).or(sign).reinterpretAsFloats();

      f.intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    return bound;
  }

  static int silu(long z, float bias, boolean keep, long y, int n) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, z + 4L * i, ORDER).add(bias);
      if (keep) {
        x.intoMemorySegment(ALL, z + 4L * i, ORDER);
      }
      FloatVector low = x.blend(-SIGMOID_LIMIT, x.compare(LT, -SIGMOID_LIMIT));
      FloatVector e = VectorMath.exp(low.lanewise(ABS).lanewise(NEG));
      FloatVector numerator = e.blend(1f, low.compare(GE, 0f));
      FloatVector f = low.mul(numerator.div(e.add(1f)));

      f.intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    return bound;
  }

  static int siluBackward(long saved, long dy, long dx, int n, boolean accumulate) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector s = FloatVector.fromMemorySegment(FLOATS, ALL, saved + 4L * i, ORDER);
      FloatVector d = FloatVector.fromMemorySegment(FLOATS, ALL, dy + 4L * i, ORDER);
      FloatVector low = s.blend(-SIGMOID_LIMIT, s.compare(LT, -SIGMOID_LIMIT));
      FloatVector z = low.blend(SIGMOID_LIMIT, low.compare(GT, SIGMOID_LIMIT));
      FloatVector e = VectorMath.exp(z.lanewise(ABS).lanewise(NEG));
      FloatVector larger = FloatVector.broadcast(FLOATS, 1f).div(e.add(1f));
      FloatVector smaller = e.mul(larger);
      FloatVector sigmoid = smaller.blend(larger, z.compare(GE, 0f));
      FloatVector complement = larger.blend(smaller, z.compare(GE, 0f));
      FloatVector g = d.mul(sigmoid.mul(z.fma(complement, FloatVector.broadcast(FLOATS, 1f))));

      if (accumulate) {
        FloatVector old = FloatVector.fromMemorySegment(FLOATS, ALL, dx + 4L * i, ORDER);
        old.add(g).intoMemorySegment(ALL, dx + 4L * i, ORDER);
      } else {
        g.intoMemorySegment(ALL, dx + 4L * i, ORDER);
      }
    }
    return bound;
  }
}
