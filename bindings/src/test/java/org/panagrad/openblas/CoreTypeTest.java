package org.panagrad.openblas;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CoreTypeTest {
  private static final CpuFeatures SKYLAKE =
      CpuFeatures.parse(
          List.of(
              "processor\t: 0",
              "flags\t\t: fpu sse2 avx avx2 fma avx512f avx512cd avx512bw avx512dq avx512vl",
              "flags\t\t: fpu"));
  private static final CpuFeatures HASWELL = new CpuFeatures(Set.of("sse2", "avx", "avx2", "fma"));

  @Test
  void warnsOfNarrowKernelsOnWideProcessor() {
    assertEquals(
        "OPENBLAS_CORETYPE=Haswell makes OpenBLAS use AVX2 kernels on a processor with AVX-512;"
            + " unset it for speed",
        forced("Haswell", SKYLAKE).weakCoreWarning().orElseThrow());
    assertTrue(forced("NEHALEM", HASWELL).weakCoreWarning().isPresent());
  }

  @Test
  void saysNothingWhereThereIsNothingToGain() {
    assertEquals(Optional.empty(), forced("Haswell", HASWELL).weakCoreWarning());
    assertEquals(Optional.empty(), forced("SkylakeX", SKYLAKE).weakCoreWarning());
    assertEquals(Optional.empty(), forced("NoSuchCore", SKYLAKE).weakCoreWarning());
    assertEquals(Optional.empty(), new CoreType(Optional.empty(), SKYLAKE).weakCoreWarning());
    assertEquals(Optional.empty(), forced("Haswell", new CpuFeatures(Set.of())).weakCoreWarning());
  }

  @Test
  void refusesKernelsThatTheProcessorCannotRun() {
    CblasLoadException refused =
        assertThrows(CblasLoadException.class, () -> forced("skylakex", HASWELL).requireRunnable());
    assertEquals(
        "OPENBLAS_CORETYPE=skylakex needs AVX-512, which this processor does not have; unset it",
        refused.getMessage());
    assertDoesNotThrow(() -> forced("skylakex", SKYLAKE).requireRunnable());
    assertDoesNotThrow(() -> forced("skylakex", new CpuFeatures(Set.of())).requireRunnable());
  }

  @Test
  void readsThisMachine() {
    boolean linux = System.getProperty("os.name").equals("Linux");
    assertEquals(linux, !CpuFeatures.read().flags().isEmpty());
    assertFalse(CpuFeatures.parse(List.of("Features\t: fp asimd")).flags().isEmpty());
    assertTrue(CpuFeatures.parse(List.of("no colon", "")).flags().isEmpty());
  }

  private static CoreType forced(String core, CpuFeatures cpu) {
    return new CoreType(Optional.of(core), cpu);
  }
}
