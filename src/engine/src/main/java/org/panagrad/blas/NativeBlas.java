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
    return BlasLibrary.of(OpenBlas.load());
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
