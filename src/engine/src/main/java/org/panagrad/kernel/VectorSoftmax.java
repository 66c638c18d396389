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

import java.lang.foreign.MemorySegment;
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

  static void softmaxColumns(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment y,
      long yAt,
      long yStride,
      int rows,
      int cols) {
    ColumnSums scratch = ColumnSums.ofThread();
    int bound = FLOATS.loopBound(cols);
    for (int from = 0; from < bound; from += STRETCH) {
      int n = Math.min(STRETCH, bound - from);
      long xs = xAt + 4L * from;
      long ys = yAt + 4L * from;
      maxima(x, xs, xStride, rows, n, scratch, 0);
      Arrays.fill(scratch.masses, 0, n, 1f);
      exponentials(x, xs, xStride, y, ys, yStride, rows, n, scratch, 0);
      normalize(y, ys, yStride, rows, n, scratch);
    }
    if (bound < cols) {
      long from = 4L * bound;
      ScalarSoftmax.softmaxColumns(
          x, xAt + from, xStride, y, yAt + from, yStride, rows, cols - bound);
    }
  }

  static float crossEntropyColumns(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment targets,
      long targetsAt,
      MemorySegment dx,
      long dxAt,
      long dxStride,
      int classes,
      int cols,
      float gradientScale) {
    float[] lanes = ScalarLanes.zeroed();
    ColumnSums scratch = ColumnSums.ofThread();
    int bound = FLOATS.loopBound(cols);
    for (int from = 0; from < bound; from += STRETCH) {
      int n = Math.min(STRETCH, bound - from);
      long xs = xAt + 4L * from;
      long ts = targetsAt + 4L * from;
      long dxs = dxAt + 4L * from;
      maxima(x, xs, xStride, classes, n, scratch, from);
      // Before the exponentials: dx may be x.
      for (int c = 0; c < n; c++) {
        int target = targets.get(Bounds.INT, ts + 4L * c);
        float logit = x.get(Bounds.FLOAT, xs + 4L * c + target * xStride);
        scratch.masses[from + c] = 1f;
        scratch.dots[from + c] = logit - scratch.maxima[from + c];
      }
      exponentials(x, xs, xStride, dx, dxs, dxStride, classes, n, scratch, from);
      gradients(targets, ts, dx, dxs, dxStride, classes, n, scratch, from, gradientScale);
    }
    addLosses(lanes, scratch, bound);
    if (bound < cols) {
      ScalarSoftmax.addCrossEntropy(
          lanes,
          bound,
          x,
          xAt,
          xStride,
          targets,
          targetsAt,
          dx,
          dxAt,
          dxStride,
          classes,
          cols,
          gradientScale);
    }
    return ScalarLanes.fold(lanes);
  }

  static float crossEntropyDenseColumns(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment targets,
      long targetsAt,
      long targetsStride,
      MemorySegment dx,
      long dxAt,
      long dxStride,
      int classes,
      int cols,
      float gradientScale) {
    float[] lanes = ScalarLanes.zeroed();
    ColumnSums scratch = ColumnSums.ofThread();
    int bound = FLOATS.loopBound(cols);
    for (int from = 0; from < bound; from += STRETCH) {
      int n = Math.min(STRETCH, bound - from);
      long xs = xAt + 4L * from;
      long ts = targetsAt + 4L * from;
      long dxs = dxAt + 4L * from;
      maxima(x, xs, xStride, classes, n, scratch, from);
      // Before the exponentials: dx may be x.
      targetSums(x, xs, xStride, targets, ts, targetsStride, classes, n, scratch, from);
      exponentials(x, xs, xStride, dx, dxs, dxStride, classes, n, scratch, from);
      denseGradients(
          targets, ts, targetsStride, dx, dxs, dxStride, classes, n, scratch, from, gradientScale);
    }
    addLosses(lanes, scratch, bound);
    if (bound < cols) {
      ScalarSoftmax.addCrossEntropyDense(
          lanes,
          bound,
          x,
          xAt,
          xStride,
          targets,
          targetsAt,
          targetsStride,
          dx,
          dxAt,
          dxStride,
          classes,
          cols,
          gradientScale);
    }
    return ScalarLanes.fold(lanes);
  }

  private static void maxima(
      MemorySegment x, long xAt, long xStride, int rows, int n, ColumnSums columns, int at) {
    float[] maxima = columns.maxima;
    for (int c = 0; c < n; c += Lanes.LENGTH) {
      FloatVector.fromMemorySegment(FLOATS, x, xAt + 4L * c, ORDER).intoArray(maxima, at + c);
    }
    for (int r = 1; r < rows; r++) {
      long row = xAt + r * xStride;
      for (int c = 0; c < n; c += Lanes.LENGTH) {
        FloatVector max = FloatVector.fromArray(FLOATS, maxima, at + c);
        FloatVector value = FloatVector.fromMemorySegment(FLOATS, x, row + 4L * c, ORDER);
        max.blend(value, value.compare(GT, max)).intoArray(maxima, at + c);
      }
    }
  }

  /** y = exp(x - max), the sum of each column, and mass / sum. */
  private static void exponentials(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment y,
      long yAt,
      long yStride,
      int rows,
      int n,
      ColumnSums columns,
      int at) {
    float[] maxima = columns.maxima;
    float[] sums = columns.sums;
    Arrays.fill(sums, at, at + n, 0f);
    for (int r = 0; r < rows; r++) {
      long xRow = xAt + r * xStride;
      long yRow = yAt + r * yStride;
      for (int c = 0; c < n; c += Lanes.LENGTH) {
        FloatVector max = FloatVector.fromArray(FLOATS, maxima, at + c);
        FloatVector value = FloatVector.fromMemorySegment(FLOATS, x, xRow + 4L * c, ORDER);
        FloatVector e = VectorMath.exp(value.sub(max));
        e.intoMemorySegment(y, yRow + 4L * c, ORDER);
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
  private static void normalize(
      MemorySegment y, long yAt, long yStride, int rows, int n, ColumnSums columns) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < n; c += Lanes.LENGTH) {
        long at = yAt + r * yStride + 4L * c;
        FloatVector.fromMemorySegment(FLOATS, y, at, ORDER)
            .mul(FloatVector.fromArray(FLOATS, columns.factors, c))
            .intoMemorySegment(y, at, ORDER);
      }
    }
  }

  /** From exponentials to (softmax - [r = target]) * gradientScale. */
  private static void gradients(
      MemorySegment targets,
      long targetsAt,
      MemorySegment dx,
      long dxAt,
      long dxStride,
      int classes,
      int n,
      ColumnSums columns,
      int columnsAt,
      float gradientScale) {
    for (int r = 0; r < classes; r++) {
      for (int c = 0; c < n; c += Lanes.LENGTH) {
        long at = dxAt + r * dxStride + 4L * c;
        var hot =
            IntVector.fromMemorySegment(INTS, targets, targetsAt + 4L * c, ORDER)
                .compare(EQ, IntVector.broadcast(INTS, r))
                .cast(FLOATS);
        FloatVector lessHot =
            FloatVector.broadcast(FLOATS, -0f).blend(FloatVector.broadcast(FLOATS, -1f), hot);
        FloatVector factor = FloatVector.fromArray(FLOATS, columns.factors, columnsAt + c);
        FloatVector.fromMemorySegment(FLOATS, dx, at, ORDER)
            .fma(factor, lessHot)
            .mul(gradientScale)
            .intoMemorySegment(dx, at, ORDER);
      }
    }
  }

  /** The sums of the targets, and of target * (x - max). */
  private static void targetSums(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment targets,
      long targetsAt,
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
      long xRow = xAt + r * xStride;
      long targetsRow = targetsAt + r * targetsStride;
      for (int c = 0; c < n; c += Lanes.LENGTH) {
        FloatVector max = FloatVector.fromArray(FLOATS, columns.maxima, at + c);
        FloatVector below = FloatVector.fromMemorySegment(FLOATS, x, xRow + 4L * c, ORDER).sub(max);
        FloatVector target =
            FloatVector.fromMemorySegment(FLOATS, targets, targetsRow + 4L * c, ORDER);
        FloatVector.fromArray(FLOATS, masses, at + c).add(target).intoArray(masses, at + c);
        target.fma(below, FloatVector.fromArray(FLOATS, dots, at + c)).intoArray(dots, at + c);
      }
    }
  }

  /** From exponentials to (softmax * mass - target) * gradientScale. */
  private static void denseGradients(
      MemorySegment targets,
      long targetsAt,
      long targetsStride,
      MemorySegment dx,
      long dxAt,
      long dxStride,
      int classes,
      int n,
      ColumnSums columns,
      int columnsAt,
      float gradientScale) {
    for (int r = 0; r < classes; r++) {
      for (int c = 0; c < n; c += Lanes.LENGTH) {
        long at = dxAt + r * dxStride + 4L * c;
        FloatVector target =
            FloatVector.fromMemorySegment(
                FLOATS, targets, targetsAt + r * targetsStride + 4L * c, ORDER);
        FloatVector factor = FloatVector.fromArray(FLOATS, columns.factors, columnsAt + c);
        FloatVector.fromMemorySegment(FLOATS, dx, at, ORDER)
            .fma(factor, target.lanewise(NEG))
            .mul(gradientScale)
            .intoMemorySegment(dx, at, ORDER);
      }
    }
  }

  static int correctColumns(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment targets,
      long targetsAt,
      int classes,
      int cols) {
    int correct = 0;
    int bound = FLOATS.loopBound(cols);
    for (int c = 0; c < bound; c += Lanes.LENGTH) {
      long column = xAt + 4L * c;
      FloatVector best = FloatVector.fromMemorySegment(FLOATS, x, column, ORDER);
      FloatVector incomparable = best;
      IntVector bestRow = IntVector.zero(INTS);
      for (int r = 1; r < classes; r++) {
        FloatVector logit = FloatVector.fromMemorySegment(FLOATS, x, column + r * xStride, ORDER);
        incomparable = incomparable.blend(logit, logit.compare(NE, logit));
        var better = logit.compare(GT, best);
        best = best.blend(logit, better);
        // Not of r itself: that method calls others on a vector of unknown class, which allocates
        // where the compiler comes before the profile.
        bestRow = bestRow.blend(IntVector.broadcast(INTS, r), better.cast(INTS));
      }
      IntVector target = IntVector.fromMemorySegment(INTS, targets, targetsAt + 4L * c, ORDER);
      var right = bestRow.compare(EQ, target).cast(FLOATS);
      correct += right.and(incomparable.compare(EQ, incomparable)).trueCount();
    }
    if (bound < cols) {
      long from = 4L * bound;
      correct +=
          ScalarSoftmax.correctColumns(
              x, xAt + from, xStride, targets, targetsAt + from, classes, cols - bound);
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
