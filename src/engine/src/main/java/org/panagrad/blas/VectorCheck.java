package org.panagrad.blas;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.panagrad.openblas.CblasLoadException;

/**
 * Compares products of a matrix and a vector by the library with plain Java, as its loading does
 * with products of matrices.
 */
final class VectorCheck {
  private static final int ROWS = 17;
  private static final int COLS = 21;
  private static final int LD = 23;

  private VectorCheck() {}

  static void run() {
    try (Arena arena = Arena.ofConfined()) {
      Matrix a = matrix(arena, ROWS, COLS, LD);
      Matrix b = matrix(arena, COLS, 1, 2);
      Matrix row = matrix(arena, 1, ROWS, LD);
      check(false, ROWS, 1, COLS, a, b, matrix(arena, ROWS, 1, 3));
      check(true, COLS, 1, ROWS, a, matrix(arena, ROWS, 1, 1), matrix(arena, COLS, 1, 1));
      check(false, 1, COLS, ROWS, row, a, matrix(arena, 1, COLS, COLS));
    }
  }

  /** Small whole numbers, so that sums are exact. */
  private static Matrix matrix(Arena arena, int rows, int cols, int ld) {
    MemorySegment memory = arena.allocate(4L * rows * ld, 64);
    for (int i = 0; i < rows * ld; i++) {
      memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, i % 7 - 3);
    }
    return Matrix.of(memory, 0, rows, cols, ld);
  }

  private static void check(boolean transA, int m, int n, int k, Matrix a, Matrix b, Matrix c) {
    // What is there is not to be read.
    c.segment().fill((byte) -1);
    Packed.multiply(transA, false, m, n, k, 2, a, b, 0, c);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float sum = 0;
        for (int l = 0; l < k; l++) {
          sum += 2 * (transA ? a.get(l, i) : a.get(i, l)) * b.get(l, j);
        }
        if (c.get(i, j) != sum) {
          throw new CblasLoadException(
              "OpenBLAS's sgemv computes wrong: element (%d, %d) of (%d, %d) is %s, expected %s"
                      .formatted(i, j, m, n, c.get(i, j), sum)
                  + FirstUse.REMEDY);
        }
      }
    }
  }
}
