package org.panagrad.blas;

/**
 * How a product is cut into pieces that OpenBLAS computes where its operands lie.
 *
 * <p>Its kernels for AVX-512 pack nothing where m n k is at most 100 cubed, and with a transposed B
 * where also m n is at most 1200 and k at least 32; such a product runs at 110 to 117 GFLOP/s on a
 * core whose peak is 117, where a larger one, packed, runs at 80 to 104. docs/decisions/0014 has
 * the shapes that this was measured at, and those at which packing pays.
 *
 * <p>A cut is three extents, each below 2^20, and the order of the pieces, in one long, so that
 * nothing is allocated; 0 is a product that is left whole. It follows from the shape alone, and so
 * do the bits, but that a column without gaps is multiplied as a row.
 */
final class Pieces {
  /** Multiply-adds of a product that is not packed. */
  private static final int VOLUME = 1_000_000;

  /** Elements of a result that is not packed, where B is transposed. */
  private static final int UNPACKED_AREA = 1_200;

  /** Of these as many as a piece of 32 rows and whole eights of columns has. */
  private static final int AREA = 1_152;

  /** Terms of a sum from which few rows of A do not pay for a transposed copy of B. */
  private static final int LONG_SUM = 512;

  /** Rows of A that pay for it whatever the sum. */
  private static final int MANY_ROWS = 128;

  /** Rows or columns that pay for it at all. */
  private static final int LEAST = 16;

  /** Rows or columns of a strip: packing the other operand costs more than the strip itself. */
  private static final int STRIP = 64;

  /** Elements of a result that leaves the second level of cache. */
  private static final int RESIDENT = 1 << 18;

  /** Columns of B, transposed, that are multiplied from a copy. */
  private static final int PANEL_COLS = 64;

  /** Terms of a sum: of as many columns these are 32 KiB, most of a first level of cache or all. */
  private static final int NEAR_DEPTH = 128;

  /** Terms of a sum so short that a piece does little but go through its part of the result. */
  private static final int SHORT_SUM = 64;

  /**
   * Rows of such a piece: so few that a processor sees no stride in them. It would go on with it
   * beyond the last row, and take from another lane's cache what that lane is about to write.
   */
  private static final int SHORT_ROWS = 12;

  /** Terms of a sum that the copy holds of each. */
  private static final int PANEL_DEPTH = 512;

  /** Floats of the copy. */
  static final int PANEL = PANEL_COLS * PANEL_DEPTH;

  /** The copies' memory. */
  static final Copies COPIES = new Copies(4L * PANEL);

  /** Elements of operands that would be read from memory again for every row of pieces. */
  private static final long STREAMING = 1L << 22;

  /** Elements of an A that is read again for every chunk of the sums. */
  private static final long NEAR = 1L << 21;

  /** Columns of a result so few that A may be read again for each 64, whatever its size. */
  private static final int FEW = 256;

  /** Columns of pieces come outermost, not rows. */
  private static final long COLUMNS_FIRST = 1L << 60;

  /** All pieces of one chunk of the sums come before those of the next. */
  private static final long CHUNKS_FIRST = 1L << 61;

  /** Columns of a transposed B are copied, row by row, before their pieces. */
  private static final long COPIED = 1L << 62;

  private Pieces() {}

  /** The cut of c (m, n) = op(a) (m, k) op(b) (k, n). */
  static long of(boolean transA, boolean transB, int m, int n, int k) {
    long volume = (long) m * n * k;
    boolean strip = Math.min(m, n) <= STRIP;
    if (volume == 0 || (!strip && streams(transA, transB, m, n, k))) {
      return 0;
    }
    if (transB) {
      return transA ? 0 : ofTransposed(m, n, k);
    }
    boolean pays = (long) m * n <= RESIDENT || k > 256;
    return pays && volume > VOLUME ? panels(transA, m, n, k) : 0;
  }

  private static long ofTransposed(int m, int n, int k) {
    if (m < LEAST || n < LEAST || (m < MANY_ROWS && k >= LONG_SUM)) {
      boolean isSmall = (long) m * n <= UNPACKED_AREA && (long) m * n * k <= VOLUME;
      return k >= 32 && !isSmall ? dots(m, n, k) : 0;
    }
    boolean pays = (long) m * n <= 2 * RESIDENT || k > 256;
    int width = Math.min(n, PANEL_COLS);
    int depth = evenly(k, PANEL_DEPTH);
    return pays ? cut(Math.min(m, rows(VOLUME / (width * depth))), width, depth) | COPIED : 0;
  }

  private static boolean streams(boolean transA, boolean transB, int m, int n, int k) {
    boolean readsFew = transA || (!transB && n <= FEW);
    return !readsFew && (long) m * k + (long) k * n + (long) m * n > STREAMING;
  }

  /**
   * For a transposed B that is not copied: every element of a piece is a dot product of two rows.
   */
  private static long dots(int m, int n, int k) {
    int depth = evenly(k, 1_024);
    int area = Math.min(AREA, VOLUME / depth);
    if (m <= 32 && m <= n) {
      return cut(m, multiple(area / m, 8), depth);
    }
    return n <= 32
        ? cut(multiple(area / n, 8), n, depth)
        : cut(32, multiple(area / 32, 8), depth) | (m < n ? COLUMNS_FIRST : 0);
  }

  /** Else: a piece is rows of four vectors. */
  private static long panels(boolean transA, int m, int n, int k) {
    int width = Math.min(n, PANEL_COLS);
    if (!transA && k <= SHORT_SUM && n > PANEL_COLS) {
      return cut(SHORT_ROWS, Math.min(n, multiple(VOLUME / (SHORT_ROWS * k), width)), k);
    }
    if (!transA && (n <= PANEL_COLS || (long) m * k > NEAR)) {
      // Few columns, which as a rule lie without gaps, stay near even if they are longer; and a
      // large A is not to be fetched again for every chunk.
      return pieces(m, width, k > 1_024 ? PANEL_DEPTH : k);
    }
    // What a piece reads of B stays in the first level of cache while the rows of A pass by.
    return pieces(m, width, evenly(k, NEAR_DEPTH)) | CHUNKS_FIRST | COLUMNS_FIRST;
  }

  private static long pieces(int m, int width, int depth) {
    int most = VOLUME / (width * depth);
    return m <= most
        ? cut(m, multiple(VOLUME / (m * depth), width), depth)
        : cut(evenRows(m, most), width, depth);
  }

  /** As few pieces as are of at most this many rows, all but the last alike. */
  private static int evenRows(int m, int most) {
    int longest = rows(most);
    int pieces = (m + longest - 1) / longest;
    int rows = (m + pieces - 1) / pieces;
    return Math.min(longest, (rows + 23) / 24 * 24);
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
    return (int) (cut >>> 40) & 0xfffff;
  }

  /** Columns of a piece of c. */
  static int cols(long cut) {
    return (int) (cut >>> 20) & 0xfffff;
  }

  /** Terms of the sums that a piece is computed in one call for. */
  static int depth(long cut) {
    return (int) cut & 0xfffff;
  }

  static boolean copied(long cut) {
    return (cut & COPIED) != 0;
  }

  static boolean columnsFirst(long cut) {
    return (cut & COLUMNS_FIRST) != 0;
  }

  static boolean chunksFirst(long cut) {
    return (cut & CHUNKS_FIRST) != 0;
  }
}
