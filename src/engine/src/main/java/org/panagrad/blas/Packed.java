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

  private static final FirstUse SGEMV = new FirstUse(VectorCheck::run);

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
      if (beta == 0) {
        // The library would do the same first, at a few GB/s.
        c.clear(m, n);
      }
      if (!Panels.take(m, n, k) || !PanelUse.serves()) {
        float keep = beta == 0 ? 1 : beta;
        NativeBlas.multiply(false, transA, transB, m, n, k, alpha, a, b, keep, c);
        return;
      }
      if (beta != 0 && beta != 1) {
        // Of no terms: what is left is to scale the result.
        NativeBlas.multiply(false, transA, transB, m, n, 0, alpha, a, b, beta, c);
      }
      Panels.add(transA, transB, m, n, k, alpha, a, b, c);
    } else if (n <= FEW) {
      for (int col = 0; col < n; col++) {
        long x = transB ? b.address(col, 0) : b.address(0, col);
        int apart = transB ? 1 : b.ld();
        byVector(transA, m, k, alpha, a, x, apart, beta, c.address(0, col), c.ld());
      }
    } else {
      // A row of c is a column of its transpose, op(b)^T op(a)^T.
      for (int row = 0; row < m; row++) {
        long x = transA ? a.address(0, row) : a.address(row, 0);
        int apart = transA ? a.ld() : 1;
        byVector(!transB, n, k, alpha, b, x, apart, beta, c.address(row, 0), 1);
      }
    }
  }

  /** y (m) = alpha op(a) (m, k) x (k) + beta y, the elements of x and of y as far apart as said. */
  private static void byVector(
      boolean trans,
      int m,
      int k,
      float alpha,
      Matrix a,
      long x,
      int xApart,
      float beta,
      long y,
      int yApart) {
    SGEMV.require();
    Cblas.cblas_sgemv(
        Cblas.CblasRowMajor(),
        trans ? Cblas.CblasTrans() : Cblas.CblasNoTrans(),
        trans ? k : m,
        trans ? m : k,
        alpha,
        MemorySegment.ofAddress(a.address(0, 0)),
        a.ld(),
        MemorySegment.ofAddress(x),
        xApart,
        beta,
        MemorySegment.ofAddress(y),
        yApart);
  }
}
