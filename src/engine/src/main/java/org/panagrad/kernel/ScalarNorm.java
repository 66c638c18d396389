package org.panagrad.kernel;

import static org.panagrad.kernel.Bounds.FLOAT;
import static org.panagrad.kernel.OffHeap.ALL;

/** Batch normalisation along a row, layer normalisation down columns. */
final class ScalarNorm {
  private static final int LANE_MASK = Kernels.LANES - 1;

  private ScalarNorm() {}

  static float deviations(long x, float mean, int n) {
    float[] lanes = ScalarLanes.zeroed();
    for (int i = 0; i < n; i++) {
      float d = ALL.get(FLOAT, x + 4L * i) - mean;
      lanes[i & LANE_MASK] = Math.fma(d, d, lanes[i & LANE_MASK]);
    }
    return ScalarLanes.fold(lanes);
  }

  static float deviationProducts(long dy, long x, float mean, int n) {
    float[] lanes = ScalarLanes.zeroed();
    for (int i = 0; i < n; i++) {
      float d = ALL.get(FLOAT, x + 4L * i) - mean;
      lanes[i & LANE_MASK] = Math.fma(ALL.get(FLOAT, dy + 4L * i), d, lanes[i & LANE_MASK]);
    }
    return ScalarLanes.fold(lanes);
  }

  static void normalizeRow(long x, float mean, float scale, float shift, long y, int n) {
    for (int i = 0; i < n; i++) {
      ALL.set(FLOAT, y + 4L * i, Math.fma(ALL.get(FLOAT, x + 4L * i) - mean, scale, shift));
    }
  }

  static void normalizeRowBackward(
      long x,
      float mean,
      float slope,
      long dy,
      float meanDy,
      float scale,
      long dx,
      int n,
      boolean accumulate) {
    for (int i = 0; i < n; i++) {
      float d = ALL.get(FLOAT, x + 4L * i) - mean;
      float value = Math.fma(d, -slope, ALL.get(FLOAT, dy + 4L * i) - meanDy) * scale;
      ALL.set(FLOAT, dx + 4L * i, accumulate ? ALL.get(FLOAT, dx + 4L * i) + value : value);
    }
  }

  static float normalizedProducts(long dy, long x, long saved, long savedStride, int n) {
    float[] lanes = ScalarLanes.zeroed();
    for (int i = 0; i < n; i++) {
      float mean = ALL.get(FLOAT, saved + 4L * i);
      float inverse = ALL.get(FLOAT, saved + savedStride + 4L * i);
      float normal = (ALL.get(FLOAT, x + 4L * i) - mean) * inverse;
      lanes[i & LANE_MASK] = Math.fma(ALL.get(FLOAT, dy + 4L * i), normal, lanes[i & LANE_MASK]);
    }
    return ScalarLanes.fold(lanes);
  }

  static void layerNormColumns(
      long x,
      long xStride,
      long weight,
      long bias,
      long saved,
      long savedStride,
      long y,
      long yStride,
      int rows,
      int cols,
      float epsilon) {
    for (int c = 0; c < cols; c++) {
      long xColumn = x + 4L * c;
      long yColumn = y + 4L * c;
      float sum = 0f;
      for (int r = 0; r < rows; r++) {
        sum += ALL.get(FLOAT, xColumn + r * xStride);
      }
      float mean = sum / rows;
      float squares = 0f;
      for (int r = 0; r < rows; r++) {
        float d = ALL.get(FLOAT, xColumn + r * xStride) - mean;
        squares = Math.fma(d, d, squares);
      }
      // The root in double, rounded to float, is the float's root.
      float inverse = 1f / (float) Math.sqrt(squares / rows + epsilon);
      ALL.set(FLOAT, saved + 4L * c, mean);
      ALL.set(FLOAT, saved + savedStride + 4L * c, inverse);
      for (int r = 0; r < rows; r++) {
        float normal = (ALL.get(FLOAT, xColumn + r * xStride) - mean) * inverse;
        float w = ALL.get(FLOAT, weight + 4L * r);
        float b = ALL.get(FLOAT, bias + 4L * r);
        ALL.set(FLOAT, yColumn + r * yStride, Math.fma(normal, w, b));
      }
    }
  }

  static void layerNormColumnsBackward(
      long x,
      long xStride,
      long weight,
      long saved,
      long savedStride,
      long dy,
      long dyStride,
      long dx,
      long dxStride,
      int rows,
      int cols,
      boolean accumulate) {
    for (int c = 0; c < cols; c++) {
      long xColumn = x + 4L * c;
      long dyColumn = dy + 4L * c;
      long dxColumn = dx + 4L * c;
      float mean = ALL.get(FLOAT, saved + 4L * c);
      float inverse = ALL.get(FLOAT, saved + savedStride + 4L * c);
      float sum = 0f;
      float products = 0f;
      for (int r = 0; r < rows; r++) {
        float normal = (ALL.get(FLOAT, xColumn + r * xStride) - mean) * inverse;
        float g = ALL.get(FLOAT, dyColumn + r * dyStride) * ALL.get(FLOAT, weight + 4L * r);
        sum += g;
        products = Math.fma(g, normal, products);
      }
      float meanG = sum / rows;
      float slope = products / rows;
      for (int r = 0; r < rows; r++) {
        float normal = (ALL.get(FLOAT, xColumn + r * xStride) - mean) * inverse;
        float g = ALL.get(FLOAT, dyColumn + r * dyStride) * ALL.get(FLOAT, weight + 4L * r);
        float value = Math.fma(normal, -slope, g - meanG) * inverse;
        long at = dxColumn + r * dxStride;
        ALL.set(FLOAT, at, accumulate ? ALL.get(FLOAT, at) + value : value);
      }
    }
  }
}
