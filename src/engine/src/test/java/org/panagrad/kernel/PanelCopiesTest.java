package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The copies into panels, against element by element. */
class PanelCopiesTest {
  private static final int FRAME = 5; // floats before and after that nobody may touch

  @ParameterizedTest
  @CsvSource({
    "1, 8", "3, 17", "4, 8", "7, 8", "8, 9", "9, 9", "16, 16", "33, 31", "67, 320", "41, 15"
  })
  void holdEveryElement(int count, int terms) {
    assumeTrue(VectorWidth.bits() >= 256, "vectors of less than 256 bits: nothing is copied");
    PanelCopies copies = new PanelCopies(true, null);
    for (boolean isTransposed : new boolean[] {false, true}) {
      check(isTransposed, 8, count, terms, copies::columns);
      // What is transposed for rows is not for columns.
      check(!isTransposed, 4, count, terms, (t, c, k, x, l, p) -> copies.rows(!t, c, k, x, l, p));
    }
  }

  @Test
  void nothingIsCopiedWithoutVectors() {
    PanelCopies copies = new PanelCopies(false, null);
    assertEquals(0, copies.columns(false, 16, 16, 0, 16, 0));
    assertEquals(0, copies.rows(true, 16, 16, 0, 16, 0));
  }

  @Test
  void whatIsTriedServesOnceItIsFast() {
    assumeTrue(VectorWidth.bits() >= 256, "vectors of less than 256 bits: nothing is copied");
    long[] now = {0};
    PanelCopies copies = new PanelCopies(true, new Trials(() -> now[0], 1024));
    try (Arena arena = Arena.ofConfined()) {
      long x = arena.allocate(4 * 44 * 44, 64).address();
      long to = arena.allocate(4 * 44 * 44, 64).address();
      assertEquals(0, copies.columns(false, 44, 20, x, 44, to), "before trials begin");
      now[0] += Trials.NONE + 1;
      for (int i = 0; i < WarmUp.ENOUGH; i++) {
        assertEquals(0, copies.columns(false, 44, 15, x, 44, to), "too few terms to tell");
      }
      for (int i = 1; i < WarmUp.ENOUGH; i++) {
        assertEquals(0, copies.columns(false, 44, 20, x, 44, to), "trial " + i);
      }
      for (int i = 1; i < WarmUp.ENOUGH; i++) {
        assertEquals(32, copies.columns(false, 44, 20, x, 44, to), "four panels; the fifth's " + i);
      }
      assertEquals(40, copies.columns(false, 44, 20, x, 44, to));
      assertEquals(40, copies.columns(false, 44, 8, x, 44, to), "of few terms, too");
      assertEquals(0, copies.columns(false, 44, 7, x, 44, to));
      assertEquals(0, copies.columns(true, 44, 20, x, 44, to), "another form");
      assertEquals(0, copies.rows(false, 44, 20, x, 44, to), "another form");
    }
  }

  private interface Copy {
    int run(boolean isTransposed, int count, int terms, long x, int ldx, long panels);
  }

  private static void check(boolean isTransposed, int width, int count, int terms, Copy copy) {
    int rows = isTransposed ? count : terms;
    int ld = (isTransposed ? terms : count) + 3;
    int whole = count / width * width;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(4L * rows * ld, 64);
      for (int i = 0; i < rows * ld; i++) {
        x.setAtIndex(ValueLayout.JAVA_FLOAT, i, i + 1);
      }
      MemorySegment to = arena.allocate(4L * (whole * terms + 2 * FRAME), 64);
      int copied = copy.run(isTransposed, count, terms, x.address(), ld, to.address() + 4 * FRAME);
      assertEquals(whole, copied);
      for (int i = 0; i < whole * terms; i++) {
        int panel = i / (width * terms);
        int term = i % (width * terms) / width;
        int which = panel * width + i % width;
        int at = isTransposed ? which * ld + term : term * ld + which;
        String what = width + " wide, " + which + " of " + count + ", term " + term;
        assertEquals(at + 1, to.getAtIndex(ValueLayout.JAVA_FLOAT, FRAME + i), what);
      }
      for (int i = 0; i < FRAME; i++) {
        assertEquals(0, to.getAtIndex(ValueLayout.JAVA_FLOAT, i), "before");
        assertEquals(0, to.getAtIndex(ValueLayout.JAVA_FLOAT, FRAME + whole * terms + i), "after");
      }
    }
  }
}
