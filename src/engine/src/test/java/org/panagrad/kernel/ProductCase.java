package org.panagrad.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Extents, transpose kinds and factors of a product, and operands with gaps between their rows. */
record ProductCase(
    boolean transA, boolean transB, int m, int n, int k, float alpha, float beta, int gap) {
  private static final float SENTINEL = 12345.5f;

  /** Awkward extents in all transpose kinds; those around a chain, a panel and a block are in. */
  static List<ProductCase> all() {
    int[][] extents = {
      {0, 5, 3},
      {5, 0, 3},
      {5, 3, 0},
      {1, 1, 1},
      {1, 1, 513},
      {7, 1, 100},
      {13, 1, 31},
      {1, 33, 5},
      {2, 31, 17},
      {3, 32, 1},
      {4, 16, 9},
      {5, 8, 8},
      {6, 65, 2},
      {7, 100, 64},
      {8, 32, 512},
      {9, 64, 513},
      {10, 128, 33},
      {33, 17, 1025},
      {63, 15, 7},
      {64, 256, 40},
      {65, 257, 48},
      {71, 289, 530},
      {128, 96, 100}
    };
    List<ProductCase> cases = new ArrayList<>();
    for (int[] e : extents) {
      for (int kind = 0; kind < 4; kind++) {
        for (float beta : new float[] {0, 1, 0.75f}) {
          int gap = (e[0] + e[1] + kind) % 3 == 0 ? 70 : 0;
          float alpha = beta == 1 ? -0.05f : 1;
          cases.add(
              new ProductCase(
                  (kind & 1) != 0, (kind & 2) != 0, e[0], e[1], e[2], alpha, beta, gap));
        }
      }
    }
    return cases;
  }

  /** The operands and the result before and after. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared as a whole.
  record Run(float[] a, int lda, float[] b, int ldb, float[] before, float[] after, int ldc) {}

  /** Computes with kernels; what is no element of c is left alone, or this throws. */
  Run run(Kernels kernels, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int lda = (transA ? m : k) + gap;
    int ldb = (transB ? k : n) + gap;
    int ldc = n + gap;
    float[] a = random(random, (transA ? k : m) * Math.max(1, lda));
    float[] b = random(random, (transB ? n : k) * Math.max(1, ldb));
    float[] c = random(random, m * Math.max(1, ldc));
    for (int i = 0; i < c.length; i++) {
      // With beta 0 the result may be anything before, and must not be read.
      c[i] = i % Math.max(1, ldc) >= n ? SENTINEL : beta == 0 ? Float.NaN : c[i];
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment as = native_(arena, a);
      MemorySegment bs = native_(arena, b);
      MemorySegment cs = native_(arena, c);
      long bytes = kernels.productScratchBytes(m, n, k);
      MemorySegment scratch = arena.allocate(bytes + 64, 64);
      scratch.fill((byte) 0xFF);
      kernels.product(
          transA, transB, m, n, k, alpha, as, 0, lda, bs, 0, ldb, beta, cs, 0, ldc, scratch, 0);
      for (long i = bytes; i < bytes + 64; i++) {
        if (scratch.get(ValueLayout.JAVA_BYTE, i) != -1) {
          throw new AssertionError(this + ": wrote past its scratch memory");
        }
      }
      float[] after = cs.asSlice(0, 4L * c.length).toArray(ValueLayout.JAVA_FLOAT);
      for (int i = 0; i < after.length; i++) {
        if (i % Math.max(1, ldc) >= n && after[i] != SENTINEL) {
          throw new AssertionError(this + ": wrote between the rows of c, at " + i);
        }
      }
      return new Run(a, lda, b, ldb, c, after, ldc);
    }
  }

  private static MemorySegment native_(Arena arena, float[] values) {
    MemorySegment segment = arena.allocate(4L * values.length + 4, 64);
    MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
    return segment;
  }

  private static float[] random(SplittableRandom random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }
}
