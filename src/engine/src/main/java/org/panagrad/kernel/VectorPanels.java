package org.panagrad.kernel;

import static org.panagrad.kernel.Lanes.ORDER;
import static org.panagrad.kernel.OffHeap.ALL;
import static org.panagrad.kernel.VectorTranspose.ACROSS_1;
import static org.panagrad.kernel.VectorTranspose.ACROSS_2;
import static org.panagrad.kernel.VectorTranspose.ACROSS_4;
import static org.panagrad.kernel.VectorTranspose.ADDRESS;
import static org.panagrad.kernel.VectorTranspose.HAS_1;
import static org.panagrad.kernel.VectorTranspose.HAS_2;
import static org.panagrad.kernel.VectorTranspose.HAS_4;
import static org.panagrad.kernel.VectorTranspose.STRIDE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies into panels: a panel is the same few columns (or rows) of all terms, term after term
 * without gaps. Strides are in bytes.
 */
final class VectorPanels {
  private static final VectorSpecies<Float> EIGHT = FloatVector.SPECIES_256;
  private static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;

  private VectorPanels() {}

  /** Four panels of eight columns, so many bytes apart; x is (terms, columns). */
  static void fourColumns(long x, long ldx, long panel, long size, int terms) {
    long row = ldx & STRIDE;
    long apart = size & STRIDE;
    long from = x & ADDRESS;
    long to = panel & ADDRESS;
    for (int t = 0; t < terms; t++) {
      eight(from).intoMemorySegment(ALL, to, ORDER);
      eight(from + 32).intoMemorySegment(ALL, to + apart, ORDER);
      eight(from + 64).intoMemorySegment(ALL, to + 2 * apart, ORDER);
      eight(from + 96).intoMemorySegment(ALL, to + 3 * apart, ORDER);
      from = (from + row) & ADDRESS;
      to = (to + 32) & ADDRESS;
    }
  }

  /** A panel of eight columns; x is (terms, columns). */
  static void column(long x, long ldx, long panel, int terms) {
    long row = ldx & STRIDE;
    long from = x & ADDRESS;
    long to = panel & ADDRESS;
    for (int t = 0; t < terms; t++) {
      eight(from).intoMemorySegment(ALL, to, ORDER);
      from = (from + row) & ADDRESS;
      to = (to + 32) & ADDRESS;
    }
  }

  /** A panel of eight columns; x is (columns, terms). */
  static void columnTransposed(long x, long ldx, long panel, int terms) {
    VectorTranspose.transpose(x, ldx, panel, 32, 8, terms);
  }

  /** A panel of four rows; x is (rows, terms). */
  static void row(long x, long ldx, long panel, int terms) {
    int whole = terms & -8;
    for (int t = 0; t < whole; t += 8) {
      fourRows(x + 4L * t, ldx, panel + 16L * t);
    }
    ScalarRows.transpose(x + 4L * whole, ldx, panel + 16L * whole, 16, 4, terms - whole);
  }

  /** Four rows of eight terms. */
  private static void fourRows(long xAt, long xRow, long toAt) {
    long x = xAt & ADDRESS;
    long ldx = xRow & STRIDE;
    long to = toAt & ADDRESS;
    FloatVector r0 = eight(x);
    FloatVector r1 = eight(x + ldx);
    FloatVector r2 = eight(x + 2 * ldx);
    FloatVector r3 = eight(x + 3 * ldx);
    // Within halves, lanes are terms and become rows: of term 0 and 4, 1 and 5, 2 and 6, 3 and 7.
    FloatVector p0 = r0.blend(r2.rearrange(ACROSS_2), HAS_2);
    FloatVector p2 = r0.rearrange(ACROSS_2).blend(r2, HAS_2);
    FloatVector p1 = r1.blend(r3.rearrange(ACROSS_2), HAS_2);
    FloatVector p3 = r1.rearrange(ACROSS_2).blend(r3, HAS_2);
    FloatVector t0 = p0.blend(p1.rearrange(ACROSS_1), HAS_1);
    FloatVector t1 = p0.rearrange(ACROSS_1).blend(p1, HAS_1);
    FloatVector t2 = p2.blend(p3.rearrange(ACROSS_1), HAS_1);
    FloatVector t3 = p2.rearrange(ACROSS_1).blend(p3, HAS_1);
    t0.blend(t1.rearrange(ACROSS_4), HAS_4).intoMemorySegment(ALL, to, ORDER);
    t2.blend(t3.rearrange(ACROSS_4), HAS_4).intoMemorySegment(ALL, to + 32, ORDER);
    t0.rearrange(ACROSS_4).blend(t1, HAS_4).intoMemorySegment(ALL, to + 64, ORDER);
    t2.rearrange(ACROSS_4).blend(t3, HAS_4).intoMemorySegment(ALL, to + 96, ORDER);
  }

  /** Four panels of four rows, so many bytes apart; x is (terms, rows). */
  static void fourRowsTransposed(long x, long ldx, long panel, long size, int terms) {
    long row = ldx & STRIDE;
    long apart = size & STRIDE;
    long from = x & ADDRESS;
    long to = panel & ADDRESS;
    for (int t = 0; t < terms; t++) {
      four(from).intoMemorySegment(ALL, to, ORDER);
      four(from + 16).intoMemorySegment(ALL, to + apart, ORDER);
      four(from + 32).intoMemorySegment(ALL, to + 2 * apart, ORDER);
      four(from + 48).intoMemorySegment(ALL, to + 3 * apart, ORDER);
      from = (from + row) & ADDRESS;
      to = (to + 16) & ADDRESS;
    }
  }

  /** A panel of four rows; x is (terms, rows). */
  static void rowTransposed(long x, long ldx, long panel, int terms) {
    long row = ldx & STRIDE;
    long from = x & ADDRESS;
    long to = panel & ADDRESS;
    for (int t = 0; t < terms; t++) {
      four(from).intoMemorySegment(ALL, to, ORDER);
      from = (from + row) & ADDRESS;
      to = (to + 16) & ADDRESS;
    }
  }

  private static FloatVector eight(long at) {
    return FloatVector.fromMemorySegment(EIGHT, ALL, at, ORDER);
  }

  private static FloatVector four(long at) {
    return FloatVector.fromMemorySegment(FOUR, ALL, at, ORDER);
  }
}
