package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Our own product against sums in double, and cut into parts. */
class ProductTest {
  private static final long SEED = 20261125L;

  /**
   * A chain of k fused multiply-adds is off by at most k ulps (2^-24) of the sum of magnitudes, the
   * additions of chains and of beta c, and the scaling, by one each.
   */
  @Test
  void isWithinItsRoundingOfTheSumInDouble() {
    for (Kernels kernels : BothKernels.ALL) {
      for (ProductCase c : ProductCase.all()) {
        ProductCase.Run run = c.run(kernels, SEED);
        for (int i = 0; i < c.m(); i++) {
          for (int j = 0; j < c.n(); j++) {
            double sum = 0;
            double size = 0;
            for (int p = 0; p < c.k(); p++) {
              double x = run.a()[c.transA() ? p * run.lda() + i : i * run.lda() + p];
              double y = run.b()[c.transB() ? j * run.ldb() + p : p * run.ldb() + j];
              sum += x * y;
              size += Math.abs(x * y);
            }
            double old = c.beta() == 0 ? 0 : (double) c.beta() * run.before()[i * run.ldc() + j];
            double expected = c.alpha() * sum + old;
            double bound =
                Math.scalb(
                    (c.k() + 4.0) * (Math.abs(c.alpha()) * size + Math.abs(old)) + 1e-30, -24);
            assertEquals(
                expected,
                run.after()[i * run.ldc() + j],
                bound,
                kernels.name() + " " + c + " at " + i + ", " + j);
          }
        }
      }
    }
  }

  /** A lane computes a part of the rows or columns, and must come to what it was in the whole. */
  @Test
  void doesNotDependOnHowItIsCut() {
    int m = 71;
    int n = 100;
    int k = 600;
    for (Kernels kernels : BothKernels.ALL) {
      try (Arena arena = Arena.ofConfined()) {
        ProductCase.Run whole = new ProductCase(false, false, m, n, k, 1, 0, 0).run(kernels, SEED);
        MemorySegment a = arena.allocateFrom(ValueLayout.JAVA_FLOAT, whole.a());
        MemorySegment b = arena.allocateFrom(ValueLayout.JAVA_FLOAT, whole.b());
        MemorySegment c = arena.allocate(4L * m * n, 64);
        MemorySegment scratch = arena.allocate(kernels.productScratchBytes(m, n, k) + 1, 64);
        for (int[] rows : new int[][] {{0, 13}, {13, 14}, {14, 71}}) {
          for (int[] cols : new int[][] {{0, 33}, {33, 36}, {36, 100}}) {
            kernels.product(
                false,
                false,
                rows[1] - rows[0],
                cols[1] - cols[0],
                k,
                1,
                a,
                4L * rows[0] * k,
                k,
                b,
                4L * cols[0],
                n,
                0,
                c,
                4L * (rows[0] * n + cols[0]),
                n,
                scratch,
                0);
          }
        }
        assertArrayEquals(whole.after(), c.toArray(ValueLayout.JAVA_FLOAT), kernels.name());
      }
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    for (Kernels kernels : BothKernels.ALL) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment x = arena.allocate(4L * 12, 64);
        MemorySegment big = arena.allocate(1 << 20, 64);
        MemorySegment none = arena.allocate(0);
        String message =
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () ->
                        kernels.product(
                            false, false, 3, 4, 5, 1, x, 0, 5, big, 0, 4, 0, big, 4096, 4, big,
                            8192))
                .getMessage();
        assertTrue(message != null && message.startsWith("a: 3 rows x 5 columns"), message);
        if (kernels.productScratchBytes(3, 4, 5) > 0) {
          assertThrows(
              IndexOutOfBoundsException.class,
              () ->
                  kernels.product(
                      false, false, 3, 4, 4, 1, x, 0, 4, big, 0, 4, 0, big, 4096, 4, none, 0));
        }
      }
    }
  }

  @Test
  void transposesEveryExtent() {
    for (Kernels kernels : BothKernels.ALL) {
      for (int rows : new int[] {0, 1, 3, 7, 8, 9, 16, 17, 33}) {
        for (int cols : new int[] {0, 1, 5, 8, 15, 16, 31, 40}) {
          try (Arena arena = Arena.ofConfined()) {
            int ldx = cols + 3;
            int ldy = rows + 2;
            MemorySegment x = arena.allocate(4L * rows * ldx + 4, 64);
            MemorySegment y = arena.allocate(4L * cols * ldy + 4, 64);
            for (int i = 0; i < rows * ldx; i++) {
              x.setAtIndex(ValueLayout.JAVA_FLOAT, i, i + 1);
            }
            kernels.transpose(x, 0, ldx, y, 0, ldy, rows, cols);
            for (int c = 0; c < cols; c++) {
              for (int r = 0; r < ldy; r++) {
                float expected = r < rows ? r * ldx + c + 1 : 0;
                assertEquals(
                    expected, y.getAtIndex(ValueLayout.JAVA_FLOAT, (long) c * ldy + r), "" + r + c);
              }
            }
          }
        }
      }
    }
  }
}
