package org.panagrad.bench.floor;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Matrix;
import org.panagrad.blas.NativeBlas;
import org.panagrad.openblas.cblas.Cblas;

/** One product, made ready once, repeated at will: a call of sgemm, or one of the engine's. */
final class Sgemm {
  private static final int ROW_MAJOR = Cblas.CblasRowMajor();
  private static final int NO_TRANS = Cblas.CblasNoTrans();
  private static final int TRANS = Cblas.CblasTrans();

  private final boolean transA;
  private final boolean transB;
  private final int m;
  private final int n;
  private final int k;
  private final Matrix a; // as it lies: (k, m) where it is transposed
  private final Matrix b;
  private final float beta;
  private final Matrix c;
  private final MemorySegment aAt;
  private final MemorySegment bAt;
  private final MemorySegment cAt;
  private final @Nullable NativeBlas engine;

  private Sgemm(
      @Nullable NativeBlas engine,
      Operand a,
      Operand b,
      float beta,
      Operand c,
      int row,
      int m,
      int col,
      int n,
      int from,
      int k) {
    this.engine = engine;
    this.transA = a.byColumns();
    this.transB = b.byColumns();
    this.m = m;
    this.n = n;
    this.k = k;
    this.a = a.block(row, m, from, k);
    this.b = b.block(from, k, col, n);
    this.beta = beta;
    this.c = c.block(row, m, col, n);
    this.aAt = address(this.a);
    this.bAt = address(this.b);
    this.cAt = address(this.c);
  }

  /** For a call that knows no bounds. */
  private static MemorySegment address(Matrix matrix) {
    return MemorySegment.ofAddress(matrix.segment().address() + matrix.offset());
  }

  /**
   * c = a b + beta c over rows [row, row + m), columns [col, col + n) and inner [from, from + k).
   *
   * @param engine whose product it is, cut into pieces as the engine's are; null for a call of
   *     OpenBLAS and nothing else
   */
  static Sgemm of(
      @Nullable NativeBlas engine,
      Operand a,
      Operand b,
      float beta,
      Operand c,
      int row,
      int m,
      int col,
      int n,
      int from,
      int k) {
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
        ? new Sgemm(
            engine, b.transposed(), a.transposed(), beta, c.transposed(), col, n, row, m, from, k)
        : new Sgemm(engine, a, b, beta, c, row, m, col, n, from, k);
  }

  void run() {
    if (engine != null) {
      engine.sgemm(transA, transB, m, n, k, 1f, a, b, beta, c);
      return;
    }
    Cblas.cblas_sgemm(
        ROW_MAJOR,
        transA ? TRANS : NO_TRANS,
        transB ? TRANS : NO_TRANS,
        m,
        n,
        k,
        1f,
        aAt,
        a.ld(),
        bAt,
        b.ld(),
        beta,
        cAt,
        c.ld());
  }
}
