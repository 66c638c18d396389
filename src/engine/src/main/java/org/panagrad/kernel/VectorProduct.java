package org.panagrad.kernel;

import static org.panagrad.kernel.Bounds.FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * c = alpha op(a) op(b) + beta c, a tile of c at a time in registers.
 *
 * <p>Blocked as Goto and van de Geijn do (2008, "Anatomy of High-Performance Matrix
 * Multiplication"), but an operand is packed only where the tiles would stride through it: b where
 * it is transposed or its rows are far apart, a where it is transposed and used often.
 */
final class VectorProduct {
  /** Rows of a taken at once: with the terms of a chain they stay in the second level cache. */
  static final int ROWS = 64;

  /** Columns of b packed at once, likewise. */
  static final int COLS = 256;

  /** Rows of a in a packed block, and of the tallest tile. */
  static final int BLOCK = 8;

  /** Columns of a panel of b, and of every tile. */
  static final int WIDE = 2 * Lanes.LENGTH;

  private static final long TILE_ROW = 4L * WIDE;
  private static final int CHAIN = Kernels.CHAIN;

  /** With 16 registers an accumulator of 8 x 2 vectors would live on the stack. */
  private static final boolean TALL = Lanes.BITS == 512;

  private VectorProduct() {}

  /**
   * Whether b is transposed, does not end in a whole panel, or has rows so far apart that walking
   * down a panel would miss the caches.
   */
  private static boolean packsB(boolean transB, int m, int n, long bRow) {
    return transB || n % WIDE != 0 || (m >= ROWS / 2 && bRow > 2 * TILE_ROW);
  }

  private static boolean packsA(boolean transA, int n, long aRow) {
    return Lanes.BITS >= 256 && transA && n >= 2 * WIDE && aRow > 2 * TILE_ROW;
  }

  private static long panelsBytes(int n, int k) {
    long panels = Math.min(COLS / WIDE, (n + WIDE - 1L) / WIDE);
    return panels * Math.min(k, CHAIN) * TILE_ROW;
  }

  /** Some 640 KiB at most: a tile, the packed panels of b, the packed blocks of a. */
  static long scratchBytes(int m, int n, int k) {
    long blocks = Math.min(ROWS / BLOCK, (m + BLOCK - 1L) / BLOCK);
    long blocksBytes = blocks * ProductPacking.blockStride(Math.min(k, CHAIN));
    return BLOCK * TILE_ROW + panelsBytes(n, k) + blocksBytes;
  }

  /** As {@link Kernels#product}; row strides in bytes. */
  static void product(
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      float alpha,
      MemorySegment a,
      long aAt,
      long lda,
      MemorySegment b,
      long bAt,
      long ldb,
      float beta,
      MemorySegment c,
      long cAt,
      long ldc,
      MemorySegment scratch,
      long tile) {
    boolean packsA = packsA(transA, n, lda);
    boolean packsB = packsB(transB, m, n, ldb);
    long panelsAt = tile + BLOCK * TILE_ROW;
    long blocksAt = panelsAt + panelsBytes(n, k);
    long aRow = transA ? Float.BYTES : lda;
    long aCol = transA ? lda : Float.BYTES;
    long bRow = transB ? Float.BYTES : ldb;
    long bCol = transB ? ldb : Float.BYTES;
    for (int p = 0; p == 0 || p < k; p += CHAIN) {
      int terms = Math.min(CHAIN, k - p);
      float carry = p == 0 ? beta : 1;
      long aP = aAt + p * aCol;
      for (int j = 0; j < n; j += COLS) {
        int cols = Math.min(COLS, n - j);
        long bPj = bAt + p * bRow + j * bCol;
        if (packsB) {
          ProductPacking.panels(transB, b, bPj, ldb, terms, cols, scratch, panelsAt);
        }
        MemorySegment bs = packsB ? scratch : b;
        long bsAt = packsB ? panelsAt : bPj;
        long bsRow = packsB ? TILE_ROW : ldb;
        long panel = packsB ? terms * TILE_ROW : TILE_ROW;
        for (int i = 0; i < m; i += ROWS) {
          int rows = Math.min(ROWS, m - i);
          long cIj = cAt + i * ldc + 4L * j;
          long aPi = aP + i * aRow;
          if (packsA) {
            ProductPacking.blocks(a, aPi, lda, terms, rows, scratch, blocksAt);
          }
          panels(
              rows,
              cols,
              terms,
              alpha,
              packsA ? scratch : a,
              packsA ? blocksAt : aPi,
              packsA ? Float.BYTES : aRow,
              packsA ? 4L * BLOCK : aCol,
              packsA ? ProductPacking.blockStride(terms) : BLOCK * aRow,
              bs,
              bsAt,
              bsRow,
              panel,
              carry,
              c,
              cIj,
              ldc,
              scratch,
              tile);
        }
      }
    }
  }

  /**
   * Some rows of a, block bytes from eight to the next eight, times all panels, panel bytes apart.
   */
  private static void panels(
      int m,
      int n,
      int k,
      float alpha,
      MemorySegment a,
      long aAt,
      long aRow,
      long aCol,
      long block,
      MemorySegment b,
      long bAt,
      long bRow,
      long panel,
      float beta,
      MemorySegment c,
      long cAt,
      long ldc,
      MemorySegment scratch,
      long tile) {
    for (int j = 0; j < n; j += WIDE) {
      long bJ = bAt + j / WIDE * panel;
      int cols = Math.min(WIDE, n - j);
      for (int i = 0; i < m; i += BLOCK) {
        int rows = Math.min(BLOCK, m - i);
        long aI = aAt + i / BLOCK * block;
        long cIj = cAt + i * ldc + 4L * j;
        if (cols == WIDE && beta == 0) {
          set(rows, k, alpha, a, aI, aRow, aCol, b, bJ, bRow, c, cIj, ldc);
          continue;
        }
        set(rows, k, 1, a, aI, aRow, aCol, b, bJ, bRow, scratch, tile, TILE_ROW);
        if (cols == WIDE) {
          ProductTiles.add(rows, scratch, tile, c, cIj, ldc, alpha, beta);
        } else {
          addSome(rows, cols, scratch, tile, c, cIj, ldc, alpha, beta);
        }
      }
    }
  }

  private static void set(
      int rows,
      int k,
      float alpha,
      MemorySegment a,
      long aAt,
      long aRow,
      long aCol,
      MemorySegment b,
      long bAt,
      long bRow,
      MemorySegment c,
      long cAt,
      long cRow) {
    if (rows == BLOCK && TALL) {
      ProductTiles.set8(a, aAt, aRow, aCol, b, bAt, bRow, k, c, cAt, cRow, alpha);
      return;
    }
    long aI = aAt;
    long cI = cAt;
    for (int i = 4; i <= rows; i += 4) {
      ProductTiles.set4(a, aI, aRow, aCol, b, bAt, bRow, k, c, cI, cRow, alpha);
      aI += 4 * aRow;
      cI += 4 * cRow;
    }
    if ((rows & 2) != 0) {
      ProductTiles.set2(a, aI, aRow, aCol, b, bAt, bRow, k, c, cI, cRow, alpha);
      aI += 2 * aRow;
      cI += 2 * cRow;
    }
    if ((rows & 1) != 0) {
      ProductTiles.set1(a, aI, aRow, aCol, b, bAt, bRow, k, c, cI, cRow, alpha);
    }
  }

  /** c = alpha tile + beta c for the first columns of a tile, where c has no more. */
  private static void addSome(
      int rows,
      int cols,
      MemorySegment scratch,
      long tile,
      MemorySegment c,
      long cAt,
      long cRow,
      float alpha,
      float beta) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < cols; j++) {
        float sum = scratch.get(FLOAT, tile + r * TILE_ROW + 4L * j);
        ScalarProduct.put(c, cAt + r * cRow + 4L * j, sum, alpha, beta);
      }
    }
  }
}
