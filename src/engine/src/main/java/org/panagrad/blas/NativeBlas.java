package org.panagrad.blas;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import org.panagrad.openblas.CblasLibrary;
import org.panagrad.openblas.CblasLibrary.Origin;
import org.panagrad.openblas.OpenBlas;
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
   * {@code cut} or {@code whole} for what {@link Pieces} has to say; without it, by the library.
   */
  private static final String PRODUCTS = "panagrad.products";

  /** Elements of a column whose dot product is faster than the sum of as many columns. */
  private static final int LONG_COLUMN = 64;

  private static final Set<String> CORES = Set.of("SkylakeX", "Cooperlake", "SapphireRapids");

  private NativeBlas() {}

  /**
   * The products of the library that is found and loaded once per process.
   *
   * @throws org.panagrad.openblas.CblasLoadException if none is found, or it computes wrong
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
   * @throws org.panagrad.openblas.CblasLoadException if none is found, or it computes wrong
   */
  public BlasLibrary library() {
    CblasLibrary library = OpenBlas.load();
    requireCanCut(library);
    if (Cutting.PAYS) {
      // Binds it as well, which takes milliseconds: beside what else is loaded, not in a product.
      CopyCheck.run();
    }
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
    if (Cutting.PAYS && n == 1 && !transA && !transB && b.ld() == 1 && k >= LONG_COLUMN) {
      ofColumn(m, k, alpha, a, b, beta, c);
      return;
    }
    long cut = Cutting.PAYS ? Pieces.of(transA, transB, m, n, k) : 0;
    if (cut == 0) {
      piece(transA, transB, 0, 0, 0, m, n, k, alpha, a, b, beta, c);
    } else {
      inPieces(cut, transA, transB, m, n, k, alpha, a, b, beta, c);
    }
  }

  static void inPieces(
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
    if (Pieces.copied(cut)) {
      fromCopies(cut, m, n, k, alpha, a, b, beta, c);
      return;
    }
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

  /**
   * c (m, 1) = alpha a (m, k) b (k, 1) + beta c. A column without gaps is a row as well, and of
   * rows the kernels make dot products, which are faster than sums of columns.
   */
  static void ofColumn(int m, int k, float alpha, Matrix a, Matrix b, float beta, Matrix c) {
    long cut = Pieces.of(false, true, m, 1, k);
    int rows = cut == 0 ? m : Pieces.rows(cut);
    int depth = cut == 0 ? k : Pieces.depth(cut);
    for (int l = 0; l < k; l += depth) {
      for (int row = 0; row < m; row += rows) {
        Cblas.cblas_sgemm(
            ROW_MAJOR,
            NO_TRANS,
            TRANS,
            Math.min(rows, m - row),
            1,
            Math.min(depth, k - l),
            alpha,
            a.address(row, l),
            a.ld(),
            b.address(l, 0),
            k,
            l == 0 ? beta : 1,
            c.address(row, 0),
            c.ld());
      }
    }
  }

  /** c (m, n) = alpha a (m, k) b^T + beta c, columns of b (n, k) transposed on the way. */
  private static void fromCopies(
      long cut, int m, int n, int k, float alpha, Matrix a, Matrix b, float beta, Matrix c) {
    int rows = Pieces.rows(cut);
    int cols = Pieces.cols(cut);
    int depth = Pieces.depth(cut);
    MemorySegment copy = Copies.take(); // (terms, width)
    try {
      for (int l = 0; l < k; l += depth) {
        int terms = Math.min(depth, k - l);
        float keep = l == 0 ? beta : 1;
        for (int col = 0; col < n; col += cols) {
          int width = Math.min(cols, n - col);
          Cblas.cblas_somatcopy(
              ROW_MAJOR, TRANS, width, terms, 1, b.address(col, l), b.ld(), copy, width);
          for (int row = 0; row < m; row += rows) {
            Cblas.cblas_sgemm(
                ROW_MAJOR,
                NO_TRANS,
                NO_TRANS,
                Math.min(rows, m - row),
                width,
                terms,
                alpha,
                a.address(row, l),
                a.ld(),
                copy,
                width,
                keep,
                c.address(row, col),
                c.ld());
          }
        }
      }
    } finally {
      Copies.give(copy);
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
    Cblas.cblas_sgemm(
        ROW_MAJOR,
        transA ? TRANS : NO_TRANS,
        transB ? TRANS : NO_TRANS,
        m,
        n,
        k,
        alpha,
        transA ? a.address(term, row) : a.address(row, term),
        a.ld(),
        transB ? b.address(col, term) : b.address(term, col),
        b.ld(),
        beta,
        c.address(row, col),
        c.ld());
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

  /** Whether the library that was loaded has kernels that pack nothing; asked once it is. */
  private static final class Cutting {
    static final boolean PAYS = pays(OpenBlas.load());

    private static boolean pays(CblasLibrary library) {
      String forced = System.getProperty(PRODUCTS);
      return forced == null
          ? library.origin() == Origin.BUNDLED && CORES.contains(library.coreName())
          : forced.equals("cut");
    }
  }
}
