package org.panagrad.openblas;

import java.nio.file.Path;
import org.panagrad.openblas.CblasLibrary.Origin;

/** What differs between makers of CBLAS libraries: how each tells about itself and its threads. */
sealed interface CblasVendor permits OpenBlasVendor, MklVendor, BlisVendor, UnknownVendor {
  /** What a library says that does not say. */
  String UNKNOWN = "unknown";

  /** Refuses a build whose integers are not the 32-bit ones of the bindings. */
  void requireIntegers32();

  /**
   * Sets one thread per call and returns what the library then answers; 0 if it cannot be asked.
   */
  int useOneThread();

  /** Collects what the library tells of itself. */
  CblasLibrary describe(Path file, Origin origin, int threads);

  /** Recognises the maker by the functions that only its library has. */
  static CblasVendor of(LoadedSymbols symbols) {
    if (symbols.has("openblas_get_config") && symbols.has("openblas_set_num_threads")) {
      return new OpenBlasVendor();
    }
    if (symbols.has("MKL_Set_Num_Threads")) {
      return new MklVendor(symbols);
    }
    if (symbols.has("bli_thread_set_num_threads")) {
      return new BlisVendor(symbols);
    }
    return new UnknownVendor();
  }
}
