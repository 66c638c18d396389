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

/** GELU and its derivative over one row; inlining is as in {@link VectorSigmoids}. */
final class VectorNormal {
  private VectorNormal() {}

  static int gelu(long z, float bias, boolean keep, long y, int n) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, z + 4L * i, ORDER).add(bias);
      if (keep) {
        x.intoMemorySegment(ALL, z + 4L * i, ORDER);
      }
      FloatVector low = x.blend(-NORMAL_LIMIT, x.compare(LT, -NORMAL_LIMIT));
      FloatVector size = low.lanewise(ABS);
      FloatVector a = size.blend(NORMAL_LIMIT, size.compare(GT, NORMAL_LIMIT));
      FloatVector square = a.mul(a);
      FloatVector rest = a.fma(a, square.lanewise(NEG));
      FloatVector e = VectorMath.exp(square.mul(-0.5f));
      FloatVector gaussian = rest.mul(-0.5f).fma(e, e);
      FloatVector q = FloatVector.broadcast(FLOATS, 1f).div(a.add(MILLS_SHIFT));
      FloatVector t =
          q.fma(
              FloatVector.broadcast(FLOATS, -2f * MILLS_SHIFT), FloatVector.broadcast(FLOATS, 1f));
      FloatVector p = FloatVector.broadcast(FLOATS, M9).fma(t, FloatVector.broadcast(FLOATS, M8));
      p = p.fma(t, FloatVector.broadcast(FLOATS, M7));
      p = p.fma(t, FloatVector.broadcast(FLOATS, M6));
      p = p.fma(t, FloatVector.broadcast(FLOATS, M5));
      p = p.fma(t, FloatVector.broadcast(FLOATS, M4));
      p = p.fma(t, FloatVector.broadcast(FLOATS, M3));
      p = p.fma(t, FloatVector.broadcast(FLOATS, M2));
      p = p.fma(t, FloatVector.broadcast(FLOATS, M1));
      p = p.fma(t, FloatVector.broadcast(FLOATS, M0));
      FloatVector tail = gaussian.mul(q.mul(p));
      FloatVector upper = FloatVector.broadcast(FLOATS, 1f).sub(tail);
      FloatVector f = low.mul(tail.blend(upper, low.compare(GE, 0f)));

      f.intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    return bound;
  }

  static int geluBackward(long saved, long dy, long dx, int n, boolean accumulate) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector s = FloatVector.fromMemorySegment(FLOATS, ALL, saved + 4L * i, ORDER);
      FloatVector d = FloatVector.fromMemorySegment(FLOATS, ALL, dy + 4L * i, ORDER);
      FloatVector low = s.blend(-NORMAL_LIMIT, s.compare(LT, -NORMAL_LIMIT));
      FloatVector z = low.blend(NORMAL_LIMIT, low.compare(GT, NORMAL_LIMIT));
      FloatVector a = z.lanewise(ABS);
      FloatVector square = a.mul(a);
      FloatVector rest = a.fma(a, square.lanewise(NEG));
      FloatVector e = VectorMath.exp(square.mul(-0.5f));
      FloatVector gaussian = rest.mul(-0.5f).fma(e, e);
      FloatVector q = FloatVector.broadcast(FLOATS, 1f).div(a.add(MILLS_SHIFT));
      FloatVector t =
          q.fma(
              FloatVector.broadcast(FLOATS, -2f * MILLS_SHIFT), FloatVector.broadcast(FLOATS, 1f));
      FloatVector p = FloatVector.broadcast(FLOATS, M9).fma(t, FloatVector.broadcast(FLOATS, M8));
      p = p.fma(t, FloatVector.broadcast(FLOATS, M7));
      p = p.fma(t, FloatVector.broadcast(FLOATS, M6));
      p = p.fma(t, FloatVector.broadcast(FLOATS, M5));
      p = p.fma(t, FloatVector.broadcast(FLOATS, M4));
      p = p.fma(t, FloatVector.broadcast(FLOATS, M3));
      p = p.fma(t, FloatVector.broadcast(FLOATS, M2));
      p = p.fma(t, FloatVector.broadcast(FLOATS, M1));
      p = p.fma(t, FloatVector.broadcast(FLOATS, M0));
      FloatVector tail = gaussian.mul(q.mul(p));
      FloatVector upper = FloatVector.broadcast(FLOATS, 1f).sub(tail);
      FloatVector phi = tail.blend(upper, z.compare(GE, 0f));
      FloatVector g = d.mul(z.fma(gaussian.mul(NORMAL_DENSITY_0), phi));

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
