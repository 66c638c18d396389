package org.panagrad.blas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products as they are asked for where the library packs, whatever the library at hand does. */
class PackedTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1", "128, 1, 784", "1, 131, 67", "1, 784, 128", "2, 3, 5", "4, 4, 4", "257, 4, 509",
    "4, 259, 131", "3, 1, 2053", "2053, 2, 1", "5, 5, 5", "64, 33, 784", "10, 128, 129", "5, 7, 1",
    "4, 5, 0", "7, 9, 0", "0, 3, 7", "3, 0, 7"
  })
  void isTheProductOfPlainJava(int m, int n, int k) {
    for (int trans = 0; trans < 4; trans++) {
      FramedProduct.check(Packed::multiply, (trans & 1) != 0, (trans & 2) != 0, m, n, k, 5 + trans);
    }
  }

  @Test
  void randomShapesToo() {
    long seed = System.nanoTime();
    System.out.println("PackedTest: seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      int m = 1 + random.nextInt(random.nextBoolean() ? 6 : 200);
      int n = 1 + random.nextInt(random.nextBoolean() ? 6 : 200);
      int k = 1 + random.nextInt(400);
      FramedProduct.check(
          Packed::multiply, random.nextBoolean(), random.nextBoolean(), m, n, k, seed + round);
    }
  }

  /** A result that is cleared and then added to has the bits of one that is written. */
  @ParameterizedTest
  @CsvSource({"64, 32, 784", "5, 17, 31", "256, 128, 256", "31, 8, 1000"})
  void clearingChangesNoBit(int m, int n, int k) {
    NativeBlas.load();
    PanelUse.decide();
    Random random = new Random(3);
    try (Arena arena = Arena.ofConfined()) {
      Matrix a = matrix(arena, m, k, random);
      Matrix b = matrix(arena, k, n, random);
      Matrix whole = matrix(arena, m, n, random);
      Matrix cleared = matrix(arena, m, n, random);
      NativeBlas.multiply(false, false, false, m, n, k, -0.3f, a, b, 0, whole);
      Packed.multiply(false, false, m, n, k, -0.3f, a, b, 0, cleared);
      assertArrayEquals(
          whole.segment().toArray(ValueLayout.JAVA_INT),
          cleared.segment().toArray(ValueLayout.JAVA_INT));
    }
  }

  private static Matrix matrix(Arena arena, int rows, int cols, Random random) {
    MemorySegment memory = arena.allocate(4L * rows * cols, 64);
    for (long i = 0; i < (long) rows * cols; i++) {
      memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() - 0.5f);
    }
    return Matrix.of(memory, 0, rows, cols, cols);
  }
}
