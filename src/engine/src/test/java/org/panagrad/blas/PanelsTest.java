package org.panagrad.blas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.panagrad.openblas.OpenBlas;
import org.panagrad.openblas.PanelProduct;

/**
 * Products from panels have the bits of the library's own: with its copies at first, then with
 * those of the vector kernels, as these are compiled while the tests run.
 */
class PanelsTest {
  @BeforeAll
  static void needsTheKernel() {
    NativeBlas.load();
    String core = OpenBlas.load().coreName();
    assumeTrue(
        Set.of("Haswell", "Zen").contains(core) && PanelProduct.isThere(),
        "the kernel in use is that of " + core + ", not one for AVX2: not tested");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "1, 8, 1",
    "4, 8, 8",
    "5, 7, 9",
    "6, 15, 7",
    "11, 16, 8",
    "12, 17, 9",
    "13, 8, 319",
    "20, 24, 320",
    "23, 320, 321",
    "24, 321, 640",
    "32, 328, 641",
    "35, 640, 33",
    "95, 641, 17",
    "96, 33, 784",
    "97, 784, 32",
    "108, 960, 13",
    "479, 321, 11",
    "480, 327, 8",
    "480, 331, 16",
    "1003, 337, 5",
    "1003, 9, 700",
    "64, 64, 64",
    "10, 128, 256",
    "1, 2053, 3"
  })
  void haveTheBitsOfTheLibrary(int m, int n, int k) {
    for (int trans = 0; trans < 4; trans++) {
      compare((trans & 1) != 0, (trans & 2) != 0, m, n, k, 7 + trans);
    }
  }

  @Test
  void randomShapesToo() {
    long seed = System.nanoTime();
    System.out.println("PanelsTest: seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      int large = random.nextInt(6);
      int m = 1 + random.nextInt(large == 0 ? 480 : 60);
      int n = 1 + random.nextInt(large == 1 ? 1000 : 100);
      int k = 1 + random.nextInt(large == 2 ? 1300 : 90);
      compare(random.nextBoolean(), random.nextBoolean(), m, n, k, seed + round);
    }
  }

  @Test
  void leavesLargeAndEmptyOnesToTheLibrary() {
    assertEquals(true, Panels.take(16_384, 320, 8));
    assertEquals(false, Panels.take(16_385, 320, 8));
    assertEquals(true, Panels.take(480, 321, 8));
    assertEquals(false, Panels.take(481, 321, 8));
    assertEquals(false, Panels.take(8, 8, 0));
  }

  private static void compare(boolean transA, boolean transB, int m, int n, int k, long seed) {
    Random random = new Random(seed);
    try (Arena arena = Arena.ofConfined()) {
      Matrix a = transA ? matrix(arena, k, m, random) : matrix(arena, m, k, random);
      Matrix b = transB ? matrix(arena, n, k, random) : matrix(arena, k, n, random);
      Matrix expected = matrix(arena, m, n, random);
      MemorySegment copy = arena.allocate(expected.segment().byteSize(), 64);
      copy.copyFrom(expected.segment());
      Matrix found = Matrix.of(copy, 0, m, n, expected.ld());
      float alpha = random.nextBoolean() ? 1 : -0.3f;
      NativeBlas.multiply(false, transA, transB, m, n, k, alpha, a, b, 1, expected);
      Panels.add(transA, transB, m, n, k, alpha, a, b, found);
      long at = expected.segment().mismatch(copy);
      assertEquals(
          -1,
          at,
          () ->
              "(%d, %d, %d), transposed %s, %s, seed %d: element (%d, %d)"
                  .formatted(
                      m, n, k, transA, transB, seed, at / 4 / found.ld(), at / 4 % found.ld()));
    }
  }

  /** Rows lie a few floats apart; what lies between is compared, too. */
  private static Matrix matrix(Arena arena, int rows, int cols, Random random) {
    int ld = cols + random.nextInt(4);
    MemorySegment memory = arena.allocate(4L * rows * ld, 64);
    for (long i = 0; i < (long) rows * ld; i++) {
      memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
    }
    return Matrix.of(memory, 0, rows, cols, ld);
  }
}
