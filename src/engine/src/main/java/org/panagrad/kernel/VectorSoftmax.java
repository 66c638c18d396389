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
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** Softmax down columns, as many columns at a time as a vector has lanes. */
final class VectorSoftmax {
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
    int bound = FLOATS.loopBound(cols);
    for (int c = 0; c < bound; c += Lanes.LENGTH) {
      long xColumn = xAt + 4L * c;
      long yColumn = yAt + 4L * c;
      FloatVector max = FloatVector.fromMemorySegment(FLOATS, x, xColumn, ORDER);
      for (int r = 1; r < rows; r++) {
        FloatVector value = FloatVector.fromMemorySegment(FLOATS, x, xColumn + r * xStride, ORDER);
        max = max.blend(value, value.compare(GT, max));
      }
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int r = 0; r < rows; r++) {
        FloatVector value = FloatVector.fromMemorySegment(FLOATS, x, xColumn + r * xStride, ORDER);
        FloatVector e = VectorMath.exp(value.sub(max));
        e.intoMemorySegment(y, yColumn + r * yStride, ORDER);
        sum = sum.add(e);
      }
      FloatVector inverse = FloatVector.broadcast(FLOATS, 1f).div(sum);
      for (int r = 0; r < rows; r++) {
        long at = yColumn + r * yStride;
        FloatVector.fromMemorySegment(FLOATS, y, at, ORDER)
            .mul(inverse)
            .intoMemorySegment(y, at, ORDER);
      }
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
    for (int c = 0; c < bound; c += Lanes.LENGTH) {
      long xColumn = xAt + 4L * c;
      long dxColumn = dxAt + 4L * c;
      IntVector target = IntVector.fromMemorySegment(INTS, targets, targetsAt + 4L * c, ORDER);
      FloatVector max = FloatVector.fromMemorySegment(FLOATS, x, xColumn, ORDER);
      FloatVector logit = max;
      for (int r = 1; r < classes; r++) {
        FloatVector value = FloatVector.fromMemorySegment(FLOATS, x, xColumn + r * xStride, ORDER);
        max = max.blend(value, value.compare(GT, max));
        logit = logit.blend(value, target.compare(EQ, r).cast(FLOATS));
      }
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int r = 0; r < classes; r++) {
        FloatVector value = FloatVector.fromMemorySegment(FLOATS, x, xColumn + r * xStride, ORDER);
        FloatVector e = VectorMath.exp(value.sub(max));
        e.intoMemorySegment(dx, dxColumn + r * dxStride, ORDER);
        sum = sum.add(e);
      }
      sum.intoArray(scratch.sums, c);
      FloatVector.broadcast(FLOATS, 1f).intoArray(scratch.masses, c);
      logit.sub(max).intoArray(scratch.dots, c);
      FloatVector inverse = FloatVector.broadcast(FLOATS, 1f).div(sum);
      FloatVector zero = FloatVector.zero(FLOATS).lanewise(NEG);
      for (int r = 0; r < classes; r++) {
        long at = dxColumn + r * dxStride;
        FloatVector lessHot = zero.blend(-1f, target.compare(EQ, r).cast(FLOATS));
        FloatVector gradient =
            FloatVector.fromMemorySegment(FLOATS, dx, at, ORDER).fma(inverse, lessHot);
        gradient.mul(gradientScale).intoMemorySegment(dx, at, ORDER);
      }
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
    for (int c = 0; c < bound; c += Lanes.LENGTH) {
      long xColumn = xAt + 4L * c;
      long targetsColumn = targetsAt + 4L * c;
      long dxColumn = dxAt + 4L * c;
      FloatVector max = FloatVector.fromMemorySegment(FLOATS, x, xColumn, ORDER);
      for (int r = 1; r < classes; r++) {
        FloatVector value = FloatVector.fromMemorySegment(FLOATS, x, xColumn + r * xStride, ORDER);
        max = max.blend(value, value.compare(GT, max));
      }
      FloatVector sum = FloatVector.zero(FLOATS);
      FloatVector mass = FloatVector.zero(FLOATS);
      FloatVector dot = FloatVector.zero(FLOATS);
      for (int r = 0; r < classes; r++) {
        FloatVector below =
            FloatVector.fromMemorySegment(FLOATS, x, xColumn + r * xStride, ORDER).sub(max);
        FloatVector target =
            FloatVector.fromMemorySegment(
                FLOATS, targets, targetsColumn + r * targetsStride, ORDER);
        FloatVector e = VectorMath.exp(below);
        e.intoMemorySegment(dx, dxColumn + r * dxStride, ORDER);
        sum = sum.add(e);
        mass = mass.add(target);
        dot = target.fma(below, dot);
      }
      sum.intoArray(scratch.sums, c);
      mass.intoArray(scratch.masses, c);
      dot.intoArray(scratch.dots, c);
      FloatVector factor = mass.div(sum);
      for (int r = 0; r < classes; r++) {
        long at = dxColumn + r * dxStride;
        FloatVector target =
            FloatVector.fromMemorySegment(
                FLOATS, targets, targetsColumn + r * targetsStride, ORDER);
        FloatVector gradient =
            FloatVector.fromMemorySegment(FLOATS, dx, at, ORDER).fma(factor, target.lanewise(NEG));
        gradient.mul(gradientScale).intoMemorySegment(dx, at, ORDER);
      }
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
        bestRow = bestRow.blend(r, better.cast(INTS));
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
