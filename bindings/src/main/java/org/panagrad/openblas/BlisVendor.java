package org.panagrad.openblas;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.panagrad.openblas.CblasLibrary.Origin;

/** BLIS; its own functions take 64-bit integers on a 64-bit machine, whatever its CBLAS ones do. */
record BlisVendor(LoadedSymbols symbols) implements CblasVendor {
  @Override
  public void requireIntegers32() {
    if (symbols.has("bli_info_get_blas_int_type_size")) {
      long bits = (long) symbols.function("bli_info_get_blas_int_type_size", JAVA_LONG).call();
      if (bits != Integer.SIZE) {
        throw new CblasLoadException(
            "it is a BLIS built for BLAS integers of " + bits + " bits; 32 expected");
      }
    }
  }

  @Override
  public int useOneThread() {
    symbols.function("bli_thread_set_num_threads", null, JAVA_LONG).call(1L);
    return symbols.has("bli_thread_get_num_threads")
        ? Math.toIntExact((long) symbols.function("bli_thread_get_num_threads", JAVA_LONG).call())
        : 0;
  }

  @Override
  public CblasLibrary describe(Path file, Origin origin, int threads) {
    String version = text("bli_info_get_version_str");
    return new CblasLibrary(
        file.toString(), origin, false, version, "BLIS " + version, coreName(), threads);
  }

  private String coreName() {
    if (!symbols.has("bli_arch_query_id") || !symbols.has("bli_arch_string")) {
      return UNKNOWN;
    }
    int id = (int) symbols.function("bli_arch_query_id", JAVA_INT).call();
    return ((MemorySegment) symbols.function("bli_arch_string", ADDRESS, JAVA_INT).call(id))
        .reinterpret(Long.MAX_VALUE)
        .getString(0);
  }

  private String text(String function) {
    return symbols.has(function)
        ? ((MemorySegment) symbols.function(function, ADDRESS).call())
            .reinterpret(Long.MAX_VALUE)
            .getString(0)
        : UNKNOWN;
  }
}
