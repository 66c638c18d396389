package org.panagrad.blas;

/** Matrix products on row-major float32 matrices in native memory. */
public interface Blas {
  /**
   * c = alpha op(a) op(b) + beta c over the leading parts of the matrices: op(a) is (m, k), op(b)
   * (k, n), c (m, n), with op the transpose where asked. With beta 0, c is not read.
   *
   * <p>m, n and k may be smaller than the matrices: a short batch is a prefix.
   *
   * @throws IllegalArgumentException if a matrix is smaller than m, n, k ask for
   * @throws org.panagrad.openblas.CblasLoadException if a function of the library that is used for
   *     the first time computes wrong
   */
  void sgemm(
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      float alpha,
      Matrix a,
      Matrix b,
      float beta,
      Matrix c);

  /**
   * Whether a small product is computed where its operands lie, with nothing packed: a plan may
   * then gain by asking for a large one part by part. It may wait until the library is loaded.
   */
  default boolean isBestInPieces() {
    return false;
  }

  /** Checks that (m, n, k) lie inside the operands. */
  static void check(
      boolean transA, boolean transB, int m, int n, int k, Matrix a, Matrix b, Matrix c) {
    if (m < 0
        || n < 0
        || k < 0
        || (transA ? k > a.rows() || m > a.cols() : m > a.rows() || k > a.cols())
        || (transB ? n > b.rows() || k > b.cols() : k > b.rows() || n > b.cols())
        || m > c.rows()
        || n > c.cols()) {
      throw new IllegalArgumentException(
          "product (m "
              + m
              + ", n "
              + n
              + ", k "
              + k
              + ") of a "
              + a
              + (transA ? " transposed" : "")
              + " and b "
              + b
              + (transB ? " transposed" : "")
              + " into c "
              + c);
    }
  }
}
