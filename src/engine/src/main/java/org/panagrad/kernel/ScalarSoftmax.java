package org.panagrad.kernel;

import static org.panagrad.kernel.Bounds.FLOAT;
import static org.panagrad.kernel.Bounds.INT;

import java.lang.foreign.MemorySegment;

/** Softmax down columns, the cross-entropies on it, and the count of right answers. */
final class ScalarSoftmax {
  private static final int LANE_MASK = Kernels.LANES - 1;

  private ScalarSoftmax() {}

  static void softmaxColumns(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment y,
      long yAt,
      long yStride,
      int rows,
      int cols) {
    for (int c = 0; c < cols; c++) {
      long xColumn = xAt + 4L * c;
      long yColumn = yAt + 4L * c;
      float max = max(x, xColumn, xStride, rows);
      float inverse = 1f / exponentials(x, xColumn, xStride, max, y, yColumn, yStride, rows);
      for (int r = 0; r < rows; r++) {
        long at = yColumn + r * yStride;
        y.set(FLOAT, at, y.get(FLOAT, at) * inverse);
      }
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
    addCrossEntropy(
        lanes,
        0,
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
    return ScalarLanes.fold(lanes);
  }

  /** Columns from {@code from} on, their losses added to the lanes. */
  static void addCrossEntropy(
      float[] lanes,
      int from,
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
    for (int c = from; c < cols; c++) {
      long xColumn = xAt + 4L * c;
      long dxColumn = dxAt + 4L * c;
      int target = targets.get(INT, targetsAt + 4L * c);
      float max = max(x, xColumn, xStride, classes);
      float logit = x.get(FLOAT, xColumn + target * xStride);
      float sum = exponentials(x, xColumn, xStride, max, dx, dxColumn, dxStride, classes);
      lanes[c & LANE_MASK] += ScalarMath.log(sum) - (logit - max);
      float inverse = 1f / sum;
      for (int r = 0; r < classes; r++) {
        long at = dxColumn + r * dxStride;
        float hot = r == target ? 1f : 0f;
        float gradient = Math.fma(dx.get(FLOAT, at), inverse, -hot);
        dx.set(FLOAT, at, gradient * gradientScale);
      }
    }
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
    addCrossEntropyDense(
        lanes,
        0,
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
    return ScalarLanes.fold(lanes);
  }

  /** Columns from {@code from} on, their losses added to the lanes. */
  static void addCrossEntropyDense(
      float[] lanes,
      int from,
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
    for (int c = from; c < cols; c++) {
      long xColumn = xAt + 4L * c;
      long targetsColumn = targetsAt + 4L * c;
      long dxColumn = dxAt + 4L * c;
      float max = max(x, xColumn, xStride, classes);
      float sum = 0f;
      float mass = 0f;
      float dot = 0f;
      for (int r = 0; r < classes; r++) {
        float below = x.get(FLOAT, xColumn + r * xStride) - max;
        float target = targets.get(FLOAT, targetsColumn + r * targetsStride);
        float e = ScalarMath.exp(below);
        dx.set(FLOAT, dxColumn + r * dxStride, e);
        sum += e;
        mass += target;
        dot = Math.fma(target, below, dot);
      }
      lanes[c & LANE_MASK] += Math.fma(mass, ScalarMath.log(sum), -dot);
      float factor = mass / sum;
      for (int r = 0; r < classes; r++) {
        long at = dxColumn + r * dxStride;
        float target = targets.get(FLOAT, targetsColumn + r * targetsStride);
        float gradient = Math.fma(dx.get(FLOAT, at), factor, -target);
        dx.set(FLOAT, at, gradient * gradientScale);
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
    for (int c = 0; c < cols; c++) {
      long column = xAt + 4L * c;
      float best = x.get(FLOAT, column);
      int bestRow = 0;
      boolean comparable = true;
      for (int r = 0; r < classes; r++) {
        float logit = x.get(FLOAT, column + r * xStride);
        comparable &= !Float.isNaN(logit);
        if (logit > best) {
          best = logit;
          bestRow = r;
        }
      }
      if (comparable && bestRow == targets.get(INT, targetsAt + 4L * c)) {
        correct++;
      }
    }
    return correct;
  }

  /** The largest of a column; a NaN elsewhere than at its top shows in the exponentials. */
  private static float max(MemorySegment x, long at, long stride, int rows) {
    float max = x.get(FLOAT, at);
    for (int r = 1; r < rows; r++) {
      float value = x.get(FLOAT, at + r * stride);
      max = value > max ? value : max;
    }
    return max;
  }

  /** Writes exp(x - max) down a column and returns its sum in the order of the rows. */
  private static float exponentials(
      MemorySegment x,
      long xAt,
      long xStride,
      float max,
      MemorySegment y,
      long yAt,
      long yStride,
      int rows) {
    float sum = 0f;
    for (int r = 0; r < rows; r++) {
      float e = ScalarMath.exp(x.get(FLOAT, xAt + r * xStride) - max);
      y.set(FLOAT, yAt + r * yStride, e);
      sum += e;
    }
    return sum;
  }
}
