package org.panagrad.blas;

import java.lang.foreign.MemorySegment;
import org.panagrad.openblas.cblas.Cblas;

/**
 * Products by kernels of OpenBLAS that copy their operands first, as those for AVX2 do whatever the
 * shape: the copy of a matrix that a single vector is multiplied with takes eight times as long as
 * the product.
 *
 * <p>docs/decisions/0021 has the shapes and times that this was measured at.
 */
final class Packed {
  /** Columns or rows of a result so few that each is the product of a matrix and a vector. */
  private static final int FEW = 4;

  private static final int ROW_MAJOR = Cblas.CblasRowMajor();
  private static final int NO_TRANS = Cblas.CblasNoTrans();
  private static final int TRANS = Cblas.CblasTrans();

  private Packed() {}

  /** The product of operands that are checked. */
  static void multiply(
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      float alpha,
      Matrix a,
      Matrix b,
      float beta,
      Matrix c) {
    // Of no terms a vector would be left as it is, whatever beta says.
    if (k == 0 || (m > FEW && n > FEW)) {
      whole(transA, transB, m, n, k, alpha, a, b, beta, c);
    } else if (n <= FEW) {
      for (int col = 0; col < n; col++) {
        column(transA, transB, col, m, k, alpha, a, b, beta, c);
      }
    } else {
      for (int row = 0; row < m; row++) {
        row(transA, transB, row, n, k, alpha, a, b, beta, c);
      }
    }
  }

  /** c[.., col] (m) = alpha op(a) (m, k) op(b)[.., col] (k) + beta c[.., col]. */
  private static void column(
      boolean transA,
      boolean transB,
      int col,
      int m,
      int k,
      float alpha,
      Matrix a,
      Matrix b,
      float beta,
      Matrix c) {
    Cblas.cblas_sgemv(
        ROW_MAJOR,
        transA ? TRANS : NO_TRANS,
        transA ? k : m,
        transA ? m : k,
        alpha,
        MemorySegment.ofAddress(a.address(0, 0)),
        a.ld(),
        MemorySegment.ofAddress(transB ? b.address(col, 0) : b.address(0, col)),
        transB ? 1 : b.ld(),
        beta,
        MemorySegment.ofAddress(c.address(0, col)),
        c.ld());
  }

  /** c[row, ..] (n) = alpha op(b)^T (n, k) op(a)[row, ..] (k) + beta c[row, ..]. */
  private static void row(
      boolean transA,
      boolean transB,
      int row,
      int n,
      int k,
      float alpha,
      Matrix a,
      Matrix b,
      float beta,
      Matrix c) {
    Cblas.cblas_sgemv(
        ROW_MAJOR,
        transB ? NO_TRANS : TRANS,
        transB ? n : k,
        transB ? k : n,
        alpha,
        MemorySegment.ofAddress(b.address(0, 0)),
        b.ld(),
        MemorySegment.ofAddress(transA ? a.address(0, row) : a.address(row, 0)),
        transA ? a.ld() : 1,
        beta,
        MemorySegment.ofAddress(c.address(row, 0)),
        1);
  }

  private static void whole(
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      float alpha,
      Matrix a,
      Matrix b,
      float beta,
      Matrix c) {
    if (beta == 0) {
      // The library would do the same first, at a few GB/s.
      c.clear(m, n);
    }
    Cblas.cblas_sgemm(
        ROW_MAJOR,
        transA ? TRANS : NO_TRANS,
        transB ? TRANS : NO_TRANS,
        m,
        n,
        k,
        alpha,
        MemorySegment.ofAddress(a.address(0, 0)),
        a.ld(),
        MemorySegment.ofAddress(b.address(0, 0)),
        b.ld(),
        beta == 0 ? 1 : beta,
        MemorySegment.ofAddress(c.address(0, 0)),
        c.ld());
  }
}
