package org.panagrad.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class BufferTest {
  private static Buffer spaced(int rows, int cols) {
    return Buffer.spaced("b", rows, cols, false);
  }

  @Test
  void rowsAMultipleOf512BytesApartAreSpacedByALine() {
    assertEquals(128 + 16, spaced(3, 128).stride());
    assertEquals(384 + 16, spaced(3, 384).stride());
    assertEquals(1024 + 16, spaced(3, 1024).stride());
    assertEquals(3 * (1024 + 16) * 4, spaced(3, 1024).bytes());
    assertEquals(1024, spaced(3, 1024).cols());
  }

  @Test
  void othersAreNot() {
    for (int cols : new int[] {0, 1, 64, 127, 129, 192, 1000}) {
      assertEquals(cols, spaced(3, cols).stride());
    }
    assertEquals(128, spaced(1, 128).stride());
    assertEquals(128, Buffer.workspace("b", 3, 128, false).stride());
  }

  @Test
  void theSpaceCountsWhereABufferIsTooLarge() {
    assertThrows(IllegalArgumentException.class, () -> spaced(1 << 22, 1 << 24));
  }
}
