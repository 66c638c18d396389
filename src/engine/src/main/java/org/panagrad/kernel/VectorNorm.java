package org.panagrad.kernel;

import static jdk.incubator.vector.VectorOperators.SQRT;
import static org.panagrad.kernel.Bounds.FLOAT;
import static org.panagrad.kernel.Lanes.FLOATS;
import static org.panagrad.kernel.Lanes.ORDER;
import static org.panagrad.kernel.Lanes.PARTS;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Batch normalisation along a row, layer normalisation as many columns at a time as a vector has.
 */
final class VectorNorm {
  private VectorNorm() {}

  static float deviations(MemorySegment x, long xAt, float mean, int n) {
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int i = 0;
    int bound = FLOATS.loopBound(n);
    for (; i < bound; i += Lanes.LENGTH) {
      FloatVector off = FloatVector.fromMemorySegment(FLOATS, x, xAt + 4L * i, ORDER).sub(mean);
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
    if (i < n) {
      var tail = FLOATS.indexInRange(i, n);
      FloatVector off =
          FloatVector.fromMemorySegment(FLOATS, x, xAt + 4L * i, ORDER, tail).sub(mean);
      a = a.blend(off.fma(off, a), tail);
    }
    return fold(a, b, c, d);
  }

  static float deviationProducts(
      MemorySegment dy, long dyAt, MemorySegment x, long xAt, float mean, int n) {
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int i = 0;
    int bound = FLOATS.loopBound(n);
    for (; i < bound; i += Lanes.LENGTH) {
      FloatVector off = FloatVector.fromMemorySegment(FLOATS, x, xAt + 4L * i, ORDER).sub(mean);
      FloatVector next =
          FloatVector.fromMemorySegment(FLOATS, dy, dyAt + 4L * i, ORDER).fma(off, a);
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
    if (i < n) {
      var tail = FLOATS.indexInRange(i, n);
      FloatVector off =
          FloatVector.fromMemorySegment(FLOATS, x, xAt + 4L * i, ORDER, tail).sub(mean);
      FloatVector g = FloatVector.fromMemorySegment(FLOATS, dy, dyAt + 4L * i, ORDER, tail);
      a = a.blend(g.fma(off, a), tail);
    }
    return fold(a, b, c, d);
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
    FloatVector factor = FloatVector.broadcast(FLOATS, scale);
    FloatVector term = FloatVector.broadcast(FLOATS, shift);
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector.fromMemorySegment(FLOATS, x, xAt + 4L * i, ORDER)
          .sub(mean)
          .fma(factor, term)
          .intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    if (bound < n) {
      long from = 4L * bound;
      ScalarNorm.normalizeRow(x, xAt + from, mean, scale, shift, y, yAt + from, n - bound);
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
    FloatVector lessSlope = FloatVector.broadcast(FLOATS, -slope);
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector g = FloatVector.fromMemorySegment(FLOATS, dy, dyAt + 4L * i, ORDER).sub(meanDy);
      FloatVector value =
          FloatVector.fromMemorySegment(FLOATS, x, xAt + 4L * i, ORDER)
              .sub(mean)
              .fma(lessSlope, g)
              .mul(scale);
      if (accumulate) {
        value = FloatVector.fromMemorySegment(FLOATS, dx, dxAt + 4L * i, ORDER).add(value);
      }
      value.intoMemorySegment(dx, dxAt + 4L * i, ORDER);
    }
    if (bound < n) {
      long from = 4L * bound;
      ScalarNorm.normalizeRowBackward(
          x,
          xAt + from,
          mean,
          slope,
          dy,
          dyAt + from,
          meanDy,
          scale,
          dx,
          dxAt + from,
          n - bound,
          accumulate);
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
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int i = 0;
    int bound = FLOATS.loopBound(n);
    for (; i < bound; i += Lanes.LENGTH) {
      FloatVector mean = FloatVector.fromMemorySegment(FLOATS, saved, savedAt + 4L * i, ORDER);
      FloatVector inverse =
          FloatVector.fromMemorySegment(FLOATS, saved, savedAt + savedStride + 4L * i, ORDER);
      FloatVector normal =
          FloatVector.fromMemorySegment(FLOATS, x, xAt + 4L * i, ORDER).sub(mean).mul(inverse);
      FloatVector next =
          FloatVector.fromMemorySegment(FLOATS, dy, dyAt + 4L * i, ORDER).fma(normal, a);
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
    if (i < n) {
      var tail = FLOATS.indexInRange(i, n);
      FloatVector mean =
          FloatVector.fromMemorySegment(FLOATS, saved, savedAt + 4L * i, ORDER, tail);
      FloatVector inverse =
          FloatVector.fromMemorySegment(FLOATS, saved, savedAt + savedStride + 4L * i, ORDER, tail);
      FloatVector normal =
          FloatVector.fromMemorySegment(FLOATS, x, xAt + 4L * i, ORDER, tail)
              .sub(mean)
              .mul(inverse);
      FloatVector g = FloatVector.fromMemorySegment(FLOATS, dy, dyAt + 4L * i, ORDER, tail);
      a = a.blend(g.fma(normal, a), tail);
    }
    return fold(a, b, c, d);
  }

  private static float fold(FloatVector a, FloatVector b, FloatVector c, FloatVector d) {
    float[] lanes = ScalarLanes.zeroed();
    a.intoArray(lanes, 0);
    if (PARTS > 1) {
      b.intoArray(lanes, Lanes.LENGTH);
    }
    if (PARTS > 2) {
      c.intoArray(lanes, 2 * Lanes.LENGTH);
      d.intoArray(lanes, 3 * Lanes.LENGTH);
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
    int bound = FLOATS.loopBound(cols);
    for (int c = 0; c < bound; c += Lanes.LENGTH) {
      long xColumn = xAt + 4L * c;
      long yColumn = yAt + 4L * c;
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int r = 0; r < rows; r++) {
        sum = sum.add(FloatVector.fromMemorySegment(FLOATS, x, xColumn + r * xStride, ORDER));
      }
      FloatVector mean = sum.div(rows);
      FloatVector squares = FloatVector.zero(FLOATS);
      for (int r = 0; r < rows; r++) {
        FloatVector d =
            FloatVector.fromMemorySegment(FLOATS, x, xColumn + r * xStride, ORDER).sub(mean);
        squares = d.fma(d, squares);
      }
      FloatVector inverse =
          FloatVector.broadcast(FLOATS, 1f).div(squares.div(rows).add(epsilon).lanewise(SQRT));
      mean.intoMemorySegment(saved, savedAt + 4L * c, ORDER);
      inverse.intoMemorySegment(saved, savedAt + savedStride + 4L * c, ORDER);
      for (int r = 0; r < rows; r++) {
        FloatVector normal =
            FloatVector.fromMemorySegment(FLOATS, x, xColumn + r * xStride, ORDER)
                .sub(mean)
                .mul(inverse);
        FloatVector w = FloatVector.broadcast(FLOATS, weight.get(FLOAT, weightAt + 4L * r));
        FloatVector b = FloatVector.broadcast(FLOATS, bias.get(FLOAT, biasAt + 4L * r));
        normal.fma(w, b).intoMemorySegment(y, yColumn + r * yStride, ORDER);
      }
    }
    if (bound < cols) {
      long from = 4L * bound;
      ScalarNorm.layerNormColumns(
          x,
          xAt + from,
          xStride,
          weight,
          weightAt,
          bias,
          biasAt,
          saved,
          savedAt + from,
          savedStride,
          y,
          yAt + from,
          yStride,
          rows,
          cols - bound,
          epsilon);
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
    int bound = FLOATS.loopBound(cols);
    for (int c = 0; c < bound; c += Lanes.LENGTH) {
      long xColumn = xAt + 4L * c;
      long dyColumn = dyAt + 4L * c;
      long dxColumn = dxAt + 4L * c;
      FloatVector mean = FloatVector.fromMemorySegment(FLOATS, saved, savedAt + 4L * c, ORDER);
      FloatVector inverse =
          FloatVector.fromMemorySegment(FLOATS, saved, savedAt + savedStride + 4L * c, ORDER);
      FloatVector sum = FloatVector.zero(FLOATS);
      FloatVector products = FloatVector.zero(FLOATS);
      for (int r = 0; r < rows; r++) {
        FloatVector normal =
            FloatVector.fromMemorySegment(FLOATS, x, xColumn + r * xStride, ORDER)
                .sub(mean)
                .mul(inverse);
        FloatVector g =
            FloatVector.fromMemorySegment(FLOATS, dy, dyColumn + r * dyStride, ORDER)
                .mul(weight.get(FLOAT, weightAt + 4L * r));
        sum = sum.add(g);
        products = g.fma(normal, products);
      }
      FloatVector meanG = sum.div(rows);
      FloatVector lessSlope = products.div(-rows);
      for (int r = 0; r < rows; r++) {
        FloatVector normal =
            FloatVector.fromMemorySegment(FLOATS, x, xColumn + r * xStride, ORDER)
                .sub(mean)
                .mul(inverse);
        FloatVector g =
            FloatVector.fromMemorySegment(FLOATS, dy, dyColumn + r * dyStride, ORDER)
                .mul(weight.get(FLOAT, weightAt + 4L * r));
        FloatVector value = normal.fma(lessSlope, g.sub(meanG)).mul(inverse);
        long at = dxColumn + r * dxStride;
        if (accumulate) {
          value = FloatVector.fromMemorySegment(FLOATS, dx, at, ORDER).add(value);
        }
        value.intoMemorySegment(dx, at, ORDER);
      }
    }
    if (bound < cols) {
      long from = 4L * bound;
      ScalarNorm.layerNormColumnsBackward(
          x,
          xAt + from,
          xStride,
          weight,
          weightAt,
          saved,
          savedAt + from,
          savedStride,
          dy,
          dyAt + from,
          dyStride,
          dx,
          dxAt + from,
          dxStride,
          rows,
          cols - bound,
          accumulate);
    }
  }
}
