package org.panagrad.blas;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.panagrad.openblas.CblasLoadException;

/**
 * Compares products from panels with the library's own, bit by bit: no interface says which panels
 * its kernel wants.
 */
final class PanelCheck {
  // Two blocks each of columns and terms, and of a group of rows, two panels and three rows.
  private static final int ROWS = 23;
  private static final int COLS = 331;
  private static final int TERMS = 327;

  /** Elements that are different: to set each takes its time before anything is compiled. */
  private static final int DIFFERENT = 1021;

  private static boolean passed;

  private PanelCheck() {}

  /** Once per process. */
  static synchronized void run() {
    if (passed) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      check(arena, false);
      check(arena, true);
    }
    passed = true;
  }

  private static void check(Arena arena, boolean trans) {
    Matrix a = trans ? matrix(arena, TERMS, ROWS) : matrix(arena, ROWS, TERMS);
    Matrix b = trans ? matrix(arena, COLS, TERMS) : matrix(arena, TERMS, COLS);
    Matrix expected = matrix(arena, ROWS, COLS);
    Matrix found = matrix(arena, ROWS, COLS);
    NativeBlas.multiply(false, trans, trans, ROWS, COLS, TERMS, 0.3f, a, b, 1, expected);
    Panels.add(trans, trans, ROWS, COLS, TERMS, 0.3f, a, b, found);
    long at = expected.segment().mismatch(found.segment()) / Float.BYTES;
    if (expected.segment().mismatch(found.segment()) >= 0) {
      throw new CblasLoadException(
          "its kernel computes another product than its sgemm: element (%d, %d) of (%d, %d)%s is %s,"
                  .formatted(
                      at / COLS, at % COLS, ROWS, COLS, trans ? " transposed" : "", get(found, at))
              + " expected "
              + get(expected, at)
              + "; leave it to sgemm with -Dpanagrad.products=whole");
    }
  }

  private static float get(Matrix matrix, long at) {
    return matrix.get((int) (at / COLS), (int) (at % COLS));
  }

  private static Matrix matrix(Arena arena, int rows, int cols) {
    long bytes = 4L * rows * cols;
    MemorySegment memory = arena.allocate(bytes, 64);
    for (int i = 0; i < DIFFERENT; i++) {
      memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (i * 389 % DIFFERENT - 510) / 307f);
    }
    for (long done = 4L * DIFFERENT; done < bytes; done *= 2) {
      MemorySegment.copy(memory, 0, memory, done, Math.min(done, bytes - done));
    }
    return Matrix.of(memory, 0, rows, cols, cols);
  }
}
