package org.panagrad.openblas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OpenBlasTest {
  @Test
  void bundledLibraryTellsWhatItIs() {
    CblasLibrary library = OpenBlas.load();
    assertEquals(CblasLibrary.Origin.BUNDLED, library.origin());
    assertTrue(library.isOpenBlas());
    assertEquals("0.3.31", library.version());
    assertTrue(library.config().contains("DYNAMIC_ARCH"), library::config);
    assertFalse(library.coreName().isBlank());
    assertEquals(1, library.threads());
  }

  @Test
  void everyThreadGetsTheSameLibrary() throws ExecutionException, InterruptedException {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<CblasLibrary>> loads = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        loads.add(threads.submit(OpenBlas::load));
      }
      for (Future<CblasLibrary> load : loads) {
        assertSame(OpenBlas.load(), load.get());
      }
    }
  }

  @Test
  void failureIsRememberedAndLoadingNotTriedAgain() {
    AtomicInteger tries = new AtomicInteger();
    LoadResult result =
        LoadResult.of(
            () -> {
              tries.incrementAndGet();
              throw new CblasLoadException("no such library");
            });
    CblasLoadException first = assertThrows(CblasLoadException.class, result::get);
    assertSame(first, assertThrows(CblasLoadException.class, result::get));
    assertEquals(1, tries.get());
  }

  @Test
  void unforeseenFailureIsRememberedToo() {
    LoadResult result =
        LoadResult.of(
            () -> {
              throw new UnsatisfiedLinkError("no such symbol");
            });
    CblasLoadException first = assertThrows(CblasLoadException.class, result::get);
    assertTrue(first.getMessage().contains("no such symbol"), first.getMessage());
    assertSame(first, assertThrows(CblasLoadException.class, result::get));
  }

  @Test
  void versionIsReadOutOfTheConfiguration() {
    assertEquals(
        "0.3.21", OpenBlasVendor.version("OpenBLAS 0.3.21 NO_LAPACK DYNAMIC_ARCH Haswell"));
    assertEquals("unknown", OpenBlasVendor.version("DYNAMIC_ARCH Haswell"));
  }
}
