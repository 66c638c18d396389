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
  static final VectorShuffle<Float> ACROSS_4 = across(4);
  static final VectorMask<Float> HAS_4 = has(4);
  static final VectorShuffle<Float> ACROSS_2 = across(2);
  static final VectorMask<Float> HAS_2 = has(2);
  static final VectorShuffle<Float> ACROSS_1 = across(1);
  static final VectorMask<Float> HAS_1 = has(1);

  // With these the compiler sees that no address is negative, and leaves out what would check it.
  static final long ADDRESS = (1L << 62) - 1;
  static final long STRIDE = (1L << 56) - 1;

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

  private static void square(long xAt, long xRow, long yAt, long yRow) {
    long x = xAt & ADDRESS;
    long ldx = xRow & STRIDE;
    long y = yAt & ADDRESS;
    long ldy = yRow & STRIDE;
    // Of the upper four rows first, then of the lower, so that fewer registers are in use.
    FloatVector v0 = FloatVector.fromMemorySegment(EIGHT, ALL, x, ORDER);
    FloatVector v2 = FloatVector.fromMemorySegment(EIGHT, ALL, x + 2 * ldx, ORDER);
    FloatVector a0 = v0.blend(v2.rearrange(ACROSS_2), HAS_2);
    FloatVector a2 = v0.rearrange(ACROSS_2).blend(v2, HAS_2);
    FloatVector v1 = FloatVector.fromMemorySegment(EIGHT, ALL, x + ldx, ORDER);
    FloatVector v3 = FloatVector.fromMemorySegment(EIGHT, ALL, x + 3 * ldx, ORDER);
    FloatVector a1 = v1.blend(v3.rearrange(ACROSS_2), HAS_2);
    FloatVector a3 = v1.rearrange(ACROSS_2).blend(v3, HAS_2);
    FloatVector b0 = a0.blend(a1.rearrange(ACROSS_1), HAS_1);
    FloatVector b1 = a0.rearrange(ACROSS_1).blend(a1, HAS_1);
    FloatVector b2 = a2.blend(a3.rearrange(ACROSS_1), HAS_1);
    FloatVector b3 = a2.rearrange(ACROSS_1).blend(a3, HAS_1);
    FloatVector v4 = FloatVector.fromMemorySegment(EIGHT, ALL, x + 4 * ldx, ORDER);
    FloatVector v6 = FloatVector.fromMemorySegment(EIGHT, ALL, x + 6 * ldx, ORDER);
    FloatVector a4 = v4.blend(v6.rearrange(ACROSS_2), HAS_2);
    FloatVector a6 = v4.rearrange(ACROSS_2).blend(v6, HAS_2);
    FloatVector v5 = FloatVector.fromMemorySegment(EIGHT, ALL, x + 5 * ldx, ORDER);
    FloatVector v7 = FloatVector.fromMemorySegment(EIGHT, ALL, x + 7 * ldx, ORDER);
    FloatVector a5 = v5.blend(v7.rearrange(ACROSS_2), HAS_2);
    FloatVector a7 = v5.rearrange(ACROSS_2).blend(v7, HAS_2);
    FloatVector b4 = a4.blend(a5.rearrange(ACROSS_1), HAS_1);
    FloatVector b5 = a4.rearrange(ACROSS_1).blend(a5, HAS_1);
    FloatVector b6 = a6.blend(a7.rearrange(ACROSS_1), HAS_1);
    FloatVector b7 = a6.rearrange(ACROSS_1).blend(a7, HAS_1);
    b0.blend(b4.rearrange(ACROSS_4), HAS_4).intoMemorySegment(ALL, y, ORDER);
    b1.blend(b5.rearrange(ACROSS_4), HAS_4).intoMemorySegment(ALL, y + ldy, ORDER);
    b2.blend(b6.rearrange(ACROSS_4), HAS_4).intoMemorySegment(ALL, y + 2 * ldy, ORDER);
    b3.blend(b7.rearrange(ACROSS_4), HAS_4).intoMemorySegment(ALL, y + 3 * ldy, ORDER);
    b0.rearrange(ACROSS_4).blend(b4, HAS_4).intoMemorySegment(ALL, y + 4 * ldy, ORDER);
    b1.rearrange(ACROSS_4).blend(b5, HAS_4).intoMemorySegment(ALL, y + 5 * ldy, ORDER);
    b2.rearrange(ACROSS_4).blend(b6, HAS_4).intoMemorySegment(ALL, y + 6 * ldy, ORDER);
    b3.rearrange(ACROSS_4).blend(b7, HAS_4).intoMemorySegment(ALL, y + 7 * ldy, ORDER);
  }
}
