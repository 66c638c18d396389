package org.panagrad.bench.floor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.panagrad.blas.Pieces;
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
  private final float beta;

  private Sgemm(
      int transA,
      int transB,
      int m,
      int n,
      int k,
      MemorySegment a,
      int lda,
      MemorySegment b,
      int ldb,
      float beta,
      MemorySegment c,
      int ldc) {
    this.transA = transA;
    this.transB = transB;
    this.m = m;
    this.n = n;
    this.k = k;
    this.a = a;
    this.lda = lda;
    this.b = b;
    this.ldb = ldb;
    this.beta = beta;
    this.c = c;
    this.ldc = ldc;
  }

  private Sgemm(
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
    this(
        a.byColumns() ? TRANS : NO_TRANS,
        b.byColumns() ? TRANS : NO_TRANS,
        m,
        n,
        k,
        a.address(row, from),
        a.leadingDimension(),
        b.address(from, col),
        b.leadingDimension(),
        beta,
        c.address(row, col),
        c.leadingDimension());
  }

  /**
   * c = a b + beta c over rows [row, row + m), columns [col, col + n) and inner [from, from + k).
   */
  static Sgemm of(
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
        ? new Sgemm(b.transposed(), a.transposed(), beta, c.transposed(), col, n, row, m, from, k)
        : new Sgemm(a, b, beta, c, row, m, col, n, from, k);
  }

  /** The same in the pieces that the engine would make of it; itself where it would make none. */
  List<Sgemm> pieces() {
    long cut = Pieces.of(transA == TRANS, transB == TRANS, m, n, k);
    if (cut == 0) {
      return List.of(this);
    }
    List<Sgemm> pieces = new ArrayList<>();
    int stride = transA == TRANS ? Pieces.depth(cut) : k;
    for (int from = 0; from < k; from += stride) {
      for (int o = 0; o < (m >= n ? m : n); o += m >= n ? Pieces.rows(cut) : Pieces.cols(cut)) {
        for (int i = 0; i < (m >= n ? n : m); i += m >= n ? Pieces.cols(cut) : Pieces.rows(cut)) {
          for (int l = from; l < Math.min(k, from + stride); l += Pieces.depth(cut)) {
            pieces.add(m >= n ? piece(cut, o, i, l) : piece(cut, i, o, l));
          }
        }
      }
    }
    return pieces;
  }

  private Sgemm piece(long cut, int row, int col, int term) {
    return new Sgemm(
        transA,
        transB,
        Math.min(Pieces.rows(cut), m - row),
        Math.min(Pieces.cols(cut), n - col),
        Math.min(Pieces.depth(cut), k - term),
        transA == TRANS ? element(a, lda, term, row) : element(a, lda, row, term),
        lda,
        transB == TRANS ? element(b, ldb, col, term) : element(b, ldb, term, col),
        ldb,
        term == 0 ? beta : 1,
        element(c, ldc, row, col),
        ldc);
  }

  private static MemorySegment element(MemorySegment matrix, int ld, int row, int col) {
    return MemorySegment.ofAddress(matrix.address() + ((long) row * ld + col) * Float.BYTES);
  }

  void run() {
    Cblas.cblas_sgemm(ROW_MAJOR, transA, transB, m, n, k, 1f, a, lda, b, ldb, beta, c, ldc);
  }
}
