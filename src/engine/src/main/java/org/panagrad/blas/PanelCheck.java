package org.panagrad.blas;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.panagrad.kernel.PanelCopies;
import org.panagrad.openblas.CblasLoadException;

/**
 * Compares products from panels with the library's own, bit by bit: no interface says which panels
 * its kernel wants.
 */
final class PanelCheck {
  // A group of rows, two panels and three rows; of columns and terms a whole block and two halves,
  // and two halves.
  private static final int ROWS = 23;
  private static final int MANY = 647;
  private static final int FEW = 331;

  /** Elements that are different: to set each takes its time before anything is compiled. */
  private static final int DIFFERENT = 1021;

  private PanelCheck() {}

  static void run() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment different = arena.allocate(4L * DIFFERENT, 64);
      for (int i = 0; i < DIFFERENT; i++) {
        different.setAtIndex(ValueLayout.JAVA_FLOAT, i, (i * 389 % DIFFERENT - 510) / 307f);
      }
      check(arena, different, false, MANY, FEW);
      check(arena, different, true, FEW, MANY);
    }
  }

  private static void check(
      Arena arena, MemorySegment different, boolean trans, int cols, int terms) {
    Matrix a =
        trans ? matrix(arena, different, terms, ROWS) : matrix(arena, different, ROWS, terms);
    Matrix b =
        trans ? matrix(arena, different, cols, terms) : matrix(arena, different, terms, cols);
    Matrix expected = matrix(arena, different, ROWS, cols);
    Matrix found = matrix(arena, different, ROWS, cols);
    NativeBlas.multiply(false, trans, trans, ROWS, cols, terms, 0.3f, a, b, 1, expected);
    Panels.add(PanelCopies.none(), trans, trans, ROWS, cols, terms, 0.3f, a, b, found);
    long differs = expected.segment().mismatch(found.segment());
    if (differs >= 0) {
      long at = differs / Float.BYTES;
      throw new CblasLoadException(
          "its kernel computes another product than its sgemm: element (%d, %d) of (%d, %d)%s is %s,"
                  .formatted(
                      at / cols, at % cols, ROWS, cols, trans ? " transposed" : "", get(found, at))
              + " expected "
              + get(expected, at));
    }
  }

  private static float get(Matrix matrix, long at) {
    return matrix.get((int) (at / matrix.cols()), (int) (at % matrix.cols()));
  }

  private static Matrix matrix(Arena arena, MemorySegment different, int rows, int cols) {
    long bytes = 4L * rows * cols;
    MemorySegment memory = arena.allocate(bytes, 64);
    long size = different.byteSize();
    for (long done = 0; done < bytes; done += size) {
      MemorySegment.copy(different, 0, memory, done, Math.min(size, bytes - done));
    }
    return Matrix.of(memory, 0, rows, cols, cols);
  }
}
