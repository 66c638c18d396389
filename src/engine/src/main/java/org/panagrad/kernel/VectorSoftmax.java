package org.panagrad.kernel;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.NEG;
import static org.panagrad.kernel.Approximations.*;
import static org.panagrad.kernel.Lanes.FLOATS;
import static org.panagrad.kernel.Lanes.INTS;
import static org.panagrad.kernel.Lanes.ORDER;
import static org.panagrad.kernel.OffHeap.ALL;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Softmax down columns, the cross-entropies on it, and the count of right answers.
 *
 * <p>Each pass of softmax is a method of its own, goes row by row, and keeps its numbers per column
 * in memory. The compiler allocates the vectors that a method too large to be compiled whole passes
 * on, and those that live from one turn of a loop to the next where it comes before the profile of
 * what is called on them; here is neither, but for the count. No method is called for less than a
 * vector: see {@link VectorMath#exp}.
 */
final class VectorSoftmax {
  /** Columns that stay in a cache between two passes down them. */
  private static final int STRETCH = 64;

  private VectorSoftmax() {}

  static void softmaxColumns(long x, long xStride, long y, long yStride, int rows, int cols) {
    ColumnSums scratch = ColumnSums.ofThread();
    int bound = FLOATS.loopBound(cols);
    for (int from = 0; from < bound; from += STRETCH) {
      int n = Math.min(STRETCH, bound - from);
      long xs = x + 4L * from;
      long ys = y + 4L * from;
      maxima(xs, xStride, rows, n, scratch, 0);
      Arrays.fill(scratch.masses, 0, n, 1f);
      exponentials(xs, xStride, ys, yStride, rows, n, scratch, 0);
      normalize(ys, yStride, rows, n, scratch);
    }
    if (bound < cols) {
      long from = 4L * bound;
      ScalarSoftmax.softmaxColumns(x + from, xStride, y + from, yStride, rows, cols - bound);
    }
  }

  static float crossEntropyColumns(
      long x,
      long xStride,
      long targets,
      long dx,
      long dxStride,
      int classes,
      int cols,
      float gradientScale) {
    float[] lanes = ScalarLanes.zeroed();
    ColumnSums scratch = ColumnSums.ofThread();
    int bound = FLOATS.loopBound(cols);
    for (int from = 0; from < bound; from += STRETCH) {
      int n = Math.min(STRETCH, bound - from);
      long xs = x + 4L * from;
      long ts = targets + 4L * from;
      long dxs = dx + 4L * from;
      maxima(xs, xStride, classes, n, scratch, from);
      // Before the exponentials: dx may be x.
      for (int c = 0; c < n; c++) {
        int target = ALL.get(Bounds.INT, ts + 4L * c);
        float logit = ALL.get(Bounds.FLOAT, xs + 4L * c + target * xStride);
        scratch.masses[from + c] = 1f;
        scratch.dots[from + c] = logit - scratch.maxima[from + c];
      }
      exponentials(xs, xStride, dxs, dxStride, classes, n, scratch, from);
      gradients(ts, dxs, dxStride, classes, n, scratch, from, gradientScale);
    }
    addLosses(lanes, scratch, bound);
    if (bound < cols) {
      ScalarSoftmax.addCrossEntropy(
          lanes, bound, x, xStride, targets, dx, dxStride, classes, cols, gradientScale);
    }
    return ScalarLanes.fold(lanes);
  }

  static float crossEntropyDenseColumns(
      long x,
      long xStride,
      long targets,
      long targetsStride,
      long dx,
      long dxStride,
      int classes,
      int cols,
      float gradientScale) {
    float[] lanes = ScalarLanes.zeroed();
    ColumnSums scratch = ColumnSums.ofThread();
    int bound = FLOATS.loopBound(cols);
    for (int from = 0; from < bound; from += STRETCH) {
      int n = Math.min(STRETCH, bound - from);
      long xs = x + 4L * from;
      long ts = targets + 4L * from;
      long dxs = dx + 4L * from;
      maxima(xs, xStride, classes, n, scratch, from);
      // Before the exponentials: dx may be x.
      targetSums(xs, xStride, ts, targetsStride, classes, n, scratch, from);
      exponentials(xs, xStride, dxs, dxStride, classes, n, scratch, from);
      denseGradients(ts, targetsStride, dxs, dxStride, classes, n, scratch, from, gradientScale);
    }
    addLosses(lanes, scratch, bound);
    if (bound < cols) {
      ScalarSoftmax.addCrossEntropyDense(
          lanes,
          bound,
          x,
          xStride,
          targets,
          targetsStride,
          dx,
          dxStride,
          classes,
          cols,
          gradientScale);
    }
    return ScalarLanes.fold(lanes);
  }

  private static void maxima(long x, long xStride, int rows, int n, ColumnSums columns, int at) {
    float[] maxima = columns.maxima;
    for (int c = 0; c < n; c += Lanes.LENGTH) {
      FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * c, ORDER).intoArray(maxima, at + c);
    }
    for (int r = 1; r < rows; r++) {
      long row = x + r * xStride;
      for (int c = 0; c < n; c += Lanes.LENGTH) {
        FloatVector max = FloatVector.fromArray(FLOATS, maxima, at + c);
        FloatVector value = FloatVector.fromMemorySegment(FLOATS, ALL, row + 4L * c, ORDER);
        max.blend(value, value.compare(GT, max)).intoArray(maxima, at + c);
      }
    }
  }

  /** y = exp(x - max), the sum of each column, and mass / sum. */
  private static void exponentials(
      long x, long xStride, long y, long yStride, int rows, int n, ColumnSums columns, int at) {
    float[] maxima = columns.maxima;
    float[] sums = columns.sums;
    Arrays.fill(sums, at, at + n, 0f);
    for (int r = 0; r < rows; r++) {
      long xRow = x + r * xStride;
      long yRow = y + r * yStride;
      for (int c = 0; c < n; c += Lanes.LENGTH) {
        FloatVector max = FloatVector.fromArray(FLOATS, maxima, at + c);
        FloatVector value = FloatVector.fromMemorySegment(FLOATS, ALL, xRow + 4L * c, ORDER);
        FloatVector e = VectorMath.exp(value.sub(max));
        e.intoMemorySegment(ALL, yRow + 4L * c, ORDER);
        FloatVector.fromArray(FLOATS, sums, at + c).add(e).intoArray(sums, at + c);
      }
    }
    for (int c = 0; c < n; c += Lanes.LENGTH) {
      FloatVector.fromArray(FLOATS, columns.masses, at + c)
          .div(FloatVector.fromArray(FLOATS, sums, at + c))
          .intoArray(columns.factors, at + c);
    }
  }

  /** From exponentials to softmax. */
  private static void normalize(long y, long yStride, int rows, int n, ColumnSums columns) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < n; c += Lanes.LENGTH) {
        long at = y + r * yStride + 4L * c;
        FloatVector.fromMemorySegment(FLOATS, ALL, at, ORDER)
            .mul(FloatVector.fromArray(FLOATS, columns.factors, c))
            .intoMemorySegment(ALL, at, ORDER);
      }
    }
  }

  /** From exponentials to (softmax - [r = target]) * gradientScale. */
  private static void gradients(
      long targets,
      long dx,
      long dxStride,
      int classes,
      int n,
      ColumnSums columns,
      int columnsAt,
      float gradientScale) {
    for (int r = 0; r < classes; r++) {
      for (int c = 0; c < n; c += Lanes.LENGTH) {
        long at = dx + r * dxStride + 4L * c;
        var hot =
            IntVector.fromMemorySegment(INTS, ALL, targets + 4L * c, ORDER)
                .compare(EQ, IntVector.broadcast(INTS, r))
                .cast(FLOATS);
        FloatVector lessHot =
            FloatVector.broadcast(FLOATS, -0f).blend(FloatVector.broadcast(FLOATS, -1f), hot);
        FloatVector factor = FloatVector.fromArray(FLOATS, columns.factors, columnsAt + c);
        FloatVector.fromMemorySegment(FLOATS, ALL, at, ORDER)
            .fma(factor, lessHot)
            .mul(gradientScale)
            .intoMemorySegment(ALL, at, ORDER);
      }
    }
  }

  /** The sums of the targets, and of target * (x - max). */
  private static void targetSums(
      long x,
      long xStride,
      long targets,
      long targetsStride,
      int classes,
      int n,
      ColumnSums columns,
      int at) {
    float[] masses = columns.masses;
    float[] dots = columns.dots;
    Arrays.fill(masses, at, at + n, 0f);
    Arrays.fill(dots, at, at + n, 0f);
    for (int r = 0; r < classes; r++) {
      long xRow = x + r * xStride;
      long targetsRow = targets + r * targetsStride;
      for (int c = 0; c < n; c += Lanes.LENGTH) {
        FloatVector max = FloatVector.fromArray(FLOATS, columns.maxima, at + c);
        FloatVector below =
            FloatVector.fromMemorySegment(FLOATS, ALL, xRow + 4L * c, ORDER).sub(max);
        FloatVector target = FloatVector.fromMemorySegment(FLOATS, ALL, targetsRow + 4L * c, ORDER);
        FloatVector.fromArray(FLOATS, masses, at + c).add(target).intoArray(masses, at + c);
        target.fma(below, FloatVector.fromArray(FLOATS, dots, at + c)).intoArray(dots, at + c);
      }
    }
  }

  /** From exponentials to (softmax * mass - target) * gradientScale. */
  private static void denseGradients(
      long targets,
      long targetsStride,
      long dx,
      long dxStride,
      int classes,
      int n,
      ColumnSums columns,
      int columnsAt,
      float gradientScale) {
    for (int r = 0; r < classes; r++) {
      for (int c = 0; c < n; c += Lanes.LENGTH) {
        long at = dx + r * dxStride + 4L * c;
        FloatVector target =
            FloatVector.fromMemorySegment(FLOATS, ALL, targets + r * targetsStride + 4L * c, ORDER);
        FloatVector factor = FloatVector.fromArray(FLOATS, columns.factors, columnsAt + c);
        FloatVector.fromMemorySegment(FLOATS, ALL, at, ORDER)
            .fma(factor, target.lanewise(NEG))
            .mul(gradientScale)
            .intoMemorySegment(ALL, at, ORDER);
      }
    }
  }

  static int correctColumns(long x, long xStride, long targets, int classes, int cols) {
    int correct = 0;
    int bound = FLOATS.loopBound(cols);
    for (int c = 0; c < bound; c += Lanes.LENGTH) {
      long column = x + 4L * c;
      FloatVector best = FloatVector.fromMemorySegment(FLOATS, ALL, column, ORDER);
      FloatVector incomparable = best;
      IntVector bestRow = IntVector.zero(INTS);
      for (int r = 1; r < classes; r++) {
        FloatVector logit = FloatVector.fromMemorySegment(FLOATS, ALL, column + r * xStride, ORDER);
        incomparable = incomparable.blend(logit, logit.compare(NE, logit));
        var better = logit.compare(GT, best);
        best = best.blend(logit, better);
        // Not of r itself: that method calls others on a vector of unknown class, which allocates
        // where the compiler comes before the profile.
        bestRow = bestRow.blend(IntVector.broadcast(INTS, r), better.cast(INTS));
      }
      IntVector target = IntVector.fromMemorySegment(INTS, ALL, targets + 4L * c, ORDER);
      var right = bestRow.compare(EQ, target).cast(FLOATS);
      correct += right.and(incomparable.compare(EQ, incomparable)).trueCount();
    }
    if (bound < cols) {
      long from = 4L * bound;
      correct +=
          ScalarSoftmax.correctColumns(x + from, xStride, targets + from, classes, cols - bound);
    }
    return correct;
  }

  /** mass log(sum) - dot of each column into its lane; the logarithm is {@link ScalarMath#log}. */
  private static void addLosses(float[] lanes, ColumnSums columns, int bound) {
    for (int c = 0; c < bound; c += Lanes.LENGTH) {
      FloatVector sum = FloatVector.fromArray(FLOATS, columns.sums, c);
      FloatVector mass = FloatVector.fromArray(FLOATS, columns.masses, c);
      FloatVector dot = FloatVector.fromArray(FLOATS, columns.dots, c);
      IntVector bits = sum.reinterpretAsInts();
      IntVector k = bits.sub(SQRT_HALF_BITS).lanewise(ASHR, MANTISSA_BITS);
      FloatVector f = bits.sub(k.lanewise(LSHL, MANTISSA_BITS)).reinterpretAsFloats().sub(1f);
      FloatVector n = (FloatVector) k.convert(I2F, 0);
      FloatVector p = FloatVector.broadcast(FLOATS, L8).fma(f, FloatVector.broadcast(FLOATS, L7));
      p = p.fma(f, FloatVector.broadcast(FLOATS, L6));
      p = p.fma(f, FloatVector.broadcast(FLOATS, L5));
      p = p.fma(f, FloatVector.broadcast(FLOATS, L4));
      p = p.fma(f, FloatVector.broadcast(FLOATS, L3));
      p = p.fma(f, FloatVector.broadcast(FLOATS, L2));
      p = p.fma(f, FloatVector.broadcast(FLOATS, L1));
      p = p.fma(f, FloatVector.broadcast(FLOATS, L0));
      FloatVector square = f.mul(f);
      FloatVector y = square.fma(p.fma(f, FloatVector.broadcast(FLOATS, -0.5f)), f);
      y =
          n.fma(
              FloatVector.broadcast(FLOATS, LN2_HIGH),
              n.fma(FloatVector.broadcast(FLOATS, LN2_LOW), y));

      FloatVector log = sum.blend(y, sum.compare(LT, Float.POSITIVE_INFINITY));
      FloatVector loss = mass.fma(log, dot.lanewise(NEG));
      loss.add(FloatVector.fromArray(FLOATS, lanes, c & Lanes.LANE_MASK))
          .intoArray(lanes, c & Lanes.LANE_MASK);
    }
  }
}
