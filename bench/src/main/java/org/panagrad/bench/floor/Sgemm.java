package org.panagrad.bench.floor;

import java.lang.foreign.MemorySegment;
import org.panagrad.openblas.cblas.Cblas;

/** One call of sgemm, made once, repeated at will. */
final class Sgemm {
  private static final int ROW_MAJOR = Cblas.CblasRowMajor();
  private static final int NO_TRANS = Cblas.CblasNoTrans();
  private static final int TRANS = Cblas.CblasTrans();

  private final int transA;
  private final int transB;
  private final int m;
  private final int n;
  private final int k;
  private final MemorySegment a;
  private final int lda;
  private final MemorySegment b;
  private final int ldb;
  private final MemorySegment c;
  private final int ldc;

  private Sgemm(Operand a, Operand b, Operand c, int row, int m, int col, int n, int from, int k) {
    this.transA = a.byColumns() ? TRANS : NO_TRANS;
    this.transB = b.byColumns() ? TRANS : NO_TRANS;
    this.m = m;
    this.n = n;
    this.k = k;
    this.a = a.address(row, from);
    this.lda = a.leadingDimension();
    this.b = b.address(from, col);
    this.ldb = b.leadingDimension();
    this.c = c.address(row, col);
    this.ldc = c.leadingDimension();
  }

  /** c = a b over rows [row, row + m), columns [col, col + n) and inner [from, from + k). */
  static Sgemm of(
      Operand a, Operand b, Operand c, int row, int m, int col, int n, int from, int k) {
    if (row + m > c.rows()
        || row + m > a.rows()
        || col + n > c.cols()
        || col + n > b.cols()
        || from + k > a.cols()
        || from + k > b.rows()) {
      throw new IllegalArgumentException("a product reaches outside its matrices");
    }
    // The call takes c by rows only: by columns it is c^T = b^T a^T.
    return c.byColumns()
        ? new Sgemm(b.transposed(), a.transposed(), c.transposed(), col, n, row, m, from, k)
        : new Sgemm(a, b, c, row, m, col, n, from, k);
  }

  void run() {
    Cblas.cblas_sgemm(ROW_MAJOR, transA, transB, m, n, k, 1f, a, lda, b, ldb, 0f, c, ldc);
  }
}
