package org.panagrad.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Every row or column is in exactly one tile. */
class TilingTest {
  @Test
  void coversEveryIndexExactlyOnce() {
    for (int extent = 0; extent <= 200; extent++) {
      for (int width = 1; width <= 9; width++) {
        for (int quantum : new int[] {1, 4, 16}) {
          Tiling tiling = Tiling.of(Tiling.Axis.ROWS, extent, width, quantum);
          check(tiling, extent, width, quantum);
          assertEquals(tiling, Tiling.of(Tiling.Axis.ROWS, extent, width, quantum));
          Tiling other = tiling.transposed();
          assertEquals(Tiling.Axis.COLS, other.axis());
          check(other, extent, width, quantum);
          assertNotEquals(tiling, other);
          assertEquals(tiling, other.transposed());
        }
      }
    }
  }

  private static void check(Tiling tiling, int extent, int width, int quantum) {
    String where = tiling + " of " + extent + ", width " + width + ", quantum " + quantum;
    assertTrue(tiling.tiles() >= 1 && tiling.tiles() <= width, where);
    assertEquals(0, tiling.from(0), where);
    assertEquals(extent, tiling.to(tiling.tiles() - 1), where);
    int least = Integer.MAX_VALUE;
    int most = 0;
    for (int i = 0; i < tiling.tiles(); i++) {
      if (i > 0) {
        assertEquals(tiling.to(i - 1), tiling.from(i), where);
        assertEquals(0, tiling.from(i) % quantum, where);
      }
      int size = tiling.to(i) - tiling.from(i);
      assertTrue(tiling.tiles() == 1 || size >= quantum, where);
      least = Math.min(least, size);
      most = Math.max(most, size);
    }
    assertTrue(most - least < 2 * quantum, where + ": tiles of about equal extent");
  }

  @Test
  void wholeIsOneTile() {
    Tiling whole = Tiling.whole(Tiling.Axis.COLS, 7);
    assertEquals(1, whole.tiles());
    assertEquals(0, whole.from(0));
    assertEquals(7, whole.to(0));
  }

  @Test
  void largeExtentsDoNotOverflow() {
    check(Tiling.of(Tiling.Axis.ROWS, Integer.MAX_VALUE, 7, 16), Integer.MAX_VALUE, 7, 16);
  }
}
