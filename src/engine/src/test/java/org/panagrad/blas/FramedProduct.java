package org.panagrad.blas;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Compares products with those of plain Java, on matrices that lie within others. */
final class FramedProduct {
  private static final int FRAME = 3; // floats around a matrix that nobody may touch

  private FramedProduct() {}

  /** With betas of all kinds; where it is 0 the result is not to be read. */
  static void check(Blas blas, boolean transA, boolean transB, int m, int n, int k, long seed) {
    Random random = new Random(seed);
    NativeBlas.load();
    try (Arena arena = Arena.ofConfined()) {
      Matrix a = framed(arena, transA ? k : m, transA ? m : k, random);
      Matrix b = framed(arena, transB ? n : k, transB ? k : n, random);
      for (float beta : new float[] {0, 1, -0.5f}) {
        Matrix c = framed(arena, m, n, random);
        float[] before = floats(c);
        if (beta == 0) {
          undefine(c);
        }
        blas.sgemm(transA, transB, m, n, k, 0.75f, a, b, beta, c);
        requireProduct(transA, transB, k, a, b, beta, before, c, "seed " + seed);
      }
    }
  }

  static void undefine(Matrix matrix) {
    for (int i = 0; i < matrix.rows(); i++) {
      for (int j = 0; j < matrix.cols(); j++) {
        matrix.set(i, j, Float.NaN);
      }
    }
  }

  static void requireProduct(
      boolean transA,
      boolean transB,
      int k,
      Matrix a,
      Matrix b,
      float beta,
      float[] before,
      Matrix c,
      String seed) {
    float[] after = floats(c);
    for (int i = 0; i < c.rows(); i++) {
      for (int j = 0; j < c.cols(); j++) {
        int at = FRAME + i * c.ld() + j;
        double sum = 0;
        double size = 0;
        for (int l = 0; l < k; l++) {
          double term =
              (double) (transA ? a.get(l, i) : a.get(i, l)) * (transB ? b.get(j, l) : b.get(l, j));
          sum += term;
          size += Math.abs(term);
        }
        double kept = beta == 0 ? 0 : (double) beta * before[at];
        double expected = 0.75 * sum + kept;
        // Each of k multiply-adds rounds once, then alpha, beta and the sums of chunks do.
        double bound = (k + 8) * 0x1p-24 * (0.75 * size + Math.abs(kept));
        assertEquals(expected, after[at], bound, "(" + i + ", " + j + "), " + seed);
        after[at] = before[at];
      }
    }
    for (int i = 0; i < after.length; i++) {
      assertEquals(before[i], after[i], "outside of the matrix, at " + i + ", " + seed);
    }
  }

  /** A matrix whose rows lie a few floats apart, with floats around it. */
  static Matrix framed(Arena arena, int rows, int cols, Random random) {
    int ld = cols + FRAME;
    MemorySegment memory = arena.allocate(4L * (rows * (long) ld + FRAME), 64);
    for (long i = 0; i < memory.byteSize() / 4; i++) {
      memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() - 0.5f);
    }
    return Matrix.of(memory, 4L * FRAME, rows, cols, ld);
  }

  static float[] floats(Matrix matrix) {
    return matrix.segment().toArray(ValueLayout.JAVA_FLOAT);
  }
}
