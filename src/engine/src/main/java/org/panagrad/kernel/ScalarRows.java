package org.panagrad.kernel;

import static org.panagrad.kernel.Bounds.FLOAT;
import static org.panagrad.kernel.OffHeap.ALL;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Copies, sums and masks over one stretch of elements. */
final class ScalarRows {
  private static final int LANE_MASK = Kernels.LANES - 1;

  private ScalarRows() {}

  static float sum(long x, int n) {
    float[] lanes = ScalarLanes.zeroed();
    for (int i = 0; i < n; i++) {
      lanes[i & LANE_MASK] += ALL.get(FLOAT, x + 4L * i);
    }
    return ScalarLanes.fold(lanes);
  }

  static float squares(long x, int n) {
    float[] lanes = ScalarLanes.zeroed();
    for (int i = 0; i < n; i++) {
      float value = ALL.get(FLOAT, x + 4L * i);
      lanes[i & LANE_MASK] = Math.fma(value, value, lanes[i & LANE_MASK]);
    }
    return ScalarLanes.fold(lanes);
  }

  static void copyRow(long x, long y, int n, boolean accumulate) {
    if (!accumulate) {
      MemorySegment.copy(ALL, x, ALL, y, 4L * n);
      return;
    }
    for (int i = 0; i < n; i++) {
      ALL.set(FLOAT, y + 4L * i, ALL.get(FLOAT, y + 4L * i) + ALL.get(FLOAT, x + 4L * i));
    }
  }

  static void addRow(long x, long y, long z, int n) {
    for (int i = 0; i < n; i++) {
      ALL.set(FLOAT, z + 4L * i, ALL.get(FLOAT, x + 4L * i) + ALL.get(FLOAT, y + 4L * i));
    }
  }

  static void addColumn(long z, long bias, int rows, int shift) {
    for (int r = 0; r < rows; r++) {
      float b = ALL.get(FLOAT, bias + 4L * r);
      for (int i = r << shift; i < (r + 1) << shift; i++) {
        ALL.set(FLOAT, z + 4L * i, ALL.get(FLOAT, z + 4L * i) + b);
      }
    }
  }

  static void dropoutRow(
      long x,
      long y,
      int n,
      int firstKey,
      int secondKey,
      int index,
      int threshold,
      float scale,
      boolean accumulate) {
    for (int i = 0; i < n; i++) {
      boolean kept = DropoutMask.keeps(DropoutMask.hash(firstKey, secondKey, index + i), threshold);
      float value = kept ? ALL.get(FLOAT, x + 4L * i) * scale : 0f;
      ALL.set(FLOAT, y + 4L * i, accumulate ? ALL.get(FLOAT, y + 4L * i) + value : value);
    }
  }

  static void bytesRange(long x, long y, int n, float scale, float shift) {
    for (int i = 0; i < n; i++) {
      float value = (float) (ALL.get(ValueLayout.JAVA_BYTE, x + i) & 0xff);
      ALL.set(FLOAT, y + 4L * i, Math.fma(value, scale, shift));
    }
  }

  static void scaleRange(long y, int n, float scale, float shift) {
    for (int i = 0; i < n; i++) {
      ALL.set(FLOAT, y + 4L * i, Math.fma(ALL.get(FLOAT, y + 4L * i), scale, shift));
    }
  }

  static boolean finiteRange(long x, int n) {
    for (int i = 0; i < n; i++) {
      if (!Float.isFinite(ALL.get(FLOAT, x + 4L * i))) {
        return false;
      }
    }
    return true;
  }

  /** y = x transposed; row strides in bytes. */
  static void transpose(long x, long ldx, long y, long ldy, int rows, int cols) {
    // Sixteen rows at a time: their lines, and a line of each column written, stay in cache.
    for (int from = 0; from < rows; from += 16) {
      int count = Math.min(16, rows - from);
      for (int c = 0; c < cols; c++) {
        long xC = x + from * ldx + 4L * c;
        long yC = y + c * ldy + 4L * from;
        for (int r = 0; r < count; r++) {
          ALL.set(FLOAT, yC + 4L * r, ALL.get(FLOAT, xC + r * ldx));
        }
      }
    }
  }
}
