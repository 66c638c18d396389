package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutMaskTest {
  private static final int COUNT = 1 << 20;

  /** The standard score of a chi-square of so many degrees (Wilson and Hilferty's cube root). */
  private static double score(double chiSquare, int degrees) {
    double spread = 2.0 / (9.0 * degrees);
    return (Math.cbrt(chiSquare / degrees) - (1 - spread)) / Math.sqrt(spread);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 42, -7, 1L << 40})
  void hashesFillTheirRangeEvenly(long seed) {
    long key = DropoutMask.key(seed, 3, 1);
    int[] high = new int[256];
    int[] low = new int[256];
    for (int i = 0; i < COUNT; i++) {
      int hash = DropoutMask.hash(DropoutMask.firstKey(key), DropoutMask.secondKey(key), i);
      high[hash >>> 24]++;
      low[hash & 255]++;
    }
    for (int[] counts : new int[][] {high, low}) {
      double expected = COUNT / 256.0;
      double chiSquare = 0;
      for (int count : counts) {
        chiSquare += (count - expected) * (count - expected) / expected;
      }
      double score = score(chiSquare, 255);
      assertTrue(Math.abs(score) < 5, "seed " + seed + ": standard score " + score);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0f, 0.1f, 0.2f, 0.5f, 0.9f})
  void dropsTheProbabilityAsked(float probability) {
    long key = DropoutMask.key(9, 0, 0);
    int dropped = 0;
    for (int i = 0; i < COUNT; i++) {
      if (!DropoutMask.keep(key, i, probability)) {
        dropped++;
      }
    }
    double deviation = Math.sqrt(COUNT * (double) probability * (1 - probability));
    assertEquals(COUNT * (double) probability, dropped, 5 * deviation);
  }

  /** Pairs of streams agree in half of their places at every small shift, and not in more. */
  @Test
  void adjacentStepsLayersAndSeedsAreNeitherCopiesNorShiftedCopies() {
    int length = 1 << 14;
    long base = DropoutMask.key(5, 100, 2);
    long[] others = {
      DropoutMask.key(5, 101, 2),
      DropoutMask.key(5, 100, 3),
      DropoutMask.key(6, 100, 2),
      DropoutMask.key(5, 99, 3)
    };
    for (long other : others) {
      for (int shift = -70; shift <= 70; shift++) {
        int equal = 0;
        for (int i = 0; i < length; i++) {
          if (DropoutMask.keep(base, i, 0.5f) == DropoutMask.keep(other, i + shift, 0.5f)) {
            equal++;
          }
        }
        // Five and a half deviations: 564 comparisons, so a chance of 2e-5 for a good hash.
        assertEquals(length / 2.0, equal, 5.5 * Math.sqrt(length) / 2, "shift " + shift);
      }
    }
  }

  @Test
  void neighboursAreIndependent() {
    long key = DropoutMask.key(11, 0, 0);
    int[] counts = new int[4];
    for (int i = 0; i < COUNT; i++) {
      int first = DropoutMask.keep(key, 2 * i, 0.5f) ? 1 : 0;
      int second = DropoutMask.keep(key, 2 * i + 1, 0.5f) ? 2 : 0;
      counts[first + second]++;
    }
    double chiSquare = 0;
    for (int count : counts) {
      chiSquare += Math.pow(count - COUNT / 4.0, 2) / (COUNT / 4.0);
    }
    assertTrue(Math.abs(score(chiSquare, 3)) < 5, "chi-square " + chiSquare);
  }

  @Test
  void keysDiffer() {
    Set<Long> keys = new HashSet<>();
    for (long seed = -8; seed < 8; seed++) {
      for (long step = 0; step < 32; step++) {
        for (int layer = 0; layer < 8; layer++) {
          keys.add(DropoutMask.key(seed, step, layer));
        }
      }
    }
    assertEquals(16 * 32 * 8, keys.size());
  }

  @Test
  void anyCutIntoTilesDrawsTheSameMask() {
    int rows = 12;
    int cols = 40;
    try (Arena arena = Arena.ofConfined()) {
      Block x = new Block(arena, rows, cols, cols);
      Block whole = new Block(arena, rows, cols, cols);
      Block tiled = new Block(arena, rows, cols, cols);
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < cols; c++) {
          x.set(r, c, 1f);
        }
      }
      for (Kernels k : new Kernels[] {new ScalarKernels(), new VectorKernels()}) {
        drop(k, x, whole, 0, rows, 0, cols);
        drop(k, x, tiled, 0, 5, 0, 17);
        drop(k, x, tiled, 5, rows, 0, 17);
        drop(k, x, tiled, 0, rows, 17, cols);
        assertEquals(-1, whole.mismatch(tiled), k.name());
        for (int r = 0; r < rows; r++) {
          for (int c = 0; c < cols; c++) {
            boolean kept = DropoutMask.keep(KernelCase.KEY, 1000 + r * cols + c, 0.25f);
            assertEquals(kept ? 1 / 0.75f : 0f, whole.get(r, c));
          }
        }
      }
    }
  }

  private static void drop(
      Kernels k, Block x, Block y, int firstRow, int endRow, int firstCol, int endCol) {
    long shift = 4L * (firstRow * x.ld + firstCol);
    k.dropout(
        x.segment,
        x.offset() + shift,
        x.ld,
        y.segment,
        y.offset() + shift,
        y.ld,
        endRow - firstRow,
        endCol - firstCol,
        KernelCase.KEY,
        1000 + firstRow * x.cols + firstCol,
        x.cols,
        0.25f,
        false);
  }

  @ParameterizedTest
  @ValueSource(floats = {-0.1f, 1f, Float.NaN})
  void refusesWhatIsNoProbability(float probability) {
    assertThrows(IllegalArgumentException.class, () -> DropoutMask.keep(1, 0, probability));
  }
}
