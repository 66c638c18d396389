package org.panagrad.blas;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import org.panagrad.openblas.CblasLibrary;
import org.panagrad.openblas.CblasLibrary.Origin;
import org.panagrad.openblas.OpenBlas;
import org.panagrad.openblas.PanelProduct;
import org.panagrad.openblas.cblas.Cblas;

/**
 * The products by OpenBLAS, as a serial library: every caller's product runs on the caller's
 * thread.
 *
 * <p>Never a critical downcall: a product may last milliseconds, and no safepoint is reached until
 * such a call returns.
 */
public final class NativeBlas implements Blas {
  private static final int ROW_MAJOR = Cblas.CblasRowMajor();
  private static final int NO_TRANS = Cblas.CblasNoTrans();
  private static final int TRANS = Cblas.CblasTrans();

  /**
   * {@code cut} or {@code whole} for what {@link Pieces} has to say, and nothing of what {@link
   * Packed} has; without it, by the library.
   */
  private static final String PRODUCTS = "panagrad.products";

  /** Elements of a column whose dot product is faster than the sum of as many columns. */
  private static final int LONG_COLUMN = 64;

  /** Cores whose kernels pack nothing of a small product. */
  private static final Set<String> UNPACKED = Set.of("SkylakeX", "Cooperlake", "SapphireRapids");

  private static final FirstUse COPY = new FirstUse(CopyCheck::run);

  private NativeBlas() {}

  /**
   * The products of the library that is found and loaded once per process.
   *
   * @throws org.panagrad.openblas.CblasLoadException if none is found, or its sgemm computes wrong
   */
  public static NativeBlas load() {
    NativeBlas blas = new NativeBlas();
    blas.library();
    return blas;
  }

  /**
   * The same, to be planned with while another thread may still be loading: {@link #library()} is
   * to have returned before the first product.
   */
  public static NativeBlas beforeLoading() {
    return new NativeBlas();
  }

  /**
   * What was loaded, and which kernels it chose; loads it, or waits for whoever does.
   *
   * @throws org.panagrad.openblas.CblasLoadException if none is found, or its sgemm computes wrong
   */
  public BlasLibrary library() {
    CblasLibrary library = OpenBlas.load();
    requireCanCut(library);
    return BlasLibrary.of(library);
  }

  @Override
  public void sgemm(
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
    Blas.check(transA, transB, m, n, k, a, b, c);
    a.requireAlive();
    b.requireAlive();
    c.requireWritable();
    if (Ways.PACKS) {
      Packed.multiply(transA, transB, m, n, k, alpha, a, b, beta, c);
      return;
    }
    multiply(Ways.PAYS, transA, transB, m, n, k, alpha, a, b, beta, c);
  }

  @Override
  public boolean isBestInPieces() {
    // Before the class that remembers it: what cannot be loaded is to say so itself.
    requireCanCut(OpenBlas.load());
    return Ways.PAYS;
  }

  /** The product of operands that are checked, cut where that pays or left whole. */
  static void multiply(
      boolean cuts,
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
    // A column without gaps is a row as well, and of rows the kernels make dot products, which are
    // faster than sums of columns.
    boolean isRow = cuts && n == 1 && !transA && b.ld() == 1 && k >= LONG_COLUMN;
    boolean rows = transB || isRow;
    long cut = cuts ? Pieces.of(transA, rows, m, n, k) : 0;
    if (cut == 0) {
      piece(transA, rows, 0, 0, 0, m, n, k, alpha, a, b, beta, c);
    } else if (Pieces.copied(cut)) {
      fromCopies(cut, m, n, k, alpha, a, b, beta, c);
    } else {
      inPieces(cut, transA, rows, m, n, k, alpha, a, b, beta, c);
    }
  }

  private static void inPieces(
      long cut,
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
    int stride = Pieces.chunksFirst(cut) ? Pieces.depth(cut) : k;
    for (int from = 0; from < k; from += stride) {
      int to = Math.min(k, from + stride);
      grid(cut, transA, transB, m, n, from, to, alpha, a, b, beta, c);
    }
  }

  /** The pieces of all of c, for part of the sums. */
  private static void grid(
      long cut,
      boolean transA,
      boolean transB,
      int m,
      int n,
      int from,
      int to,
      float alpha,
      Matrix a,
      Matrix b,
      float beta,
      Matrix c) {
    int rows = Pieces.rows(cut);
    int cols = Pieces.cols(cut);
    int depth = Pieces.depth(cut);
    boolean byRows = !Pieces.columnsFirst(cut);
    int outer = byRows ? m : n;
    int inner = byRows ? n : m;
    int outerStep = byRows ? rows : cols;
    int innerStep = byRows ? cols : rows;
    for (int o = 0; o < outer; o += outerStep) {
      for (int i = 0; i < inner; i += innerStep) {
        int row = byRows ? o : i;
        int col = byRows ? i : o;
        int height = Math.min(rows, m - row);
        int width = Math.min(cols, n - col);
        for (int l = from; l < to; l += depth) {
          int terms = Math.min(depth, to - l);
          float keep = l == 0 ? beta : 1;
          piece(transA, transB, row, col, l, height, width, terms, alpha, a, b, keep, c);
        }
      }
    }
  }

  /** c (m, n) = alpha a (m, k) b^T + beta c, columns of b (n, k) transposed on the way. */
  private static void fromCopies(
      long cut, int m, int n, int k, float alpha, Matrix a, Matrix b, float beta, Matrix c) {
    int rows = Pieces.rows(cut);
    int cols = Pieces.cols(cut);
    int depth = Pieces.depth(cut);
    COPY.require();
    MemorySegment copy = Pieces.COPIES.take(); // (terms, width)
    try {
      for (int l = 0; l < k; l += depth) {
        int terms = Math.min(depth, k - l);
        float keep = l == 0 ? beta : 1;
        for (int col = 0; col < n; col += cols) {
          int width = Math.min(cols, n - col);
          Cblas.cblas_somatcopy(
              ROW_MAJOR,
              TRANS,
              width,
              terms,
              1,
              MemorySegment.ofAddress(b.address(col, l)),
              b.ld(),
              copy,
              width);
          for (int row = 0; row < m; row += rows) {
            int height = Math.min(rows, m - row);
            long at = a.address(row, l);
            long to = c.address(row, col);
            call(
                NO_TRANS,
                NO_TRANS,
                height,
                width,
                terms,
                alpha,
                at,
                a.ld(),
                copy.address(),
                width,
                keep,
                to,
                c.ld());
          }
        }
      }
    } finally {
      Pieces.COPIES.give(copy);
    }
  }

  /** c[row.., col..] (m, n) = alpha op(a)[row.., term..] (m, k) op(b)[term.., col..] + beta c. */
  private static void piece(
      boolean transA,
      boolean transB,
      int row,
      int col,
      int term,
      int m,
      int n,
      int k,
      float alpha,
      Matrix a,
      Matrix b,
      float beta,
      Matrix c) {
    call(
        transA ? TRANS : NO_TRANS,
        transB ? TRANS : NO_TRANS,
        m,
        n,
        k,
        alpha,
        transA ? a.address(term, row) : a.address(row, term),
        a.ld(),
        transB ? b.address(col, term) : b.address(term, col),
        // That of a column which is read as a row says nothing about rows.
        transB ? Math.max(b.ld(), k) : b.ld(),
        beta,
        c.address(row, col),
        c.ld());
  }

  private static void call(
      int transA,
      int transB,
      int m,
      int n,
      int k,
      float alpha,
      long a,
      int lda,
      long b,
      int ldb,
      float beta,
      long c,
      int ldc) {
    Cblas.cblas_sgemm(
        ROW_MAJOR,
        transA,
        transB,
        m,
        n,
        k,
        alpha,
        MemorySegment.ofAddress(a),
        lda,
        MemorySegment.ofAddress(b),
        ldb,
        beta,
        MemorySegment.ofAddress(c),
        ldc);
  }

  private static void requireCanCut(CblasLibrary library) {
    String forced = System.getProperty(PRODUCTS);
    if (forced != null && !forced.equals("cut") && !forced.equals("whole")) {
      throw new IllegalStateException(
          PRODUCTS + "=" + forced + ": expected cut or whole, or no such property");
    }
    if ("cut".equals(forced) && !library.isOpenBlas()) {
      throw new IllegalStateException(
          PRODUCTS + "=cut needs OpenBLAS, found " + library.path() + "; leave the property out");
    }
  }

  /** What kernels the library that was loaded has; asked once it is. */
  private static final class Ways {
    static final boolean PAYS = pays(OpenBlas.load());
    static final boolean PACKS = packs(OpenBlas.load());

    private static boolean packs(CblasLibrary library) {
      return System.getProperty(PRODUCTS) == null
          && library.origin() == Origin.BUNDLED
          && PanelProduct.CORES.contains(library.coreName());
    }

    private static boolean pays(CblasLibrary library) {
      String forced = System.getProperty(PRODUCTS);
      return forced == null
          ? library.origin() == Origin.BUNDLED && UNPACKED.contains(library.coreName())
          : forced.equals("cut");
    }
  }
}
