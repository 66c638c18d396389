package org.panagrad.blas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cut products are those of plain Java, whatever the library would do with the whole. */
class PiecesTest {
  private static final Blas PIECES =
      (transA, transB, m, n, k, alpha, a, b, beta, c) ->
          NativeBlas.multiply(true, transA, transB, m, n, k, alpha, a, b, beta, c);

  /** Lanes of the networks measured, strips, chunks of sums, primes, one past an edge. */
  @ParameterizedTest
  @CsvSource({
    "false, true, 64, 32, 784",
    "false, true, 10, 128, 128",
    "false, true, 128, 10, 1025",
    "false, true, 71, 67, 2053",
    "false, true, 131, 67, 1031",
    "false, true, 16, 17, 33",
    "false, true, 257, 131, 127",
    "false, true, 64, 32, 64",
    "false, true, 19, 129, 7",
    "false, false, 64, 784, 32",
    "false, false, 71, 1400, 63",
    "false, false, 7, 3000, 64",
    "false, false, 128, 128, 512",
    "false, false, 257, 131, 509",
    "false, false, 13, 67, 4099",
    "false, false, 2053, 1, 1031",
    "false, false, 1, 2053, 1031",
    "false, false, 71, 259, 1301",
    "false, false, 131, 67, 1025",
    "false, false, 259, 131, 521",
    "true, false, 256, 128, 256",
    "true, false, 131, 259, 1301",
    "true, false, 129, 65, 771",
    "true, false, 7, 1201, 257"
  })
  void isTheProductOfPlainJava(boolean transA, boolean transB, int m, int n, int k) {
    assertTrue(Pieces.of(transA, transB, m, n, k) != 0, "left whole");
    FramedProduct.check(PIECES, transA, transB, m, n, k, 11);
  }

  @Test
  void randomShapesToo() {
    long seed = System.nanoTime();
    System.out.println("PiecesTest: seed " + seed);
    Random random = new Random(seed);
    int cut = 0;
    for (int round = 0; round < 60; round++) {
      boolean transA = random.nextInt(3) == 0;
      boolean transB = !transA && random.nextBoolean();
      int m = extent(random);
      int n = extent(random);
      int k = extent(random);
      if (Pieces.of(transA, transB, m, n, k) != 0) {
        cut++;
        FramedProduct.check(PIECES, transA, transB, m, n, k, seed + round);
      }
    }
    assertTrue(cut > 5, cut + " of 60 were cut, seed " + seed);
  }

  private static int extent(Random random) {
    return 1 + (int) Math.exp(random.nextDouble() * Math.log(900));
  }

  /** What OpenBLAS is given is what its kernels that pack nothing take. */
  @Test
  void noPieceIsTooLarge() {
    for (int m : new int[] {1, 7, 10, 31, 32, 33, 64, 65, 200, 1000, 5000, 1 << 20}) {
      for (int n : new int[] {1, 7, 10, 31, 32, 33, 64, 65, 200, 1000, 5000, 1 << 20}) {
        for (int k :
            new int[] {
              1, 2, 31, 32, 63, 64, 65, 127, 128, 129, 511, 512, 1023, 1025, 4096, 1 << 20
            }) {
          for (boolean transB : new boolean[] {false, true}) {
            for (boolean transA : new boolean[] {false, true}) {
              long cut = Pieces.of(transA, transB, m, n, k);
              if (cut == 0) {
                continue;
              }
              String what = m + " " + n + " " + k + transA + transB;
              assertTrue(
                  Pieces.rows(cut) > 0 && Pieces.cols(cut) > 0 && Pieces.depth(cut) > 0, what);
              long area = (long) Pieces.rows(cut) * Pieces.cols(cut);
              assertTrue(area * Pieces.depth(cut) <= 1_000_000, what);
              if (Pieces.copied(cut)) {
                assertTrue((long) Pieces.cols(cut) * Pieces.depth(cut) <= Pieces.PANEL, what);
              } else if (transB) {
                assertTrue(area <= 1_200, what);
                assertTrue(k % Pieces.depth(cut) == 0 || Pieces.depth(cut) >= 32, what);
              }
            }
          }
        }
      }
    }
  }

  @Test
  void emptyAndSmallProductsAreLeftWhole() {
    assertEquals(0, Pieces.of(false, false, 0, 5, 2_000_000));
    assertEquals(0, Pieces.of(false, false, 100, 100, 100));
    assertEquals(0, Pieces.of(true, true, 500, 500, 500));
    assertEquals(0, Pieces.of(false, true, 15, 500, 31));
    // Streams from memory: pieces would read it again and again.
    assertEquals(0, Pieces.of(false, false, 2048, 512, 4096));
  }

  /** A column that lies without gaps is multiplied as the row that it also is. */
  @ParameterizedTest
  @CsvSource({"2053, 2049", "1, 64", "10, 784", "128, 784", "977, 1025", "3, 63"})
  void aColumnWithoutGapsToo(int m, int k) {
    Random random = new Random(17);
    NativeBlas.load();
    try (Arena arena = Arena.ofConfined()) {
      Matrix a = FramedProduct.framed(arena, m, k, random);
      MemorySegment memory = arena.allocate(4L * k, 64);
      for (int i = 0; i < k; i++) {
        memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() - 0.5f);
      }
      Matrix b = Matrix.of(memory, 0, k, 1, 1);
      for (float beta : new float[] {0, 1, -0.5f}) {
        Matrix c = FramedProduct.framed(arena, m, 1, random);
        float[] before = FramedProduct.floats(c);
        if (beta == 0) {
          FramedProduct.undefine(c);
        }
        NativeBlas.multiply(true, false, false, m, 1, k, 0.75f, a, b, beta, c);
        FramedProduct.requireProduct(false, false, k, a, b, beta, before, c, "column");
      }
    }
  }
}
