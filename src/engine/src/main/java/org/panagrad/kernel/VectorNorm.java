package org.panagrad.kernel;

import static jdk.incubator.vector.VectorOperators.SQRT;
import static org.panagrad.kernel.Bounds.FLOAT;
import static org.panagrad.kernel.Lanes.FLOATS;
import static org.panagrad.kernel.Lanes.ORDER;
import static org.panagrad.kernel.Lanes.PARTS;
import static org.panagrad.kernel.OffHeap.ALL;

import jdk.incubator.vector.FloatVector;

/**
 * Batch normalisation along a row, layer normalisation as many columns at a time as a vector has.
 */
final class VectorNorm {
  private VectorNorm() {}

  static float deviations(long x, float mean, int n) {
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int i = 0;
    int bound = FLOATS.loopBound(n);
    for (; i < bound; i += Lanes.LENGTH) {
      FloatVector off = FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).sub(mean);
      FloatVector next = off.fma(off, a);
      // The partial sums take turns, as in VectorRows.
      if (PARTS == 1) {
        a = next;
      } else if (PARTS == 2) {
        a = b;
        b = next;
      } else {
        a = b;
        b = c;
        c = d;
        d = next;
      }
    }
    float[] lanes = Lanes.spread(a, b, c, d);
    for (int lane = 0; i < n; i++, lane++) {
      float off = ALL.get(FLOAT, x + 4L * i) - mean;
      lanes[lane] = Math.fma(off, off, lanes[lane]);
    }
    return ScalarLanes.fold(lanes);
  }

  static float deviationProducts(long dy, long x, float mean, int n) {
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int i = 0;
    int bound = FLOATS.loopBound(n);
    for (; i < bound; i += Lanes.LENGTH) {
      FloatVector off = FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).sub(mean);
      FloatVector next = FloatVector.fromMemorySegment(FLOATS, ALL, dy + 4L * i, ORDER).fma(off, a);
      if (PARTS == 1) {
        a = next;
      } else if (PARTS == 2) {
        a = b;
        b = next;
      } else {
        a = b;
        b = c;
        c = d;
        d = next;
      }
    }
    float[] lanes = Lanes.spread(a, b, c, d);
    for (int lane = 0; i < n; i++, lane++) {
      float off = ALL.get(FLOAT, x + 4L * i) - mean;
      lanes[lane] = Math.fma(ALL.get(FLOAT, dy + 4L * i), off, lanes[lane]);
    }
    return ScalarLanes.fold(lanes);
  }

  static void normalizeRow(long x, float mean, float scale, float shift, long y, int n) {
    FloatVector factor = FloatVector.broadcast(FLOATS, scale);
    FloatVector term = FloatVector.broadcast(FLOATS, shift);
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER)
          .sub(mean)
          .fma(factor, term)
          .intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    if (bound < n) {
      long from = 4L * bound;
      ScalarNorm.normalizeRow(x + from, mean, scale, shift, y + from, n - bound);
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
    FloatVector lessSlope = FloatVector.broadcast(FLOATS, -slope);
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector g = FloatVector.fromMemorySegment(FLOATS, ALL, dy + 4L * i, ORDER).sub(meanDy);
      FloatVector value =
          FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER)
              .sub(mean)
              .fma(lessSlope, g)
              .mul(scale);
      if (accumulate) {
        value = FloatVector.fromMemorySegment(FLOATS, ALL, dx + 4L * i, ORDER).add(value);
      }
      value.intoMemorySegment(ALL, dx + 4L * i, ORDER);
    }
    if (bound < n) {
      long from = 4L * bound;
      ScalarNorm.normalizeRowBackward(
          x + from, mean, slope, dy + from, meanDy, scale, dx + from, n - bound, accumulate);
    }
  }

  static float normalizedProducts(long dy, long x, long saved, long savedStride, int n) {
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int i = 0;
    int bound = FLOATS.loopBound(n);
    for (; i < bound; i += Lanes.LENGTH) {
      FloatVector mean = FloatVector.fromMemorySegment(FLOATS, ALL, saved + 4L * i, ORDER);
      FloatVector inverse =
          FloatVector.fromMemorySegment(FLOATS, ALL, saved + savedStride + 4L * i, ORDER);
      FloatVector normal =
          FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).sub(mean).mul(inverse);
      FloatVector next =
          FloatVector.fromMemorySegment(FLOATS, ALL, dy + 4L * i, ORDER).fma(normal, a);
      if (PARTS == 1) {
        a = next;
      } else if (PARTS == 2) {
        a = b;
        b = next;
      } else {
        a = b;
        b = c;
        c = d;
        d = next;
      }
    }
    float[] lanes = Lanes.spread(a, b, c, d);
    for (int lane = 0; i < n; i++, lane++) {
      long at = saved + 4L * i;
      float normal =
          (ALL.get(FLOAT, x + 4L * i) - ALL.get(FLOAT, at)) * ALL.get(FLOAT, at + savedStride);
      lanes[lane] = Math.fma(ALL.get(FLOAT, dy + 4L * i), normal, lanes[lane]);
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
    int bound = FLOATS.loopBound(cols);
    for (int c = 0; c < bound; c += Lanes.LENGTH) {
      long xColumn = x + 4L * c;
      long yColumn = y + 4L * c;
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int r = 0; r < rows; r++) {
        sum = sum.add(FloatVector.fromMemorySegment(FLOATS, ALL, xColumn + r * xStride, ORDER));
      }
      FloatVector mean = sum.div(rows);
      FloatVector squares = FloatVector.zero(FLOATS);
      for (int r = 0; r < rows; r++) {
        FloatVector d =
            FloatVector.fromMemorySegment(FLOATS, ALL, xColumn + r * xStride, ORDER).sub(mean);
        squares = d.fma(d, squares);
      }
      FloatVector inverse =
          FloatVector.broadcast(FLOATS, 1f).div(squares.div(rows).add(epsilon).lanewise(SQRT));
      mean.intoMemorySegment(ALL, saved + 4L * c, ORDER);
      inverse.intoMemorySegment(ALL, saved + savedStride + 4L * c, ORDER);
      for (int r = 0; r < rows; r++) {
        FloatVector normal =
            FloatVector.fromMemorySegment(FLOATS, ALL, xColumn + r * xStride, ORDER)
                .sub(mean)
                .mul(inverse);
        FloatVector w = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, weight + 4L * r));
        FloatVector b = FloatVector.broadcast(FLOATS, ALL.get(FLOAT, bias + 4L * r));
        normal.fma(w, b).intoMemorySegment(ALL, yColumn + r * yStride, ORDER);
      }
    }
    if (bound < cols) {
      long from = 4L * bound;
      ScalarNorm.layerNormColumns(
          x + from,
          xStride,
          weight,
          bias,
          saved + from,
          savedStride,
          y + from,
          yStride,
          rows,
          cols - bound,
          epsilon);
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
    int bound = FLOATS.loopBound(cols);
    for (int c = 0; c < bound; c += Lanes.LENGTH) {
      long xColumn = x + 4L * c;
      long dyColumn = dy + 4L * c;
      long dxColumn = dx + 4L * c;
      FloatVector mean = FloatVector.fromMemorySegment(FLOATS, ALL, saved + 4L * c, ORDER);
      FloatVector inverse =
          FloatVector.fromMemorySegment(FLOATS, ALL, saved + savedStride + 4L * c, ORDER);
      FloatVector sum = FloatVector.zero(FLOATS);
      FloatVector products = FloatVector.zero(FLOATS);
      for (int r = 0; r < rows; r++) {
        FloatVector normal =
            FloatVector.fromMemorySegment(FLOATS, ALL, xColumn + r * xStride, ORDER)
                .sub(mean)
                .mul(inverse);
        FloatVector g =
            FloatVector.fromMemorySegment(FLOATS, ALL, dyColumn + r * dyStride, ORDER)
                .mul(ALL.get(FLOAT, weight + 4L * r));
        sum = sum.add(g);
        products = g.fma(normal, products);
      }
      FloatVector meanG = sum.div(rows);
      FloatVector lessSlope = products.div(-rows);
      for (int r = 0; r < rows; r++) {
        FloatVector normal =
            FloatVector.fromMemorySegment(FLOATS, ALL, xColumn + r * xStride, ORDER)
                .sub(mean)
                .mul(inverse);
        FloatVector g =
            FloatVector.fromMemorySegment(FLOATS, ALL, dyColumn + r * dyStride, ORDER)
                .mul(ALL.get(FLOAT, weight + 4L * r));
        FloatVector value = normal.fma(lessSlope, g.sub(meanG)).mul(inverse);
        long at = dxColumn + r * dxStride;
        if (accumulate) {
          value = FloatVector.fromMemorySegment(FLOATS, ALL, at, ORDER).add(value);
        }
        value.intoMemorySegment(ALL, at, ORDER);
      }
    }
    if (bound < cols) {
      long from = 4L * bound;
      ScalarNorm.layerNormColumnsBackward(
          x + from,
          xStride,
          weight,
          saved + from,
          savedStride,
          dy + from,
          dyStride,
          dx + from,
          dxStride,
          rows,
          cols - bound,
          accumulate);
    }
  }
}
