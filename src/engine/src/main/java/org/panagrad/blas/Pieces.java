package org.panagrad.blas;

/**
 * How a product is cut into pieces that OpenBLAS computes where its operands lie.
 *
 * <p>Its kernels for AVX-512 pack nothing where m n k is at most 100 cubed, and with a transposed B
 * where also m n is at most 1200 and k at least 32; such a product runs at 110 to 117 GFLOP/s on a
 * core whose peak is 117, where a larger one, packed, runs at 80 to 104. docs/decisions/0014 has
 * the shapes that this was measured at, and those at which packing pays.
 *
 * <p>A cut is three extents, each below 2^20, in one long, so that nothing is allocated; 0 is a
 * product that is left whole. It follows from the shape alone, and so do the bits.
 */
final class Pieces {
  /** Multiply-adds of a product that is not packed. */
  private static final int VOLUME = 1_000_000;

  /** Elements of a result that is not packed, where B is transposed. */
  private static final int UNPACKED_AREA = 1_200;

  /** Of these as many as a piece of 32 rows and whole eights of columns has. */
  private static final int AREA = 1_152;

  /** Terms of a sum below which a product with a transposed B is cut only where it is a strip. */
  private static final int LONG_SUM = 512;

  /** Rows or columns of a strip: packing the other operand costs more than the strip itself. */
  private static final int STRIP = 64;

  /** Elements of a result that leaves the second level of cache. */
  private static final int RESIDENT = 1 << 18;

  /** Elements of operands that would be read from memory again for every row of pieces. */
  private static final long STREAMING = 1L << 22;

  private Pieces() {}

  /** The cut of c (m, n) = op(a) (m, k) op(b) (k, n). */
  static long of(boolean transA, boolean transB, int m, int n, int k) {
    long volume = (long) m * n * k;
    boolean strip = Math.min(m, n) <= STRIP;
    if (volume == 0 || (!strip && (long) m * k + (long) k * n + (long) m * n > STREAMING)) {
      return 0;
    }
    if (transB) {
      boolean pays = !transA && k >= 32 && (k >= LONG_SUM || strip);
      boolean isSmall = (long) m * n <= UNPACKED_AREA && volume <= VOLUME;
      return pays && !isSmall ? dots(m, n, k) : 0;
    }
    boolean pays = (long) m * n <= RESIDENT || k > 256;
    return pays && volume > VOLUME ? panels(transA, m, n, k) : 0;
  }

  /** For a transposed B: every element of a piece is a dot product of two rows. */
  private static long dots(int m, int n, int k) {
    int depth = evenly(k, 1_024);
    int area = Math.min(AREA, VOLUME / depth);
    if (m <= 32 && m <= n) {
      return cut(m, multiple(area / m, 8), depth);
    }
    return n <= 32 ? cut(multiple(area / n, 8), n, depth) : cut(32, multiple(area / 32, 8), depth);
  }

  /** Else: a piece is rows of four vectors, 24 or so of them at a time. */
  private static long panels(boolean transA, int m, int n, int k) {
    int depth = transA ? Math.min(k, 256) : k > 1_024 ? 512 : k;
    if (n <= 64) {
      return cut(rows(VOLUME / (n * depth)), n, depth);
    }
    int most = VOLUME / (64 * depth);
    return m <= most
        ? cut(m, multiple(VOLUME / (m * depth), 64), depth)
        : cut(rows(most), 64, depth);
  }

  /** How many rows of at least 12 the kernels are fastest with. */
  private static int rows(int most) {
    return most < 24 ? 12 : multiple(most, 24);
  }

  /** The extent of as few equal parts as are at most this long. */
  private static int evenly(int extent, int most) {
    int parts = (extent + most - 1) / most;
    return parts == 1 ? extent : multiple((extent + parts - 1) / parts + 15, 16);
  }

  private static int multiple(int extent, int of) {
    return Math.max(of, extent / of * of);
  }

  private static long cut(int rows, int cols, int depth) {
    return (long) rows << 40 | (long) cols << 20 | depth;
  }

  /** Rows of a piece of c; the last may be short. */
  static int rows(long cut) {
    return (int) (cut >>> 40);
  }

  /** Columns of a piece of c. */
  static int cols(long cut) {
    return (int) (cut >>> 20) & 0xfffff;
  }

  /** Terms of the sums that a piece is computed in one call for. */
  static int depth(long cut) {
    return (int) cut & 0xfffff;
  }
}
