package org.panagrad.blas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.kernel.PanelCopies;
import org.panagrad.kernel.PanelCopiesForTests;
import org.panagrad.openblas.CblasLibrary.Origin;
import org.panagrad.openblas.OpenBlas;
import org.panagrad.openblas.PanelProduct;

/**
 * Products from panels have the bits of the library's own: with its copies, with those of the
 * vector kernels, and with these tried over and over.
 */
class PanelsTest {
  @BeforeAll
  static void needsTheKernel() {
    BlasLibrary library = NativeBlas.load().library();
    String core = library.coreName();
    assumeTrue(
        PanelProduct.CORES.contains(core),
        "the kernel in use is that of " + core + ", not one for AVX2: not tested");
    boolean isExported =
        OpenBlas.load().origin() == Origin.BUNDLED && System.getProperty("os.name").equals("Linux");
    assumeTrue(
        isExported || PanelProduct.isThere(), library.path() + " hides its kernel: not tested");
    assertTrue(PanelProduct.isThere(), library.path() + " no longer exports its kernel");
    PanelUse.decide();
    assertTrue(PanelUse.serves(), "its products are not those of sgemm");
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
    "470, 337, 5",
    "480, 331, 327",
    "480, 640, 640",
    "100, 700, 700",
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
    for (int round = 0; round < 100; round++) {
      int large = random.nextInt(6);
      int m = 1 + random.nextInt(large == 0 || large == 3 ? 480 : 60);
      int n = 1 + random.nextInt(large == 1 || large == 3 ? 1000 : 100);
      int k = 1 + random.nextInt(large == 2 || large == 3 ? 1300 : 90);
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

  @ParameterizedTest
  @ValueSource(floats = {0, Float.NaN, Float.POSITIVE_INFINITY, -0f})
  void haveThemForAnyFactor(float alpha) {
    compare(false, true, 35, 41, 33, alpha, 9);
  }

  @Test
  void haveThemOfWhatIsNotFinite() {
    try (Arena arena = Arena.ofConfined()) {
      Random random = new Random(4);
      Matrix a = matrix(arena, 30, 20, random);
      a.set(13, 7, Float.NaN);
      a.set(2, 19, Float.NEGATIVE_INFINITY);
      compare(false, false, 30, 34, 20, 1, a, matrix(arena, 20, 34, random), random);
    }
  }

  /** As they are asked for: with a result that is scaled first, or not read at all. */
  @ParameterizedTest
  @ValueSource(floats = {0, 1, 0.5f, -0.9f})
  void haveThemWhateverIsKept(float beta) {
    try (Arena arena = Arena.ofConfined()) {
      Random random = new Random(8);
      Matrix a = matrix(arena, 61, 47, random);
      Matrix b = matrix(arena, 47, 39, random);
      Matrix expected = matrix(arena, 61, 39, random);
      Matrix found = copy(arena, expected);
      NativeBlas.multiply(false, false, false, 61, 39, 47, -0.3f, a, b, beta, expected);
      Packed.multiply(false, false, 61, 39, 47, -0.3f, a, b, beta, found);
      assertEquals(-1, expected.segment().mismatch(found.segment()));
    }
  }

  private static void compare(boolean transA, boolean transB, int m, int n, int k, long seed) {
    compare(transA, transB, m, n, k, seed % 2 == 0 ? 1 : -0.3f, seed);
  }

  private static void compare(
      boolean transA, boolean transB, int m, int n, int k, float alpha, long seed) {
    Random random = new Random(seed);
    try (Arena arena = Arena.ofConfined()) {
      // Larger than what is multiplied: a short batch is a prefix.
      int more = random.nextInt(2) * 3;
      Matrix a =
          transA
              ? matrix(arena, k + more, m + more, random)
              : matrix(arena, m + more, k + more, random);
      Matrix b =
          transB
              ? matrix(arena, n + more, k + more, random)
              : matrix(arena, k + more, n + more, random);
      compare(transA, transB, m, n, k, alpha, a, b, random);
    }
  }

  private static void compare(
      boolean transA,
      boolean transB,
      int m,
      int n,
      int k,
      float alpha,
      Matrix a,
      Matrix b,
      Random random) {
    assertTrue(Panels.take(m, n, k), "more than there is room for");
    try (Arena arena = Arena.ofConfined()) {
      Matrix expected = matrix(arena, m + 1, n + 2, random);
      Matrix[] found = {copy(arena, expected), copy(arena, expected), copy(arena, expected)};
      NativeBlas.multiply(false, transA, transB, m, n, k, alpha, a, b, 1, expected);
      PanelCopies[] copies = {
        PanelCopies.none(), PanelCopiesForTests.byVectors(), PanelCopiesForTests.forEverTried()
      };
      for (int way = 0; way < copies.length; way++) {
        Panels.add(copies[way], transA, transB, m, n, k, alpha, a, b, found[way]);
        long at = expected.segment().mismatch(found[way].segment());
        int ld = expected.ld();
        String what =
            "(%d, %d, %d), transposed %s, %s, copies %d: element (%d, %d)"
                .formatted(m, n, k, transA, transB, way, at / 4 / ld, at / 4 % ld);
        assertEquals(-1, at, what);
      }
    }
  }

  private static Matrix copy(Arena arena, Matrix matrix) {
    MemorySegment copy = arena.allocate(matrix.segment().byteSize(), 64);
    copy.copyFrom(matrix.segment());
    return Matrix.of(copy, 0, matrix.rows(), matrix.cols(), matrix.ld());
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
