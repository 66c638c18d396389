package org.panagrad.kernel;

import static org.panagrad.kernel.Bounds.FLOAT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Copies, sums and masks over one stretch of elements. */
final class ScalarRows {
  private static final int LANE_MASK = Kernels.LANES - 1;

  private ScalarRows() {}

  static float sum(MemorySegment x, long xAt, int n) {
    float[] lanes = ScalarLanes.zeroed();
    for (int i = 0; i < n; i++) {
      lanes[i & LANE_MASK] += x.get(FLOAT, xAt + 4L * i);
    }
    return ScalarLanes.fold(lanes);
  }

  static float squares(MemorySegment x, long xAt, int n) {
    float[] lanes = ScalarLanes.zeroed();
    for (int i = 0; i < n; i++) {
      float value = x.get(FLOAT, xAt + 4L * i);
      lanes[i & LANE_MASK] = Math.fma(value, value, lanes[i & LANE_MASK]);
    }
    return ScalarLanes.fold(lanes);
  }

  static void copyRow(
      MemorySegment x, long xAt, MemorySegment y, long yAt, int n, boolean accumulate) {
    if (!accumulate) {
      MemorySegment.copy(x, xAt, y, yAt, 4L * n);
      return;
    }
    for (int i = 0; i < n; i++) {
      y.set(FLOAT, yAt + 4L * i, y.get(FLOAT, yAt + 4L * i) + x.get(FLOAT, xAt + 4L * i));
    }
  }

  static void addRow(
      MemorySegment x, long xAt, MemorySegment y, long yAt, MemorySegment z, long zAt, int n) {
    for (int i = 0; i < n; i++) {
      z.set(FLOAT, zAt + 4L * i, x.get(FLOAT, xAt + 4L * i) + y.get(FLOAT, yAt + 4L * i));
    }
  }

  static void addColumn(
      MemorySegment z, long zAt, MemorySegment bias, long biasAt, int rows, int shift) {
    for (int r = 0; r < rows; r++) {
      float b = bias.get(FLOAT, biasAt + 4L * r);
      for (int i = r << shift; i < (r + 1) << shift; i++) {
        z.set(FLOAT, zAt + 4L * i, z.get(FLOAT, zAt + 4L * i) + b);
      }
    }
  }

  static void dropoutRow(
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      int n,
      int firstKey,
      int secondKey,
      int index,
      int threshold,
      float scale,
      boolean accumulate) {
    for (int i = 0; i < n; i++) {
      boolean kept = DropoutMask.keeps(DropoutMask.hash(firstKey, secondKey, index + i), threshold);
      float value = kept ? x.get(FLOAT, xAt + 4L * i) * scale : 0f;
      y.set(FLOAT, yAt + 4L * i, accumulate ? y.get(FLOAT, yAt + 4L * i) + value : value);
    }
  }

  static void bytesRange(
      MemorySegment x, long xAt, MemorySegment y, long yAt, int n, float scale, float shift) {
    for (int i = 0; i < n; i++) {
      float value = (float) (x.get(ValueLayout.JAVA_BYTE, xAt + i) & 0xff);
      y.set(FLOAT, yAt + 4L * i, Math.fma(value, scale, shift));
    }
  }

  static void scaleRange(MemorySegment y, long yAt, int n, float scale, float shift) {
    for (int i = 0; i < n; i++) {
      y.set(FLOAT, yAt + 4L * i, Math.fma(y.get(FLOAT, yAt + 4L * i), scale, shift));
    }
  }

  static boolean finiteRange(MemorySegment x, long xAt, int n) {
    for (int i = 0; i < n; i++) {
      if (!Float.isFinite(x.get(FLOAT, xAt + 4L * i))) {
        return false;
      }
    }
    return true;
  }

  /** y = x transposed; row strides in bytes. */
  static void transpose(
      MemorySegment x,
      long xAt,
      long ldx,
      MemorySegment y,
      long yAt,
      long ldy,
      int rows,
      int cols) {
    // Sixteen rows at a time: their lines, and a line of each column written, stay in cache.
    for (int from = 0; from < rows; from += 16) {
      int count = Math.min(16, rows - from);
      for (int c = 0; c < cols; c++) {
        long xC = xAt + from * ldx + 4L * c;
        long yC = yAt + c * ldy + 4L * from;
        for (int r = 0; r < count; r++) {
          y.set(FLOAT, yC + 4L * r, x.get(FLOAT, xC + r * ldx));
        }
      }
    }
  }
}
