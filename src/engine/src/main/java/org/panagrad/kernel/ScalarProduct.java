package org.panagrad.kernel;

import static org.panagrad.kernel.Bounds.FLOAT;

import java.lang.foreign.MemorySegment;

/** c = alpha op(a) op(b) + beta c, four by four elements of c at a time. */
final class ScalarProduct {
  private ScalarProduct() {}

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
      long ldc) {
    long aRow = transA ? Float.BYTES : lda;
    long aCol = transA ? lda : Float.BYTES;
    long bRow = transB ? Float.BYTES : ldb;
    long bCol = transB ? ldb : Float.BYTES;
    for (int from = 0; from == 0 || from < k; from += Kernels.CHAIN) {
      stretch(
          m,
          n,
          Math.min(Kernels.CHAIN, k - from),
          alpha,
          a,
          aAt + from * aCol,
          aRow,
          aCol,
          b,
          bAt + from * bRow,
          bRow,
          bCol,
          from == 0 ? beta : 1,
          c,
          cAt,
          ldc);
    }
  }

  private static void stretch(
      int m,
      int n,
      int k,
      float alpha,
      MemorySegment a,
      long aAt,
      long aRow,
      long aCol,
      MemorySegment b,
      long bAt,
      long bRow,
      long bCol,
      float beta,
      MemorySegment c,
      long cAt,
      long cRow) {
    for (int i = 0; i < m; i += 4) {
      for (int j = 0; j < n; j += 4) {
        long aI = aAt + i * aRow;
        long bJ = bAt + j * bCol;
        long cIj = cAt + i * cRow + 4L * j;
        if (i + 4 <= m && j + 4 <= n) {
          tile(a, aI, aRow, aCol, b, bJ, bRow, bCol, k, c, cIj, cRow, alpha, beta);
          continue;
        }
        for (int r = 0; r < Math.min(4, m - i); r++) {
          for (int s = 0; s < Math.min(4, n - j); s++) {
            float sum = 0;
            for (int p = 0; p < k; p++) {
              sum =
                  Math.fma(
                      a.get(FLOAT, aI + r * aRow + p * aCol),
                      b.get(FLOAT, bJ + s * bCol + p * bRow),
                      sum);
            }
            put(c, cIj + r * cRow + 4L * s, sum, alpha, beta);
          }
        }
      }
    }
  }

  private static void tile(
      MemorySegment a,
      long aAt,
      long aRow,
      long aCol,
      MemorySegment b,
      long bAt,
      long bRow,
      long bCol,
      int k,
      MemorySegment c,
      long cAt,
      long cRow,
      float alpha,
      float beta) {
    float c00 = 0;
    float c01 = 0;
    float c02 = 0;
    float c03 = 0;
    float c10 = 0;
    float c11 = 0;
    float c12 = 0;
    float c13 = 0;
    float c20 = 0;
    float c21 = 0;
    float c22 = 0;
    float c23 = 0;
    float c30 = 0;
    float c31 = 0;
    float c32 = 0;
    float c33 = 0;
    for (int p = 0; p < k; p++) {
      long aP = aAt + p * aCol;
      long bP = bAt + p * bRow;
      float b0 = b.get(FLOAT, bP);
      float b1 = b.get(FLOAT, bP + bCol);
      float b2 = b.get(FLOAT, bP + 2 * bCol);
      float b3 = b.get(FLOAT, bP + 3 * bCol);
      float x = a.get(FLOAT, aP);
      c00 = Math.fma(x, b0, c00);
      c01 = Math.fma(x, b1, c01);
      c02 = Math.fma(x, b2, c02);
      c03 = Math.fma(x, b3, c03);
      x = a.get(FLOAT, aP + aRow);
      c10 = Math.fma(x, b0, c10);
      c11 = Math.fma(x, b1, c11);
      c12 = Math.fma(x, b2, c12);
      c13 = Math.fma(x, b3, c13);
      x = a.get(FLOAT, aP + 2 * aRow);
      c20 = Math.fma(x, b0, c20);
      c21 = Math.fma(x, b1, c21);
      c22 = Math.fma(x, b2, c22);
      c23 = Math.fma(x, b3, c23);
      x = a.get(FLOAT, aP + 3 * aRow);
      c30 = Math.fma(x, b0, c30);
      c31 = Math.fma(x, b1, c31);
      c32 = Math.fma(x, b2, c32);
      c33 = Math.fma(x, b3, c33);
    }
    long at = cAt;
    put(c, at, c00, alpha, beta);
    put(c, at + 4, c01, alpha, beta);
    put(c, at + 8, c02, alpha, beta);
    put(c, at + 12, c03, alpha, beta);
    at += cRow;
    put(c, at, c10, alpha, beta);
    put(c, at + 4, c11, alpha, beta);
    put(c, at + 8, c12, alpha, beta);
    put(c, at + 12, c13, alpha, beta);
    at += cRow;
    put(c, at, c20, alpha, beta);
    put(c, at + 4, c21, alpha, beta);
    put(c, at + 8, c22, alpha, beta);
    put(c, at + 12, c23, alpha, beta);
    at += cRow;
    put(c, at, c30, alpha, beta);
    put(c, at + 4, c31, alpha, beta);
    put(c, at + 8, c32, alpha, beta);
    put(c, at + 12, c33, alpha, beta);
  }

  /** c = alpha sum + beta c for an element of c. */
  static void put(MemorySegment c, long at, float sum, float alpha, float beta) {
    c.set(FLOAT, at, beta == 0 ? sum * alpha : Math.fma(sum, alpha, beta * c.get(FLOAT, at)));
  }
}
