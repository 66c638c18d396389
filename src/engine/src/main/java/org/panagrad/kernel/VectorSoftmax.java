package org.panagrad.kernel;

import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.NEG;
import static org.panagrad.kernel.Lanes.FLOATS;
import static org.panagrad.kernel.Lanes.INTS;
import static org.panagrad.kernel.Lanes.ORDER;
import static org.panagrad.kernel.VectorRows.load;

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
      FloatVector max = max(x, xColumn, xStride, rows);
      FloatVector sum = exponentials(x, xColumn, xStride, max, y, yColumn, yStride, rows);
      FloatVector inverse = FloatVector.broadcast(FLOATS, 1f).div(sum);
      for (int r = 0; r < rows; r++) {
        long at = yColumn + r * yStride;
        load(y, at).mul(inverse).intoMemorySegment(y, at, ORDER);
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
    int bound = FLOATS.loopBound(cols);
    for (int c = 0; c < bound; c += Lanes.LENGTH) {
      long xColumn = xAt + 4L * c;
      long dxColumn = dxAt + 4L * c;
      IntVector target = IntVector.fromMemorySegment(INTS, targets, targetsAt + 4L * c, ORDER);
      FloatVector max = load(x, xColumn);
      FloatVector logit = max;
      for (int r = 1; r < classes; r++) {
        FloatVector value = load(x, xColumn + r * xStride);
        max = max.blend(value, value.compare(GT, max));
        logit = logit.blend(value, target.compare(EQ, r).cast(FLOATS));
      }
      FloatVector sum = exponentials(x, xColumn, xStride, max, dx, dxColumn, dxStride, classes);
      VectorLosses.add(lanes, c, VectorMath.log(sum).sub(logit.sub(max)));
      FloatVector inverse = FloatVector.broadcast(FLOATS, 1f).div(sum);
      FloatVector zero = FloatVector.zero(FLOATS).lanewise(NEG);
      for (int r = 0; r < classes; r++) {
        long at = dxColumn + r * dxStride;
        FloatVector lessHot = zero.blend(-1f, target.compare(EQ, r).cast(FLOATS));
        FloatVector gradient = load(dx, at).fma(inverse, lessHot);
        gradient.mul(gradientScale).intoMemorySegment(dx, at, ORDER);
      }
    }
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
    int bound = FLOATS.loopBound(cols);
    for (int c = 0; c < bound; c += Lanes.LENGTH) {
      long xColumn = xAt + 4L * c;
      long targetsColumn = targetsAt + 4L * c;
      long dxColumn = dxAt + 4L * c;
      FloatVector max = max(x, xColumn, xStride, classes);
      FloatVector sum = FloatVector.zero(FLOATS);
      FloatVector mass = FloatVector.zero(FLOATS);
      FloatVector dot = FloatVector.zero(FLOATS);
      for (int r = 0; r < classes; r++) {
        FloatVector below = load(x, xColumn + r * xStride).sub(max);
        FloatVector target = load(targets, targetsColumn + r * targetsStride);
        FloatVector e = VectorMath.exp(below);
        e.intoMemorySegment(dx, dxColumn + r * dxStride, ORDER);
        sum = sum.add(e);
        mass = mass.add(target);
        dot = target.fma(below, dot);
      }
      VectorLosses.add(lanes, c, mass.fma(VectorMath.log(sum), dot.lanewise(NEG)));
      FloatVector factor = mass.div(sum);
      for (int r = 0; r < classes; r++) {
        long at = dxColumn + r * dxStride;
        FloatVector target = load(targets, targetsColumn + r * targetsStride);
        FloatVector gradient = load(dx, at).fma(factor, target.lanewise(NEG));
        gradient.mul(gradientScale).intoMemorySegment(dx, at, ORDER);
      }
    }
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
      FloatVector best = load(x, column);
      FloatVector incomparable = best;
      IntVector bestRow = IntVector.zero(INTS);
      for (int r = 1; r < classes; r++) {
        FloatVector logit = load(x, column + r * xStride);
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

  private static FloatVector max(MemorySegment x, long at, long stride, int rows) {
    FloatVector max = load(x, at);
    for (int r = 1; r < rows; r++) {
      FloatVector value = load(x, at + r * stride);
      max = max.blend(value, value.compare(GT, max));
    }
    return max;
  }

  private static FloatVector exponentials(
      MemorySegment x,
      long xAt,
      long xStride,
      FloatVector max,
      MemorySegment y,
      long yAt,
      long yStride,
      int rows) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int r = 0; r < rows; r++) {
      FloatVector e = VectorMath.exp(load(x, xAt + r * xStride).sub(max));
      e.intoMemorySegment(y, yAt + r * yStride, ORDER);
      sum = sum.add(e);
    }
    return sum;
  }
}
