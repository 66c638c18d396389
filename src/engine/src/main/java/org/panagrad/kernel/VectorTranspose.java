package org.panagrad.kernel;

import static org.panagrad.kernel.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** y = x transposed, eight by eight elements at a time in registers where vectors are that long. */
final class VectorTranspose {
  private static final VectorSpecies<Float> EIGHT = FloatVector.SPECIES_256;
  private static final int SIDE = 8;

  // For each stage the halves that two vectors exchange: those without and those with bit d.
  private static final VectorShuffle<Float> LOW_4 = exchange(4, false);
  private static final VectorShuffle<Float> HIGH_4 = exchange(4, true);
  private static final VectorShuffle<Float> LOW_2 = exchange(2, false);
  private static final VectorShuffle<Float> HIGH_2 = exchange(2, true);
  private static final VectorShuffle<Float> LOW_1 = exchange(1, false);
  private static final VectorShuffle<Float> HIGH_1 = exchange(1, true);

  private VectorTranspose() {}

  /** Lane i of two vectors' exchange: from the second, counted from 8 on, where i has bit d. */
  private static VectorShuffle<Float> exchange(int d, boolean high) {
    return VectorShuffle.fromOp(EIGHT, i -> (i & ~d) + (high ? d : 0) + ((i & d) != 0 ? SIDE : 0));
  }

  /** Row strides in bytes. */
  static void transpose(
      MemorySegment x,
      long xAt,
      long ldx,
      MemorySegment y,
      long yAt,
      long ldy,
      int rows,
      int cols) {
    int wholeRows = Lanes.BITS >= 256 ? rows / SIDE * SIDE : 0;
    int wholeCols = cols / SIDE * SIDE;
    for (int r = 0; r < wholeRows; r += SIDE) {
      for (int c = 0; c < wholeCols; c += SIDE) {
        square(x, xAt + r * ldx + 4L * c, ldx, y, yAt + c * ldy + 4L * r, ldy);
      }
    }
    ScalarRows.transpose(
        x, xAt + 4L * wholeCols, ldx, y, yAt + wholeCols * ldy, ldy, wholeRows, cols - wholeCols);
    ScalarRows.transpose(
        x, xAt + wholeRows * ldx, ldx, y, yAt + 4L * wholeRows, ldy, rows - wholeRows, cols);
  }

  private static void square(
      MemorySegment x, long xAt, long ldx, MemorySegment y, long yAt, long ldy) {
    FloatVector v0 = FloatVector.fromMemorySegment(EIGHT, x, xAt, ORDER);
    FloatVector v1 = FloatVector.fromMemorySegment(EIGHT, x, xAt + ldx, ORDER);
    FloatVector v2 = FloatVector.fromMemorySegment(EIGHT, x, xAt + 2 * ldx, ORDER);
    FloatVector v3 = FloatVector.fromMemorySegment(EIGHT, x, xAt + 3 * ldx, ORDER);
    FloatVector v4 = FloatVector.fromMemorySegment(EIGHT, x, xAt + 4 * ldx, ORDER);
    FloatVector v5 = FloatVector.fromMemorySegment(EIGHT, x, xAt + 5 * ldx, ORDER);
    FloatVector v6 = FloatVector.fromMemorySegment(EIGHT, x, xAt + 6 * ldx, ORDER);
    FloatVector v7 = FloatVector.fromMemorySegment(EIGHT, x, xAt + 7 * ldx, ORDER);
    FloatVector t;
    t = v0.rearrange(LOW_4, v4);
    v4 = v0.rearrange(HIGH_4, v4);
    v0 = t;
    t = v1.rearrange(LOW_4, v5);
    v5 = v1.rearrange(HIGH_4, v5);
    v1 = t;
    t = v2.rearrange(LOW_4, v6);
    v6 = v2.rearrange(HIGH_4, v6);
    v2 = t;
    t = v3.rearrange(LOW_4, v7);
    v7 = v3.rearrange(HIGH_4, v7);
    v3 = t;
    t = v0.rearrange(LOW_2, v2);
    v2 = v0.rearrange(HIGH_2, v2);
    v0 = t;
    t = v1.rearrange(LOW_2, v3);
    v3 = v1.rearrange(HIGH_2, v3);
    v1 = t;
    t = v4.rearrange(LOW_2, v6);
    v6 = v4.rearrange(HIGH_2, v6);
    v4 = t;
    t = v5.rearrange(LOW_2, v7);
    v7 = v5.rearrange(HIGH_2, v7);
    v5 = t;
    t = v0.rearrange(LOW_1, v1);
    v1 = v0.rearrange(HIGH_1, v1);
    v0 = t;
    t = v2.rearrange(LOW_1, v3);
    v3 = v2.rearrange(HIGH_1, v3);
    v2 = t;
    t = v4.rearrange(LOW_1, v5);
    v5 = v4.rearrange(HIGH_1, v5);
    v4 = t;
    t = v6.rearrange(LOW_1, v7);
    v7 = v6.rearrange(HIGH_1, v7);
    v6 = t;
    v0.intoMemorySegment(y, yAt, ORDER);
    v1.intoMemorySegment(y, yAt + ldy, ORDER);
    v2.intoMemorySegment(y, yAt + 2 * ldy, ORDER);
    v3.intoMemorySegment(y, yAt + 3 * ldy, ORDER);
    v4.intoMemorySegment(y, yAt + 4 * ldy, ORDER);
    v5.intoMemorySegment(y, yAt + 5 * ldy, ORDER);
    v6.intoMemorySegment(y, yAt + 6 * ldy, ORDER);
    v7.intoMemorySegment(y, yAt + 7 * ldy, ORDER);
  }
}
