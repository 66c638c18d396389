package org.panagrad.kernel;

import static org.panagrad.kernel.Bounds.FLOAT;
import static org.panagrad.kernel.OffHeap.ALL;

import java.lang.foreign.MemorySegment;

/** Copies, sums and masks over one stretch of elements. */
final class ScalarRows {
  private static final int LANE_MASK = Kernels.LANES - 1;

  private ScalarRows() {}

  static float sum(long x, int n) {
    float[] lanes = ScalarLanes.zeroed();
    float[] values = OnHeap.arrays().x;
    for (int from = 0, count; from < n; from += count) {
      count = Math.min(OnHeap.MOST, n - from);
      OnHeap.read(x + 4L * from, values, count);
      for (int i = 0; i < count; i++) {
        lanes[i & LANE_MASK] += values[i];
      }
    }
    return ScalarLanes.fold(lanes);
  }

  static float squares(long x, int n) {
    float[] lanes = ScalarLanes.zeroed();
    float[] values = OnHeap.arrays().x;
    for (int from = 0, count; from < n; from += count) {
      count = Math.min(OnHeap.MOST, n - from);
      OnHeap.read(x + 4L * from, values, count);
      for (int i = 0; i < count; i++) {
        lanes[i & LANE_MASK] = Math.fma(values[i], values[i], lanes[i & LANE_MASK]);
      }
    }
    return ScalarLanes.fold(lanes);
  }

  static void copyRow(long x, long y, int n, boolean accumulate) {
    if (!accumulate) {
      MemorySegment.copy(ALL, x, ALL, y, 4L * n);
      return;
    }
    addRow(y, x, y, n);
  }

  static void addRow(long x, long y, long z, int n) {
    OnHeap arrays = OnHeap.arrays();
    float[] a = arrays.x;
    float[] b = arrays.y;
    for (int from = 0, count; from < n; from += count) {
      count = Math.min(OnHeap.MOST, n - from);
      OnHeap.read(x + 4L * from, a, count);
      OnHeap.read(y + 4L * from, b, count);
      for (int i = 0; i < count; i++) {
        a[i] += b[i];
      }
      OnHeap.write(a, z + 4L * from, count);
    }
  }

  static void addColumn(long z, long bias, int rows, int shift) {
    float[] row = OnHeap.arrays().x;
    int cols = 1 << shift; // at most RowKernels.SHORT_ROW
    for (int r = 0; r < rows; r++) {
      float b = ALL.get(FLOAT, bias + 4L * r);
      long at = z + 4L * r * cols;
      OnHeap.read(at, row, cols);
      for (int i = 0; i < cols; i++) {
        row[i] += b;
      }
      OnHeap.write(row, at, cols);
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
    OnHeap arrays = OnHeap.arrays();
    byte[] bytes = arrays.bytes;
    float[] values = arrays.x;
    for (int from = 0, count; from < n; from += count) {
      count = Math.min(OnHeap.MOST, n - from);
      OnHeap.read(x + from, bytes, count);
      for (int i = 0; i < count; i++) {
        values[i] = Math.fma((float) (bytes[i] & 0xff), scale, shift);
      }
      OnHeap.write(values, y + 4L * from, count);
    }
  }

  static void scaleRange(long y, int n, float scale, float shift) {
    float[] values = OnHeap.arrays().x;
    for (int from = 0, count; from < n; from += count) {
      count = Math.min(OnHeap.MOST, n - from);
      OnHeap.read(y + 4L * from, values, count);
      for (int i = 0; i < count; i++) {
        values[i] = Math.fma(values[i], scale, shift);
      }
      OnHeap.write(values, y + 4L * from, count);
    }
  }

  static boolean finiteRange(long x, int n) {
    float[] values = OnHeap.arrays().x;
    // A number times 0 is 0 if it is finite, and else NaN.
    float zero = 0;
    for (int from = 0, count; from < n && zero == 0; from += count) {
      count = Math.min(OnHeap.MOST, n - from);
      OnHeap.read(x + 4L * from, values, count);
      for (int i = 0; i < count; i++) {
        zero += values[i] * 0;
      }
    }
    return zero == 0;
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
