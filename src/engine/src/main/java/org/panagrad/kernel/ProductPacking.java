package org.panagrad.kernel;

import static org.panagrad.kernel.Bounds.FLOAT;
import static org.panagrad.kernel.Lanes.FLOATS;
import static org.panagrad.kernel.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Operands of a product laid out as its tiles walk through them. */
final class ProductPacking {
  private static final int WIDE = VectorProduct.WIDE;
  private static final int BLOCK = VectorProduct.BLOCK;
  private static final long WIDE_BYTES = (long) WIDE * Float.BYTES;
  private static final long BLOCK_BYTES = (long) BLOCK * Float.BYTES;

  private static final VectorSpecies<Float> EIGHT = FloatVector.SPECIES_256;

  private ProductPacking() {}

  /**
   * Panels of two vectors' columns: row p of panel q at (q * terms + p) * 2 vectors.
   *
   * @param transB whether b is (cols, terms) and not (terms, cols)
   */
  static void panels(
      boolean transB,
      MemorySegment b,
      long bAt,
      long ldb,
      int terms,
      int cols,
      MemorySegment to,
      long toAt) {
    for (int j = 0; j < cols; j += WIDE) {
      int width = Math.min(WIDE, cols - j);
      long panel = toAt + (long) (j / WIDE) * terms * WIDE_BYTES;
      if (transB) {
        VectorTranspose.transpose(b, bAt + j * ldb, ldb, to, panel, WIDE_BYTES, width, terms);
      } else if (width == WIDE) {
        panel(b, bAt + 4L * j, ldb, terms, to, panel);
      } else {
        // What the last panel has beyond is whatever was there: its products are not looked at.
        for (int p = 0; p < terms; p++) {
          MemorySegment.copy(b, bAt + 4L * j + p * ldb, to, panel + p * WIDE_BYTES, 4L * width);
        }
      }
    }
  }

  private static void panel(
      MemorySegment b, long bAt, long ldb, int terms, MemorySegment to, long toAt) {
    for (int p = 0; p < terms; p++) {
      long from = bAt + p * ldb;
      long at = toAt + p * WIDE_BYTES;
      FloatVector.fromMemorySegment(FLOATS, b, from, ORDER).intoMemorySegment(to, at, ORDER);
      FloatVector.fromMemorySegment(FLOATS, b, from + WIDE_BYTES / 2, ORDER)
          .intoMemorySegment(to, at + WIDE_BYTES / 2, ORDER);
    }
  }

  /**
   * From one block of a to the next, in bytes: a line more than it holds, as blocks a power of two
   * apart would all be written to the same set of the first level cache.
   */
  static long blockStride(int terms) {
    return terms * BLOCK_BYTES + 64;
  }

  /** Blocks of eight columns of a (terms, rows): row p of block q at q strides + p * 8 floats. */
  static void blocks(
      MemorySegment a, long aAt, long lda, int terms, int rows, MemorySegment to, long toAt) {
    for (int i = 0; i < rows; i += BLOCK) {
      long from = aAt + 4L * i;
      long at = toAt + i / BLOCK * blockStride(terms);
      if (rows - i >= BLOCK) {
        block(a, from, lda, terms, to, at);
        continue;
      }
      for (int p = 0; p < terms; p++) {
        for (int r = 0; r < rows - i; r++) {
          to.set(FLOAT, at + p * BLOCK_BYTES + 4L * r, a.get(FLOAT, from + p * lda + 4L * r));
        }
      }
    }
  }

  private static void block(
      MemorySegment a, long aAt, long lda, int terms, MemorySegment to, long toAt) {
    for (int p = 0; p < terms; p++) {
      FloatVector.fromMemorySegment(EIGHT, a, aAt + p * lda, ORDER)
          .intoMemorySegment(to, toAt + p * BLOCK_BYTES, ORDER);
    }
  }
}
