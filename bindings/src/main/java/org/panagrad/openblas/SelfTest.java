package org.panagrad.openblas;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.panagrad.openblas.cblas.Cblas;

/** Compares small products of the library just loaded with plain Java. */
final class SelfTest {
  private SelfTest() {}

  static void run() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 2f);
      MemorySegment result = arena.allocate(ValueLayout.JAVA_FLOAT);
      Cblas.cblas_sgemm(
          Cblas.CblasRowMajor(),
          Cblas.CblasNoTrans(),
          Cblas.CblasNoTrans(),
          1,
          1,
          1,
          1f,
          one,
          1,
          one,
          1,
          0f,
          result,
          1);
      if (result.get(ValueLayout.JAVA_FLOAT, 0) != 4f) {
        throw new CblasLoadException("it computes wrong: 2 * 2 is not 4");
      }
    }
  }
}
