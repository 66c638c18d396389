package org.panagrad.blas;

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

  private final BlasLibrary library;

  private NativeBlas(BlasLibrary library) {
    this.library = library;
  }

  /**
   * The products of the library that is found and loaded once per process.
   *
   * @throws org.panagrad.openblas.CblasLoadException if none is found, or it computes wrong
   */
  public static NativeBlas load() {
    return new NativeBlas(BlasLibrary.of(OpenBlas.load()));
  }

  /** What was loaded, and which kernels it chose. */
  public BlasLibrary library() {
    return library;
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
    Cblas.cblas_sgemm(
        ROW_MAJOR,
        transA ? TRANS : NO_TRANS,
        transB ? TRANS : NO_TRANS,
        m,
        n,
        k,
        alpha,
        a.address(),
        a.ld(),
        b.address(),
        b.ld(),
        beta,
        c.address(),
        c.ld());
  }
}
