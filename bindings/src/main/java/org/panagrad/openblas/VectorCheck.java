package org.panagrad.openblas;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.panagrad.openblas.cblas.Cblas;

/**
 * One sgemv, y = alpha op(A) x + beta y, against the same in double.
 *
 * @param increment floats from one element of a vector to the next, in both
 */
record VectorCheck(int m, int n, boolean trans, float alpha, float beta, int increment) {

  void compareEveryElement(SplittableRandom random, Arena arena) {
    Matrix a = Matrix.random(m, n, increment, random);
    int inputs = trans ? m : n;
    int outputs = trans ? n : m;
    Matrix x = Matrix.random(inputs, 1, increment - 1, random);
    Matrix before =
        beta == 0
            ? Matrix.undefined(outputs, 1, increment - 1)
            : Matrix.random(outputs, 1, increment - 1, random);
    MemorySegment y = before.copyTo(arena); // (outputs) with increment
    Cblas.cblas_sgemv(
        Cblas.CblasRowMajor(),
        trans ? Cblas.CblasTrans() : Cblas.CblasNoTrans(),
        m,
        n,
        alpha,
        a.copyTo(arena),
        a.stride(),
        x.copyTo(arena),
        increment,
        beta,
        y,
        increment);
    float[] found = y.toArray(JAVA_FLOAT);
    for (int out = 0; out < outputs; out++) {
      double sum = 0;
      double magnitude = 0;
      for (int in = 0; in < inputs; in++) {
        double term = (double) a.at(out, in, trans) * x.at(in, 0);
        sum += term;
        magnitude += Math.abs(term);
      }
      double old = beta == 0 ? 0 : beta * (double) before.at(out, 0);
      Rounding.compare(
          this,
          out,
          found[out * increment],
          alpha * sum + old,
          inputs,
          Math.abs(alpha) * magnitude + Math.abs(old));
    }
  }

  @Override
  public String toString() {
    return "sgemv %s (%d, %d), alpha %s, beta %s".formatted(trans ? "T" : "N", m, n, alpha, beta);
  }
}
