package org.panagrad.kernel;

import static org.panagrad.kernel.Lanes.ORDER;
import static org.panagrad.kernel.OffHeap.ALL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** y = x transposed, eight by eight elements at a time in registers where vectors are that long. */
final class VectorTranspose {
  private static final VectorSpecies<Float> EIGHT = FloatVector.SPECIES_256;
  private static final int SIDE = 8;

  // For each stage, whose partners are d lanes apart: a lane's partner, and the lanes with bit d.
  private static final VectorShuffle<Float> ACROSS_4 = across(4);
  private static final VectorMask<Float> HAS_4 = has(4);
  private static final VectorShuffle<Float> ACROSS_2 = across(2);
  private static final VectorMask<Float> HAS_2 = has(2);
  private static final VectorShuffle<Float> ACROSS_1 = across(1);
  private static final VectorMask<Float> HAS_1 = has(1);

  private VectorTranspose() {}

  private static VectorShuffle<Float> across(int d) {
    return VectorShuffle.fromOp(EIGHT, i -> i ^ d);
  }

  private static VectorMask<Float> has(int d) {
    long lanes = 0;
    for (int i = 0; i < SIDE; i++) {
      lanes |= (i & d) == 0 ? 0 : 1L << i;
    }
    return VectorMask.fromLong(EIGHT, lanes);
  }

  /** Row strides in bytes. */
  static void transpose(long x, long ldx, long y, long ldy, int rows, int cols) {
    int wholeRows = Lanes.BITS >= 256 ? rows / SIDE * SIDE : 0;
    int wholeCols = cols / SIDE * SIDE;
    for (int r = 0; r < wholeRows; r += SIDE) {
      for (int c = 0; c < wholeCols; c += SIDE) {
        square(x + r * ldx + 4L * c, ldx, y + c * ldy + 4L * r, ldy);
      }
    }
    ScalarRows.transpose(
        x + 4L * wholeCols, ldx, y + wholeCols * ldy, ldy, wholeRows, cols - wholeCols);
    ScalarRows.transpose(x + wholeRows * ldx, ldx, y + 4L * wholeRows, ldy, rows - wholeRows, cols);
  }

  private static void square(long x, long ldx, long y, long ldy) {
    FloatVector v0 = FloatVector.fromMemorySegment(EIGHT, ALL, x, ORDER);
    FloatVector v1 = FloatVector.fromMemorySegment(EIGHT, ALL, x + ldx, ORDER);
    FloatVector v2 = FloatVector.fromMemorySegment(EIGHT, ALL, x + 2 * ldx, ORDER);
    FloatVector v3 = FloatVector.fromMemorySegment(EIGHT, ALL, x + 3 * ldx, ORDER);
    FloatVector v4 = FloatVector.fromMemorySegment(EIGHT, ALL, x + 4 * ldx, ORDER);
    FloatVector v5 = FloatVector.fromMemorySegment(EIGHT, ALL, x + 5 * ldx, ORDER);
    FloatVector v6 = FloatVector.fromMemorySegment(EIGHT, ALL, x + 6 * ldx, ORDER);
    FloatVector v7 = FloatVector.fromMemorySegment(EIGHT, ALL, x + 7 * ldx, ORDER);
    FloatVector t;
    t = v0.blend(v4.rearrange(ACROSS_4), HAS_4);
    v4 = v0.rearrange(ACROSS_4).blend(v4, HAS_4);
    v0 = t;
    t = v1.blend(v5.rearrange(ACROSS_4), HAS_4);
    v5 = v1.rearrange(ACROSS_4).blend(v5, HAS_4);
    v1 = t;
    t = v2.blend(v6.rearrange(ACROSS_4), HAS_4);
    v6 = v2.rearrange(ACROSS_4).blend(v6, HAS_4);
    v2 = t;
    t = v3.blend(v7.rearrange(ACROSS_4), HAS_4);
    v7 = v3.rearrange(ACROSS_4).blend(v7, HAS_4);
    v3 = t;
    t = v0.blend(v2.rearrange(ACROSS_2), HAS_2);
    v2 = v0.rearrange(ACROSS_2).blend(v2, HAS_2);
    v0 = t;
    t = v1.blend(v3.rearrange(ACROSS_2), HAS_2);
    v3 = v1.rearrange(ACROSS_2).blend(v3, HAS_2);
    v1 = t;
    t = v4.blend(v6.rearrange(ACROSS_2), HAS_2);
    v6 = v4.rearrange(ACROSS_2).blend(v6, HAS_2);
    v4 = t;
    t = v5.blend(v7.rearrange(ACROSS_2), HAS_2);
    v7 = v5.rearrange(ACROSS_2).blend(v7, HAS_2);
    v5 = t;
    t = v0.blend(v1.rearrange(ACROSS_1), HAS_1);
    v1 = v0.rearrange(ACROSS_1).blend(v1, HAS_1);
    v0 = t;
    t = v2.blend(v3.rearrange(ACROSS_1), HAS_1);
    v3 = v2.rearrange(ACROSS_1).blend(v3, HAS_1);
    v2 = t;
    t = v4.blend(v5.rearrange(ACROSS_1), HAS_1);
    v5 = v4.rearrange(ACROSS_1).blend(v5, HAS_1);
    v4 = t;
    t = v6.blend(v7.rearrange(ACROSS_1), HAS_1);
    v7 = v6.rearrange(ACROSS_1).blend(v7, HAS_1);
    v6 = t;
    v0.intoMemorySegment(ALL, y, ORDER);
    v1.intoMemorySegment(ALL, y + ldy, ORDER);
    v2.intoMemorySegment(ALL, y + 2 * ldy, ORDER);
    v3.intoMemorySegment(ALL, y + 3 * ldy, ORDER);
    v4.intoMemorySegment(ALL, y + 4 * ldy, ORDER);
    v5.intoMemorySegment(ALL, y + 5 * ldy, ORDER);
    v6.intoMemorySegment(ALL, y + 6 * ldy, ORDER);
    v7.intoMemorySegment(ALL, y + 7 * ldy, ORDER);
  }
}
