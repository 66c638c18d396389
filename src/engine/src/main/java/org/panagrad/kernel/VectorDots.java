package org.panagrad.kernel;

import static org.panagrad.kernel.Lanes.FLOATS;
import static org.panagrad.kernel.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Products of rows with one vector: what predicting a single row is made of. */
final class VectorDots {
  private VectorDots() {}

  /**
   * Writes the dot products of 4 rows of a, aRow bytes apart, with x to {@code to} and on.
   *
   * <p>Four rows share the loads of x and hide each other's latency. Only where a vector has all
   * the lanes of a sum, and for whole vectors: with a masked end besides, the first compiler
   * refuses the method ("out of virtual registers") and it stays interpreted.
   */
  static void four(
      MemorySegment a, long aAt, long aRow, MemorySegment x, long xAt, int n, float[] to) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    long a1 = aAt + aRow;
    long a2 = a1 + aRow;
    long a3 = a2 + aRow;
    for (int i = 0; i < n; i += Lanes.LENGTH) {
      long at = 4L * i;
      FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, xAt + at, ORDER);
      s0 = FloatVector.fromMemorySegment(FLOATS, a, aAt + at, ORDER).fma(v, s0);
      s1 = FloatVector.fromMemorySegment(FLOATS, a, a1 + at, ORDER).fma(v, s1);
      s2 = FloatVector.fromMemorySegment(FLOATS, a, a2 + at, ORDER).fma(v, s2);
      s3 = FloatVector.fromMemorySegment(FLOATS, a, a3 + at, ORDER).fma(v, s3);
    }
    // Lane i takes the place of i + 8, then i + 4, and so on: the one order of sums.
    s0 = s0.add(s0.rearrange(Lanes.BY_8));
    s1 = s1.add(s1.rearrange(Lanes.BY_8));
    s2 = s2.add(s2.rearrange(Lanes.BY_8));
    s3 = s3.add(s3.rearrange(Lanes.BY_8));
    s0 = s0.add(s0.rearrange(Lanes.BY_4));
    s1 = s1.add(s1.rearrange(Lanes.BY_4));
    s2 = s2.add(s2.rearrange(Lanes.BY_4));
    s3 = s3.add(s3.rearrange(Lanes.BY_4));
    s0 = s0.add(s0.rearrange(Lanes.BY_2));
    s1 = s1.add(s1.rearrange(Lanes.BY_2));
    s2 = s2.add(s2.rearrange(Lanes.BY_2));
    s3 = s3.add(s3.rearrange(Lanes.BY_2));
    to[0] = s0.add(s0.rearrange(Lanes.BY_1)).lane(0);
    to[1] = s1.add(s1.rearrange(Lanes.BY_1)).lane(0);
    to[2] = s2.add(s2.rearrange(Lanes.BY_1)).lane(0);
    to[3] = s3.add(s3.rearrange(Lanes.BY_1)).lane(0);
  }

  /** The dot product of two stretches, in the one order of sums at any vector width. */
  static float dot(MemorySegment a, long aAt, MemorySegment x, long xAt, int n) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = 0;
    int bound = FLOATS.loopBound(n);
    for (; i < bound; i += Lanes.LENGTH) {
      FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, xAt + 4L * i, ORDER);
      FloatVector next = FloatVector.fromMemorySegment(FLOATS, a, aAt + 4L * i, ORDER).fma(v, s0);
      // The partial sums take turns.
      if (Lanes.PARTS == 1) {
        s0 = next;
      } else if (Lanes.PARTS == 2) {
        s0 = s1;
        s1 = next;
      } else {
        s0 = s1;
        s1 = s2;
        s2 = s3;
        s3 = next;
      }
    }
    if (i < n) {
      var tail = FLOATS.indexInRange(i, n);
      FloatVector v = FloatVector.fromMemorySegment(FLOATS, x, xAt + 4L * i, ORDER, tail);
      s0 = FloatVector.fromMemorySegment(FLOATS, a, aAt + 4L * i, ORDER, tail).fma(v, s0);
    }
    if (Lanes.PARTS == 2) {
      s0 = s0.add(s1);
    } else if (Lanes.PARTS == 4) {
      s0 = s0.add(s2).add(s1.add(s3));
    }
    if (Lanes.LENGTH > 8) {
      s0 = s0.add(s0.rearrange(Lanes.BY_8));
    }
    if (Lanes.LENGTH > 4) {
      s0 = s0.add(s0.rearrange(Lanes.BY_4));
    }
    s0 = s0.add(s0.rearrange(Lanes.BY_2));
    return s0.add(s0.rearrange(Lanes.BY_1)).lane(0);
  }
}
