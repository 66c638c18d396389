package org.panagrad.blas;

/** The products in plain Java, summed in double: the oracle the native ones are held against. */
public final class JavaBlas implements Blas {
  /** The oracle; it has no state. */
  public JavaBlas() {}

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
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
          sum +=
              (double) (transA ? a.get(p, i) : a.get(i, p)) * (transB ? b.get(j, p) : b.get(p, j));
        }
        double scaled = alpha * sum;
        c.set(i, j, (float) (beta == 0 ? scaled : scaled + (double) beta * c.get(i, j)));
      }
    }
  }
}
