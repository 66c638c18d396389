package org.panagrad.openblas;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.panagrad.openblas.cblas.Cblas;

/** Every bound function once, on numbers whose results single precision holds exactly. */
class BindingsTest {
  private final Arena arena = Arena.ofConfined();

  @BeforeAll
  static void load() {
    OpenBlas.load();
  }

  @AfterEach
  void close() {
    arena.close();
  }

  @Test
  void constantsAreThoseOfCblas() {
    assertEquals(101, Cblas.CblasRowMajor());
    assertEquals(102, Cblas.CblasColMajor());
    assertEquals(111, Cblas.CblasNoTrans());
    assertEquals(112, Cblas.CblasTrans());
    assertEquals(113, Cblas.CblasConjTrans());
    assertEquals(114, Cblas.CblasConjNoTrans());
  }

  @Test
  void sgemmMultipliesRowMajor() {
    MemorySegment a = floats(1, 2, 3, 4, 5, 6); // (2, 3)
    MemorySegment b = floats(1, 0, 0, 1, 1, 1); // (3, 2)
    MemorySegment c = floats(10, 10, 10, 10); // (2, 2)
    Cblas.cblas_sgemm(
        Cblas.CblasRowMajor(),
        Cblas.CblasNoTrans(),
        Cblas.CblasNoTrans(),
        2,
        2,
        3,
        2f,
        a,
        3,
        b,
        2,
        1f,
        c,
        2);
    assertFloats(c, 18, 20, 30, 32);
  }

  @Test
  void dgemmMultipliesColumnMajor() {
    MemorySegment a = arena.allocateFrom(JAVA_DOUBLE, 1, 3, 2, 4); // (2, 2) by columns
    MemorySegment c = arena.allocate(JAVA_DOUBLE, 4); // (2, 2) by columns
    Cblas.cblas_dgemm(
        Cblas.CblasColMajor(),
        Cblas.CblasTrans(),
        Cblas.CblasNoTrans(),
        2,
        2,
        2,
        1,
        a,
        2,
        a,
        2,
        0,
        c,
        2);
    assertArrayEquals(new double[] {10, 14, 14, 20}, c.toArray(JAVA_DOUBLE));
  }

  @Test
  void sgemvTransposes() {
    MemorySegment a = floats(1, 2, 3, 4, 5, 6); // (2, 3)
    MemorySegment y = floats(1, 1, 1); // (3)
    Cblas.cblas_sgemv(
        Cblas.CblasRowMajor(), Cblas.CblasTrans(), 2, 3, 1f, a, 3, floats(1, -1), 1, 2f, y, 1);
    assertFloats(y, -1, -1, -1);
  }

  /**
   * The size is above 100 cubed on purpose: OpenBLAS 0.3.31 crashes in batched products up to there
   * (its pull request 5980), so nothing may call them for small ones.
   */
  @Test
  void batchedProductsMultiplyLargeMatrices() {
    int n = 101;
    MemorySegment a = arena.allocate(JAVA_FLOAT, 2L * n * n); // (2, n, n), ones then twos
    MemorySegment c = arena.allocate(JAVA_FLOAT, 2L * n * n); // (2, n, n)
    for (int i = 0; i < 2 * n * n; i++) {
      a.setAtIndex(JAVA_FLOAT, i, i < n * n ? 1 : 2);
    }
    long bytes = 4L * n * n;
    MemorySegment size = arena.allocateFrom(JAVA_INT, n);
    MemorySegment noTrans = arena.allocateFrom(JAVA_INT, Cblas.CblasNoTrans());
    MemorySegment inputs = pointers(a, a.asSlice(bytes));
    Cblas.cblas_sgemm_batch(
        Cblas.CblasRowMajor(),
        noTrans,
        noTrans,
        size,
        size,
        size,
        floats(1),
        inputs,
        size,
        inputs,
        size,
        floats(0),
        pointers(c, c.asSlice(bytes)),
        size,
        1,
        arena.allocateFrom(JAVA_INT, 2));
    assertProducts(c, n);

    c.fill((byte) 0);
    Cblas.cblas_sgemm_batch_strided(
        Cblas.CblasRowMajor(),
        Cblas.CblasNoTrans(),
        Cblas.CblasNoTrans(),
        n,
        n,
        n,
        1f,
        a,
        n,
        n * n,
        a,
        n,
        n * n,
        0f,
        c,
        n,
        n * n,
        2);
    assertProducts(c, n);
  }

  private static void assertProducts(MemorySegment c, int n) {
    for (int i = 0; i < 2 * n * n; i++) {
      assertEquals(i < n * n ? n : 4f * n, c.getAtIndex(JAVA_FLOAT, i));
    }
  }

  @Test
  void levelOneRoutines() {
    MemorySegment x = floats(3, -4); // (2)
    assertEquals(7f, Cblas.cblas_sasum(2, x, 1));
    assertEquals(5f, Cblas.cblas_snrm2(2, x, 1));
    assertEquals(2f, Cblas.cblas_sdot(2, x, 1, floats(2, 1), 1));
    MemorySegment y = floats(1, 1); // (2)
    Cblas.cblas_saxpy(2, 2f, x, 1, y, 1);
    assertFloats(y, 7, -7);
    Cblas.cblas_saxpby(2, 1f, x, 1, -1f, y, 1);
    assertFloats(y, -4, 3);
    Cblas.cblas_sscal(2, 0.5f, y, 1);
    assertFloats(y, -2, 1.5f);
    Cblas.cblas_scopy(2, x, 1, y, 1);
    assertFloats(y, 3, -4);
    MemorySegment outer = arena.allocate(JAVA_FLOAT, 4); // (2, 2)
    Cblas.cblas_sger(Cblas.CblasRowMajor(), 2, 2, 1f, x, 1, floats(1, 2), 1, outer, 2);
    assertFloats(outer, 3, 6, -4, -8);
  }

  @Test
  void configurationCallsAnswer() {
    assertTrue(Cblas.openblas_get_num_procs() >= 1);
    assertEquals(1, Cblas.openblas_get_num_threads());
    int parallel = Cblas.openblas_get_parallel();
    assertTrue(parallel == Cblas.OPENBLAS_THREAD() || parallel == Cblas.OPENBLAS_SEQUENTIAL());
    assertTrue(parallel != Cblas.OPENBLAS_OPENMP());
    assertTrue(Cblas.openblas_get_config().getString(0).contains("OpenBLAS"));
    assertTrue(!Cblas.openblas_get_corename().getString(0).isEmpty());
  }

  private MemorySegment floats(float... values) {
    return arena.allocateFrom(JAVA_FLOAT, values);
  }

  private MemorySegment pointers(MemorySegment... targets) {
    MemorySegment pointers = arena.allocate(ADDRESS, targets.length);
    for (int i = 0; i < targets.length; i++) {
      pointers.setAtIndex(ADDRESS, i, targets[i]);
    }
    return pointers;
  }

  private static void assertFloats(MemorySegment found, float... expected) {
    assertArrayEquals(expected, found.toArray(JAVA_FLOAT));
  }
}
