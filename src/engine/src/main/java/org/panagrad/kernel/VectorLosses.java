package org.panagrad.kernel;

import static jdk.incubator.vector.VectorOperators.ABS;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NEG;
import static org.panagrad.kernel.Approximations.*;
import static org.panagrad.kernel.Lanes.FLOATS;
import static org.panagrad.kernel.Lanes.ORDER;
import static org.panagrad.kernel.OffHeap.ALL;

import jdk.incubator.vector.FloatVector;

/** Element-wise losses and their gradients over one row, a loop to each. */
final class VectorLosses {
  private VectorLosses() {}

  static float lossRow(
      ElementLoss loss,
      float delta,
      long p,
      long t,
      long w,
      boolean weighted,
      long dp,
      int n,
      float gradientScale) {
    float[] lanes = ScalarLanes.zeroed();
    int done =
        switch (loss) {
          case SQUARED -> squared(lanes, p, t, w, weighted, dp, n, gradientScale);
          case ABSOLUTE -> absolute(lanes, p, t, w, weighted, dp, n, gradientScale);
          case HUBER -> huber(delta, lanes, p, t, w, weighted, dp, n, gradientScale);
          case BINARY_CROSS_ENTROPY ->
              binaryCrossEntropy(lanes, p, t, w, weighted, dp, n, gradientScale);
        };
    if (done < n) {
      ScalarLosses.addLosses(lanes, done, loss, delta, p, t, w, weighted, dp, n, gradientScale);
    }
    return ScalarLanes.fold(lanes);
  }

  private static int squared(
      float[] lanes,
      long p,
      long t,
      long w,
      boolean weighted,
      long dp,
      int n,
      float gradientScale) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, p + 4L * i, ORDER);
      FloatVector target = FloatVector.fromMemorySegment(FLOATS, ALL, t + 4L * i, ORDER);
      FloatVector e = x.sub(target);
      FloatVector value = e.mul(e);
      if (weighted) {
        value = value.mul(FloatVector.fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER));
      }
      value
          .add(FloatVector.fromArray(FLOATS, lanes, i & Lanes.LANE_MASK))
          .intoArray(lanes, i & Lanes.LANE_MASK);
      FloatVector gradient = e.add(e);
      gradient = gradient.mul(gradientScale);
      if (weighted) {
        gradient = gradient.mul(FloatVector.fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER));
      }
      gradient.intoMemorySegment(ALL, dp + 4L * i, ORDER);
    }
    return bound;
  }

  private static int absolute(
      float[] lanes,
      long p,
      long t,
      long w,
      boolean weighted,
      long dp,
      int n,
      float gradientScale) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, p + 4L * i, ORDER);
      FloatVector target = FloatVector.fromMemorySegment(FLOATS, ALL, t + 4L * i, ORDER);
      FloatVector e = x.sub(target);
      FloatVector value = e.lanewise(ABS);
      if (weighted) {
        value = value.mul(FloatVector.fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER));
      }
      value
          .add(FloatVector.fromArray(FLOATS, lanes, i & Lanes.LANE_MASK))
          .intoArray(lanes, i & Lanes.LANE_MASK);
      FloatVector upper = e.blend(1f, e.compare(GT, 0f));
      FloatVector gradient = upper.blend(-1f, e.compare(LT, 0f));
      gradient = gradient.mul(gradientScale);
      if (weighted) {
        gradient = gradient.mul(FloatVector.fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER));
      }
      gradient.intoMemorySegment(ALL, dp + 4L * i, ORDER);
    }
    return bound;
  }

  private static int huber(
      float delta,
      float[] lanes,
      long p,
      long t,
      long w,
      boolean weighted,
      long dp,
      int n,
      float gradientScale) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, p + 4L * i, ORDER);
      FloatVector target = FloatVector.fromMemorySegment(FLOATS, ALL, t + 4L * i, ORDER);
      FloatVector e = x.sub(target);
      FloatVector a = e.lanewise(ABS);
      FloatVector quadratic = a.mul(0.5f).mul(a);
      FloatVector linear = a.sub(0.5f * delta).mul(delta);
      FloatVector value = linear.blend(quadratic, a.compare(LE, delta));
      if (weighted) {
        value = value.mul(FloatVector.fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER));
      }
      value
          .add(FloatVector.fromArray(FLOATS, lanes, i & Lanes.LANE_MASK))
          .intoArray(lanes, i & Lanes.LANE_MASK);
      FloatVector upper = e.blend(delta, e.compare(GT, delta));
      FloatVector gradient = upper.blend(-delta, e.compare(LT, -delta));
      gradient = gradient.mul(gradientScale);
      if (weighted) {
        gradient = gradient.mul(FloatVector.fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER));
      }
      gradient.intoMemorySegment(ALL, dp + 4L * i, ORDER);
    }
    return bound;
  }

  private static int binaryCrossEntropy(
      float[] lanes,
      long p,
      long t,
      long w,
      boolean weighted,
      long dp,
      int n,
      float gradientScale) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, p + 4L * i, ORDER);
      FloatVector target = FloatVector.fromMemorySegment(FLOATS, ALL, t + 4L * i, ORDER);
      FloatVector e = VectorMath.exp(x.lanewise(ABS).lanewise(NEG));
      FloatVector numerator = e.blend(1f, x.compare(GE, 0f));
      FloatVector sigmoid = numerator.div(e.add(1f));
      // log(1 + e), as in ScalarMath.log1p
      FloatVector halved =
          e.fma(FloatVector.broadcast(FLOATS, 0.5f), FloatVector.broadcast(FLOATS, -0.5f));
      FloatVector f = halved.blend(e, e.compare(LT, SQRT2_LESS_1));
      FloatVector whole = FloatVector.broadcast(FLOATS, 1f).blend(0f, e.compare(LT, SQRT2_LESS_1));
      FloatVector series =
          FloatVector.broadcast(FLOATS, L8).fma(f, FloatVector.broadcast(FLOATS, L7));
      series = series.fma(f, FloatVector.broadcast(FLOATS, L6));
      series = series.fma(f, FloatVector.broadcast(FLOATS, L5));
      series = series.fma(f, FloatVector.broadcast(FLOATS, L4));
      series = series.fma(f, FloatVector.broadcast(FLOATS, L3));
      series = series.fma(f, FloatVector.broadcast(FLOATS, L2));
      series = series.fma(f, FloatVector.broadcast(FLOATS, L1));
      series = series.fma(f, FloatVector.broadcast(FLOATS, L0));
      FloatVector square = f.mul(f);
      FloatVector y = square.fma(series.fma(f, FloatVector.broadcast(FLOATS, -0.5f)), f);
      y =
          whole.fma(
              FloatVector.broadcast(FLOATS, LN2_HIGH),
              whole.fma(FloatVector.broadcast(FLOATS, LN2_LOW), y));

      FloatVector positive = x.blend(0f, x.compare(LE, 0f));
      FloatVector value = x.lanewise(NEG).fma(target, positive).add(y);
      if (weighted) {
        value = value.mul(FloatVector.fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER));
      }
      value
          .add(FloatVector.fromArray(FLOATS, lanes, i & Lanes.LANE_MASK))
          .intoArray(lanes, i & Lanes.LANE_MASK);
      FloatVector gradient = sigmoid.sub(target);
      gradient = gradient.mul(gradientScale);
      if (weighted) {
        gradient = gradient.mul(FloatVector.fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER));
      }
      gradient.intoMemorySegment(ALL, dp + 4L * i, ORDER);
    }
    return bound;
  }
}
