package org.panagrad.kernel;

import static jdk.incubator.vector.VectorOperators.ABS;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NEG;
import static org.panagrad.kernel.Lanes.FLOATS;
import static org.panagrad.kernel.Lanes.ORDER;
import static org.panagrad.kernel.VectorRows.load;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Element-wise losses and their gradients over one row, a loop to each. */
final class VectorLosses {
  private VectorLosses() {}

  static float lossRow(
      ElementLoss loss,
      float delta,
      MemorySegment p,
      long pAt,
      MemorySegment t,
      long tAt,
      MemorySegment dp,
      long dpAt,
      int n,
      float gradientScale) {
    float[] lanes = ScalarLanes.zeroed();
    int done =
        switch (loss) {
          case SQUARED -> squared(lanes, p, pAt, t, tAt, dp, dpAt, n, gradientScale);
          case ABSOLUTE -> absolute(lanes, p, pAt, t, tAt, dp, dpAt, n, gradientScale);
          case HUBER -> huber(delta, lanes, p, pAt, t, tAt, dp, dpAt, n, gradientScale);
          case BINARY_CROSS_ENTROPY ->
              binaryCrossEntropy(lanes, p, pAt, t, tAt, dp, dpAt, n, gradientScale);
        };
    if (done < n) {
      ScalarLosses.addLosses(lanes, done, loss, delta, p, pAt, t, tAt, dp, dpAt, n, gradientScale);
    }
    return ScalarLanes.fold(lanes);
  }

  private static int squared(
      float[] lanes,
      MemorySegment p,
      long pAt,
      MemorySegment t,
      long tAt,
      MemorySegment dp,
      long dpAt,
      int n,
      float gradientScale) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = load(p, pAt + 4L * i);
      FloatVector target = load(t, tAt + 4L * i);
      FloatVector e = x.sub(target);
      add(lanes, i, e.mul(e));
      FloatVector gradient = e.add(e);
      gradient.mul(gradientScale).intoMemorySegment(dp, dpAt + 4L * i, ORDER);
    }
    return bound;
  }

  private static int absolute(
      float[] lanes,
      MemorySegment p,
      long pAt,
      MemorySegment t,
      long tAt,
      MemorySegment dp,
      long dpAt,
      int n,
      float gradientScale) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = load(p, pAt + 4L * i);
      FloatVector target = load(t, tAt + 4L * i);
      FloatVector e = x.sub(target);
      add(lanes, i, e.lanewise(ABS));
      FloatVector upper = e.blend(1f, e.compare(GT, 0f));
      FloatVector gradient = upper.blend(-1f, e.compare(LT, 0f));
      gradient.mul(gradientScale).intoMemorySegment(dp, dpAt + 4L * i, ORDER);
    }
    return bound;
  }

  private static int huber(
      float delta,
      float[] lanes,
      MemorySegment p,
      long pAt,
      MemorySegment t,
      long tAt,
      MemorySegment dp,
      long dpAt,
      int n,
      float gradientScale) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = load(p, pAt + 4L * i);
      FloatVector target = load(t, tAt + 4L * i);
      FloatVector e = x.sub(target);
      FloatVector a = e.lanewise(ABS);
      FloatVector quadratic = a.mul(0.5f).mul(a);
      FloatVector linear = a.sub(0.5f * delta).mul(delta);
      add(lanes, i, linear.blend(quadratic, a.compare(LE, delta)));
      FloatVector upper = e.blend(delta, e.compare(GT, delta));
      FloatVector gradient = upper.blend(-delta, e.compare(LT, -delta));
      gradient.mul(gradientScale).intoMemorySegment(dp, dpAt + 4L * i, ORDER);
    }
    return bound;
  }

  private static int binaryCrossEntropy(
      float[] lanes,
      MemorySegment p,
      long pAt,
      MemorySegment t,
      long tAt,
      MemorySegment dp,
      long dpAt,
      int n,
      float gradientScale) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = load(p, pAt + 4L * i);
      FloatVector target = load(t, tAt + 4L * i);
      FloatVector positive = x.blend(0f, x.compare(LE, 0f));
      FloatVector rest = VectorMath.log1p(VectorMath.exp(x.lanewise(ABS).lanewise(NEG)));
      add(lanes, i, x.lanewise(NEG).fma(target, positive).add(rest));
      FloatVector gradient = VectorMath.sigmoid(x).sub(target);
      gradient.mul(gradientScale).intoMemorySegment(dp, dpAt + 4L * i, ORDER);
    }
    return bound;
  }

  /** Adds the losses of the elements from i on to their lanes. */
  static void add(float[] lanes, int i, FloatVector loss) {
    int lane = i & Lanes.LANE_MASK;
    FloatVector.fromArray(FLOATS, lanes, lane).add(loss).intoArray(lanes, lane);
  }
}
