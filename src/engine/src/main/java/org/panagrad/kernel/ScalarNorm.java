package org.panagrad.kernel;

import static org.panagrad.kernel.Bounds.FLOAT;

import java.lang.foreign.MemorySegment;

/** Batch normalisation along a row, layer normalisation down columns. */
final class ScalarNorm {
  private static final int LANE_MASK = Kernels.LANES - 1;

  private ScalarNorm() {}

  static float deviations(MemorySegment x, long xAt, float mean, int n) {
    float[] lanes = ScalarLanes.zeroed();
    for (int i = 0; i < n; i++) {
      float d = x.get(FLOAT, xAt + 4L * i) - mean;
      lanes[i & LANE_MASK] = Math.fma(d, d, lanes[i & LANE_MASK]);
    }
    return ScalarLanes.fold(lanes);
  }

  static float deviationProducts(
      MemorySegment dy, long dyAt, MemorySegment x, long xAt, float mean, int n) {
    float[] lanes = ScalarLanes.zeroed();
    for (int i = 0; i < n; i++) {
      float d = x.get(FLOAT, xAt + 4L * i) - mean;
      lanes[i & LANE_MASK] = Math.fma(dy.get(FLOAT, dyAt + 4L * i), d, lanes[i & LANE_MASK]);
    }
    return ScalarLanes.fold(lanes);
  }

  static void normalizeRow(
      MemorySegment x,
      long xAt,
      float mean,
      float scale,
      float shift,
      MemorySegment y,
      long yAt,
      int n) {
    for (int i = 0; i < n; i++) {
      y.set(FLOAT, yAt + 4L * i, Math.fma(x.get(FLOAT, xAt + 4L * i) - mean, scale, shift));
    }
  }

  static void normalizeRowBackward(
      MemorySegment x,
      long xAt,
      float mean,
      float slope,
      MemorySegment dy,
      long dyAt,
      float meanDy,
      float scale,
      MemorySegment dx,
      long dxAt,
      int n,
      boolean accumulate) {
    for (int i = 0; i < n; i++) {
      float d = x.get(FLOAT, xAt + 4L * i) - mean;
      float value = Math.fma(d, -slope, dy.get(FLOAT, dyAt + 4L * i) - meanDy) * scale;
      dx.set(FLOAT, dxAt + 4L * i, accumulate ? dx.get(FLOAT, dxAt + 4L * i) + value : value);
    }
  }

  static float normalizedProducts(
      MemorySegment dy,
      long dyAt,
      MemorySegment x,
      long xAt,
      MemorySegment saved,
      long savedAt,
      long savedStride,
      int n) {
    float[] lanes = ScalarLanes.zeroed();
    for (int i = 0; i < n; i++) {
      float mean = saved.get(FLOAT, savedAt + 4L * i);
      float inverse = saved.get(FLOAT, savedAt + savedStride + 4L * i);
      float normal = (x.get(FLOAT, xAt + 4L * i) - mean) * inverse;
      lanes[i & LANE_MASK] = Math.fma(dy.get(FLOAT, dyAt + 4L * i), normal, lanes[i & LANE_MASK]);
    }
    return ScalarLanes.fold(lanes);
  }

  static void layerNormColumns(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment weight,
      long weightAt,
      MemorySegment bias,
      long biasAt,
      MemorySegment saved,
      long savedAt,
      long savedStride,
      MemorySegment y,
      long yAt,
      long yStride,
      int rows,
      int cols,
      float epsilon) {
    for (int c = 0; c < cols; c++) {
      long xColumn = xAt + 4L * c;
      long yColumn = yAt + 4L * c;
      float sum = 0f;
      for (int r = 0; r < rows; r++) {
        sum += x.get(FLOAT, xColumn + r * xStride);
      }
      float mean = sum / rows;
      float squares = 0f;
      for (int r = 0; r < rows; r++) {
        float d = x.get(FLOAT, xColumn + r * xStride) - mean;
        squares = Math.fma(d, d, squares);
      }
      // The root in double, rounded to float, is the float's root.
      float inverse = 1f / (float) Math.sqrt(squares / rows + epsilon);
      saved.set(FLOAT, savedAt + 4L * c, mean);
      saved.set(FLOAT, savedAt + savedStride + 4L * c, inverse);
      for (int r = 0; r < rows; r++) {
        float normal = (x.get(FLOAT, xColumn + r * xStride) - mean) * inverse;
        float w = weight.get(FLOAT, weightAt + 4L * r);
        float b = bias.get(FLOAT, biasAt + 4L * r);
        y.set(FLOAT, yColumn + r * yStride, Math.fma(normal, w, b));
      }
    }
  }

  static void layerNormColumnsBackward(
      MemorySegment x,
      long xAt,
      long xStride,
      MemorySegment weight,
      long weightAt,
      MemorySegment saved,
      long savedAt,
      long savedStride,
      MemorySegment dy,
      long dyAt,
      long dyStride,
      MemorySegment dx,
      long dxAt,
      long dxStride,
      int rows,
      int cols,
      boolean accumulate) {
    for (int c = 0; c < cols; c++) {
      long xColumn = xAt + 4L * c;
      long dyColumn = dyAt + 4L * c;
      long dxColumn = dxAt + 4L * c;
      float mean = saved.get(FLOAT, savedAt + 4L * c);
      float inverse = saved.get(FLOAT, savedAt + savedStride + 4L * c);
      float sum = 0f;
      float products = 0f;
      for (int r = 0; r < rows; r++) {
        float normal = (x.get(FLOAT, xColumn + r * xStride) - mean) * inverse;
        float g = dy.get(FLOAT, dyColumn + r * dyStride) * weight.get(FLOAT, weightAt + 4L * r);
        sum += g;
        products = Math.fma(g, normal, products);
      }
      float meanG = sum / rows;
      float slope = products / rows;
      for (int r = 0; r < rows; r++) {
        float normal = (x.get(FLOAT, xColumn + r * xStride) - mean) * inverse;
        float g = dy.get(FLOAT, dyColumn + r * dyStride) * weight.get(FLOAT, weightAt + 4L * r);
        float value = Math.fma(normal, -slope, g - meanG) * inverse;
        long at = dxColumn + r * dxStride;
        dx.set(FLOAT, at, accumulate ? dx.get(FLOAT, at) + value : value);
      }
    }
  }
}
