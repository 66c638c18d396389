package org.panagrad.openblas;

import java.lang.foreign.Arena;
import java.util.SplittableRandom;

/**
 * Compares products of the library just loaded with plain Java, and refuses a library that computes
 * wrong: kernels have been miscompiled, and chosen for a processor they do not suit. It takes a few
 * milliseconds.
 */
final class SelfTest {
  private static final long SEED = 0x50616e6167726164L;

  /** Rows, columns and inner size: below, at and above the tile edges of the kernels. */
  private static final int[][] SMALL = {
    {1, 1, 1},
    {1, 8, 16},
    {2, 3, 7},
    {3, 17, 8},
    {7, 1, 33},
    {8, 16, 2},
    {16, 7, 3},
    {17, 33, 8},
    {33, 2, 17},
    {1, 33, 17},
    {16, 16, 16},
    {33, 17, 33},
    {2, 2, 0}
  };

  /** Rows, columns and inner size above 100 cubed, where OpenBLAS leaves its small kernels. */
  private static final int LARGE = 101;

  private static final float[][] SCALES = {{1f, 0f}, {1f, 1f}, {-0.5f, 0.75f}, {0f, 2f}};

  private SelfTest() {}

  static void run() {
    SplittableRandom random = new SplittableRandom(SEED);
    int round = 0;
    try (Arena arena = Arena.ofConfined()) {
      for (int[] size : SMALL) {
        for (boolean transA : new boolean[] {false, true}) {
          for (boolean transB : new boolean[] {false, true}) {
            float[] scale = SCALES[round++ % SCALES.length];
            new ProductCheck(
                    size[0], size[1], size[2], transA, transB, scale[0], scale[1], round % 4)
                .compareEveryElement(random, arena);
          }
        }
        // Five rounds a size, so that each kind of product meets all scales and paddings.
        round++;
      }
      Matrix left = Matrix.random(LARGE, LARGE, 0, random);
      Matrix right = Matrix.random(LARGE, LARGE, 0, random);
      for (boolean transA : new boolean[] {false, true}) {
        for (boolean transB : new boolean[] {false, true}) {
          new ProductCheck(LARGE, LARGE, LARGE, transA, transB, 1f, 0f, 0)
              .compareRowSums(left, right, random, arena);
        }
      }
    }
  }
}
