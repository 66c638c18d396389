package org.panagrad.kernel;

import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;
import static org.panagrad.kernel.Lanes.FLOATS;
import static org.panagrad.kernel.Lanes.INTS;
import static org.panagrad.kernel.Lanes.ORDER;
import static org.panagrad.kernel.Lanes.PARTS;
import static org.panagrad.kernel.OffHeap.ALL;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Copies, sums and masks over one stretch of elements. */
final class VectorRows {
  /** As many bytes as floats, but no fewer than the smallest vector of bytes. */
  private static final VectorSpecies<Byte> BYTES =
      Lanes.LENGTH == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  /** Elements whose finiteness is settled before the loop looks whether to go on. */
  private static final int FINITE_STRETCH = 1 << 14;

  private VectorRows() {}

  static float sum(long x, int n) {
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int i = 0;
    int bound = FLOATS.loopBound(n);
    for (; i < bound; i += Lanes.LENGTH) {
      FloatVector next = a.add(FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER));
      // The partial sums take turns.
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
      // Not by Lanes.spread: a call that is rare here is not inlined, and would have objects made.
      float[] lanes = ScalarLanes.zeroed();
      a.intoArray(lanes, 0);
      if (PARTS > 1) {
        b.intoArray(lanes, Lanes.LENGTH);
      }
      if (PARTS > 2) {
        c.intoArray(lanes, 2 * Lanes.LENGTH);
        d.intoArray(lanes, 3 * Lanes.LENGTH);
      }
      for (int lane = 0; i < n; i++, lane++) {
        lanes[lane] += ALL.get(Bounds.FLOAT, x + 4L * i);
      }
      return ScalarLanes.fold(lanes);
    }
    // With several vectors it does not matter which of them is first: the sums are symmetric.
    if (PARTS == 2) {
      a = a.add(b);
    } else if (PARTS == 4) {
      a = a.add(c).add(b.add(d));
    }
    if (Lanes.LENGTH > 8) {
      a = a.add(a.rearrange(Lanes.BY_8));
    }
    if (Lanes.LENGTH > 4) {
      a = a.add(a.rearrange(Lanes.BY_4));
    }
    a = a.add(a.rearrange(Lanes.BY_2));
    return a.add(a.rearrange(Lanes.BY_1)).lane(0);
  }

  static float squares(long x, int n) {
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int i = 0;
    int bound = FLOATS.loopBound(n);
    for (; i < bound; i += Lanes.LENGTH) {
      FloatVector v = FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER);
      FloatVector next = v.fma(v, a);
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
      float value = ALL.get(Bounds.FLOAT, x + 4L * i);
      lanes[lane] = Math.fma(value, value, lanes[lane]);
    }
    return ScalarLanes.fold(lanes);
  }

  static void copyRow(long x, long y, int n, boolean accumulate) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector value = FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER);
      if (accumulate) {
        FloatVector.fromMemorySegment(FLOATS, ALL, y + 4L * i, ORDER)
            .add(value)
            .intoMemorySegment(ALL, y + 4L * i, ORDER);
      } else {
        value.intoMemorySegment(ALL, y + 4L * i, ORDER);
      }
    }
    if (bound < n) {
      long from = 4L * bound;
      ScalarRows.copyRow(x + from, y + from, n - bound, accumulate);
    }
  }

  static void addRow(long x, long y, long z, int n) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector sum =
          FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER)
              .add(FloatVector.fromMemorySegment(FLOATS, ALL, y + 4L * i, ORDER));
      sum.intoMemorySegment(ALL, z + 4L * i, ORDER);
    }
    if (bound < n) {
      long from = 4L * bound;
      ScalarRows.addRow(x + from, y + from, z + from, n - bound);
    }
  }

  /** z (rows, 2^shift) += bias (rows), a row being whole vectors. */
  static void addColumn(long z, long bias, int rows, int shift) {
    int n = rows << shift;
    for (int i = 0; i < n; i += Lanes.LENGTH) {
      float b = ALL.get(Bounds.FLOAT, bias + 4L * (i >>> shift));
      FloatVector.fromMemorySegment(FLOATS, ALL, z + 4L * i, ORDER)
          .add(b)
          .intoMemorySegment(ALL, z + 4L * i, ORDER);
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
    int bound = FLOATS.loopBound(n);
    IntVector first = Lanes.INDICES.add(index + firstKey);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      IntVector hash = round(round(first.add(i)).add(secondKey));
      var dropped = hash.lanewise(LSHR, DropoutMask.UNUSED_BITS).compare(LT, threshold);
      FloatVector value =
          FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER)
              .mul(scale)
              .blend(0f, dropped.cast(FLOATS));
      if (accumulate) {
        FloatVector.fromMemorySegment(FLOATS, ALL, y + 4L * i, ORDER)
            .add(value)
            .intoMemorySegment(ALL, y + 4L * i, ORDER);
      } else {
        value.intoMemorySegment(ALL, y + 4L * i, ORDER);
      }
    }
    if (bound < n) {
      long from = 4L * bound;
      ScalarRows.dropoutRow(
          x + from,
          y + from,
          n - bound,
          firstKey,
          secondKey,
          index + bound,
          threshold,
          scale,
          accumulate);
    }
  }

  private static IntVector round(IntVector x) {
    IntVector h = x.lanewise(VectorOperators.XOR, x.lanewise(LSHR, 16));
    h = h.mul(DropoutMask.FACTOR_1);
    h = h.lanewise(VectorOperators.XOR, h.lanewise(LSHR, 15));
    h = h.mul(DropoutMask.FACTOR_2);
    return h.lanewise(VectorOperators.XOR, h.lanewise(LSHR, 16));
  }

  static void bytesRange(long x, long y, int n, float scale, float shift) {
    FloatVector factor = FloatVector.broadcast(FLOATS, scale);
    FloatVector term = FloatVector.broadcast(FLOATS, shift);
    int bound = BYTES.loopBound(n);
    for (int i = 0; i < bound; i += BYTES.length()) {
      ByteVector bytes = ByteVector.fromMemorySegment(BYTES, ALL, x + i, ORDER);
      FloatVector low = (FloatVector) bytes.convertShape(ZERO_EXTEND_B2I, INTS, 0).convert(I2F, 0);
      low.fma(factor, term).intoMemorySegment(ALL, y + 4L * i, ORDER);
      if (Lanes.LENGTH < BYTES.length()) {
        long next = y + 4L * (i + Lanes.LENGTH);
        FloatVector high =
            (FloatVector) bytes.convertShape(ZERO_EXTEND_B2I, INTS, 1).convert(I2F, 0);
        high.fma(factor, term).intoMemorySegment(ALL, next, ORDER);
      }
    }
    if (bound < n) {
      ScalarRows.bytesRange(x + bound, y + 4L * bound, n - bound, scale, shift);
    }
  }

  static void scaleRange(long y, int n, float scale, float shift) {
    FloatVector factor = FloatVector.broadcast(FLOATS, scale);
    FloatVector term = FloatVector.broadcast(FLOATS, shift);
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      long at = y + 4L * i;
      FloatVector.fromMemorySegment(FLOATS, ALL, at, ORDER)
          .fma(factor, term)
          .intoMemorySegment(ALL, at, ORDER);
    }
    if (bound < n) {
      ScalarRows.scaleRange(y + 4L * bound, n - bound, scale, shift);
    }
  }

  static boolean finiteRange(long x, int n) {
    for (int from = 0; from < n; from += FINITE_STRETCH) {
      if (!finiteStretch(x + 4L * from, Math.min(FINITE_STRETCH, n - from))) {
        return false;
      }
    }
    return true;
  }

  private static boolean finiteStretch(long x, int n) {
    FloatVector sum = FloatVector.zero(FLOATS);
    FloatVector zero = sum;
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      // Zero times what is not finite is NaN, and NaN stays.
      sum = FloatVector.fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER).fma(zero, sum);
    }
    return !sum.compare(NE, sum).anyTrue() && ScalarRows.finiteRange(x + 4L * bound, n - bound);
  }
}
