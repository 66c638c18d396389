package org.panagrad.blas;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.panagrad.openblas.CblasLoadException;
import org.panagrad.openblas.cblas.Cblas;

/** Compares a transposed copy by the library with plain Java, as its loading does with products. */
final class CopyCheck {
  private static final int ROWS = 17;
  private static final int COLS = 35;
  private static final int LD = 37;

  private CopyCheck() {}

  static void run() {
    MemorySegment memory = Pieces.COPIES.take(); // (ROWS, LD), then (COLS, ROWS)
    try {
      MemorySegment copy = memory.asSlice(4L * ROWS * LD);
      for (int i = 0; i < ROWS * LD; i++) {
        memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
      }
      copy.asSlice(0, 4L * COLS * ROWS).fill((byte) -1);
      Cblas.cblas_somatcopy(
          Cblas.CblasRowMajor(), Cblas.CblasTrans(), ROWS, COLS, 1, memory, LD, copy, ROWS);
      for (int row = 0; row < ROWS; row++) {
        for (int col = 0; col < COLS; col++) {
          float found = copy.getAtIndex(ValueLayout.JAVA_FLOAT, col * ROWS + row);
          if (found != row * LD + col) {
            throw new CblasLoadException(
                "OpenBLAS copies wrong: element (%d, %d) of a transposed (%d, %d) is %s, expected %d"
                        .formatted(col, row, ROWS, COLS, found, row * LD + col)
                    + FirstUse.REMEDY);
          }
        }
      }
    } finally {
      Pieces.COPIES.give(memory);
    }
  }
}
