package org.panagrad.openblas;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.panagrad.openblas.cblas.Cblas;

/**
 * One sgemm, C = alpha op(A) op(B) + beta C, against the same in double.
 *
 * @param padding floats between the end of a row and the next row, in all three
 */
record ProductCheck(
    int m, int n, int k, boolean transA, boolean transB, float alpha, float beta, int padding) {

  /** Compares each element within the error that any order of summation can have. */
  void compareEveryElement(SplittableRandom random, Arena arena) {
    Matrix a = left(random);
    Matrix b = right(random);
    Matrix before =
        beta == 0 ? Matrix.undefined(m, n, padding) : Matrix.random(m, n, padding, random);
    float[] c = multiply(a, b, before, arena); // (m, n) with stride
    float[] left = a.values();
    float[] right = b.values();
    int apartInA = a.index(0, 1, transA);
    int apartInB = b.index(1, 0, transB);
    for (int row = 0; row < m; row++) {
      for (int column = 0; column < n; column++) {
        double sum = 0;
        double magnitude = 0;
        int inA = a.index(row, 0, transA);
        int inB = b.index(0, column, transB);
        // No calls: it is run by the interpreter, and whoever starts waits for it.
        for (int inner = 0; inner < k; inner++) {
          double term = (double) left[inA] * right[inB];
          sum += term;
          magnitude += term < 0 ? -term : term;
          inA += apartInA;
          inB += apartInB;
        }
        int at = before.index(row, column, false);
        double old = beta == 0 ? 0 : beta * (double) before.values()[at];
        Rounding.compare(
            this,
            row * n + column,
            c[at],
            alpha * sum + old,
            k,
            Math.abs(alpha) * magnitude + Math.abs(old));
      }
      for (int beyond = n; beyond < before.stride(); beyond++) {
        if (!Float.isNaN(c[row * before.stride() + beyond])) {
          throw new CblasLoadException("it writes outside the result in " + this);
        }
      }
    }
  }

  /**
   * Compares C x with A (B x) for a vector of signs x (Freivalds' check), which takes the square
   * where comparing each element takes the cube. For alpha 1 and beta 0.
   */
  void compareRowSums(Matrix a, Matrix b, SplittableRandom random, Arena arena) {
    Matrix before = Matrix.undefined(m, n, padding);
    float[] c = multiply(a, b, before, arena); // (m, n) with stride
    int[] sign = new int[n]; // (n)
    for (int column = 0; column < n; column++) {
      sign[column] = random.nextBoolean() ? 1 : -1;
    }
    float[] left = a.values();
    float[] right = b.values();
    double[] sums = new double[k]; // (k), B x
    double[] magnitudes = new double[k]; // (k), |B| |x|
    for (int inner = 0; inner < k; inner++) {
      double sum = 0;
      double magnitude = 0;
      int at = b.index(inner, 0, transB);
      int apart = b.index(0, 1, transB);
      for (int column = 0; column < n; column++) {
        double value = right[at];
        sum += sign[column] * value;
        magnitude += value < 0 ? -value : value;
        at += apart;
      }
      sums[inner] = sum;
      magnitudes[inner] = magnitude;
    }
    for (int row = 0; row < m; row++) {
      double expected = 0;
      double magnitude = 0;
      int at = a.index(row, 0, transA);
      int apart = a.index(0, 1, transA);
      for (int inner = 0; inner < k; inner++) {
        double value = left[at];
        expected += value * sums[inner];
        magnitude += (value < 0 ? -value : value) * magnitudes[inner];
        at += apart;
      }
      double found = 0;
      for (int column = 0; column < n; column++) {
        found += sign[column] * c[row * before.stride() + column];
      }
      Rounding.compare(this, row, found, expected, k, magnitude);
    }
  }

  private Matrix left(SplittableRandom random) {
    return transA ? Matrix.random(k, m, padding, random) : Matrix.random(m, k, padding, random);
  }

  private Matrix right(SplittableRandom random) {
    return transB ? Matrix.random(n, k, padding, random) : Matrix.random(k, n, padding, random);
  }

  private float[] multiply(Matrix a, Matrix b, Matrix before, Arena arena) {
    MemorySegment c = before.copyTo(arena);
    Cblas.cblas_sgemm(
        Cblas.CblasRowMajor(),
        transA ? Cblas.CblasTrans() : Cblas.CblasNoTrans(),
        transB ? Cblas.CblasTrans() : Cblas.CblasNoTrans(),
        m,
        n,
        k,
        alpha,
        a.copyTo(arena),
        a.stride(),
        b.copyTo(arena),
        b.stride(),
        beta,
        c,
        before.stride());
    return c.toArray(JAVA_FLOAT);
  }

  @Override
  public String toString() {
    return "sgemm "
        + (transA ? "T" : "N")
        + (transB ? "T" : "N")
        + " (%d, %d, %d), alpha %s, beta %s".formatted(m, n, k, alpha, beta);
  }
}
