package org.panagrad.kernel;

import static org.panagrad.kernel.Bounds.FLOAT;
import static org.panagrad.kernel.Bounds.INT;
import static org.panagrad.kernel.OffHeap.ALL;

/** Softmax down columns, the cross-entropies on it, and the count of right answers. */
final class ScalarSoftmax {
  private static final int LANE_MASK = Kernels.LANES - 1;

  private ScalarSoftmax() {}

  static void softmaxColumns(long x, long xStride, long y, long yStride, int rows, int cols) {
    for (int c = 0; c < cols; c++) {
      long xColumn = x + 4L * c;
      long yColumn = y + 4L * c;
      float max = max(xColumn, xStride, rows);
      float inverse = 1f / exponentials(xColumn, xStride, max, yColumn, yStride, rows);
      for (int r = 0; r < rows; r++) {
        long at = yColumn + r * yStride;
        ALL.set(FLOAT, at, ALL.get(FLOAT, at) * inverse);
      }
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
    addCrossEntropy(lanes, 0, x, xStride, targets, dx, dxStride, classes, cols, gradientScale);
    return ScalarLanes.fold(lanes);
  }

  /** Columns from {@code from} on, their losses added to the lanes. */
  static void addCrossEntropy(
      float[] lanes,
      int from,
      long x,
      long xStride,
      long targets,
      long dx,
      long dxStride,
      int classes,
      int cols,
      float gradientScale) {
    for (int c = from; c < cols; c++) {
      long xColumn = x + 4L * c;
      long dxColumn = dx + 4L * c;
      int target = ALL.get(INT, targets + 4L * c);
      float max = max(xColumn, xStride, classes);
      float logit = ALL.get(FLOAT, xColumn + target * xStride);
      float sum = exponentials(xColumn, xStride, max, dxColumn, dxStride, classes);
      lanes[c & LANE_MASK] += ScalarMath.log(sum) - (logit - max);
      float inverse = 1f / sum;
      for (int r = 0; r < classes; r++) {
        long at = dxColumn + r * dxStride;
        float hot = r == target ? 1f : 0f;
        float gradient = Math.fma(ALL.get(FLOAT, at), inverse, -hot);
        ALL.set(FLOAT, at, gradient * gradientScale);
      }
    }
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
    addCrossEntropyDense(
        lanes, 0, x, xStride, targets, targetsStride, dx, dxStride, classes, cols, gradientScale);
    return ScalarLanes.fold(lanes);
  }

  /** Columns from {@code from} on, their losses added to the lanes. */
  static void addCrossEntropyDense(
      float[] lanes,
      int from,
      long x,
      long xStride,
      long targets,
      long targetsStride,
      long dx,
      long dxStride,
      int classes,
      int cols,
      float gradientScale) {
    for (int c = from; c < cols; c++) {
      long xColumn = x + 4L * c;
      long targetsColumn = targets + 4L * c;
      long dxColumn = dx + 4L * c;
      float max = max(xColumn, xStride, classes);
      float sum = 0f;
      float mass = 0f;
      float dot = 0f;
      for (int r = 0; r < classes; r++) {
        float below = ALL.get(FLOAT, xColumn + r * xStride) - max;
        float target = ALL.get(FLOAT, targetsColumn + r * targetsStride);
        float e = ScalarMath.exp(below);
        ALL.set(FLOAT, dxColumn + r * dxStride, e);
        sum += e;
        mass += target;
        dot = Math.fma(target, below, dot);
      }
      lanes[c & LANE_MASK] += Math.fma(mass, ScalarMath.log(sum), -dot);
      float factor = mass / sum;
      for (int r = 0; r < classes; r++) {
        long at = dxColumn + r * dxStride;
        float target = ALL.get(FLOAT, targetsColumn + r * targetsStride);
        float gradient = Math.fma(ALL.get(FLOAT, at), factor, -target);
        ALL.set(FLOAT, at, gradient * gradientScale);
      }
    }
  }

  static int correctColumns(long x, long xStride, long targets, int classes, int cols) {
    int correct = 0;
    for (int c = 0; c < cols; c++) {
      long column = x + 4L * c;
      float best = ALL.get(FLOAT, column);
      int bestRow = 0;
      boolean comparable = true;
      for (int r = 0; r < classes; r++) {
        float logit = ALL.get(FLOAT, column + r * xStride);
        comparable &= !Float.isNaN(logit);
        if (logit > best) {
          best = logit;
          bestRow = r;
        }
      }
      if (comparable && bestRow == ALL.get(INT, targets + 4L * c)) {
        correct++;
      }
    }
    return correct;
  }

  /** The largest of a column; a NaN elsewhere than at its top shows in the exponentials. */
  private static float max(long at, long stride, int rows) {
    float max = ALL.get(FLOAT, at);
    for (int r = 1; r < rows; r++) {
      float value = ALL.get(FLOAT, at + r * stride);
      max = value > max ? value : max;
    }
    return max;
  }

  /** Writes exp(x - max) down a column and returns its sum in the order of the rows. */
  private static float exponentials(
      long x, long xStride, float max, long y, long yStride, int rows) {
    float sum = 0f;
    for (int r = 0; r < rows; r++) {
      float e = ScalarMath.exp(ALL.get(FLOAT, x + r * xStride) - max);
      ALL.set(FLOAT, y + r * yStride, e);
      sum += e;
    }
    return sum;
  }
}
