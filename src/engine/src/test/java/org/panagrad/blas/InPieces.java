package org.panagrad.blas;

/** The products of another, of which plans think that they are best in pieces. */
public record InPieces(Blas of) implements Blas {
  @Override
  public boolean isBestInPieces() {
    return true;
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
    of.sgemm(transA, transB, m, n, k, alpha, a, b, beta, c);
  }
}
