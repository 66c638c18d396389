package org.panagrad.openblas;

/** Finds, checks and loads the CBLAS library that the bindings call. */
public final class OpenBlas {
  /** Names another CBLAS library by its absolute path; wins over the environment variable. */
  public static final String LIBRARY_PROPERTY = "panagrad.cblas.library";

  /** Names another CBLAS library by its absolute path. */
  public static final String LIBRARY_VARIABLE = "PANAGRAD_CBLAS_LIBRARY";

  static final String NAME_ANOTHER =
      "name another CBLAS library by its absolute path in -D"
          + LIBRARY_PROPERTY
          + " or "
          + LIBRARY_VARIABLE;

  private OpenBlas() {}

  /**
   * Loads the library, once for this JVM; every later call returns the same. After it returns, the
   * generated bindings in {@code org.panagrad.openblas.cblas} may be called, from any thread.
   *
   * <p>The library is the one named by {@value #LIBRARY_PROPERTY} or else by {@value
   * #LIBRARY_VARIABLE} or else the OpenBLAS of the native jar. One that is named and unusable is
   * never replaced by another in silence. It is set to one thread and never unloaded.
   *
   * @throws CblasLoadException if it cannot be loaded, lacks a needed function or computes wrong;
   *     the same exception at every call
   */
  public static CblasLibrary load() {
    return Loaded.RESULT.get();
  }

  /** Loads when first asked, under the lock of class initialisation. */
  private static final class Loaded {
    static final LoadResult RESULT = LoadResult.of(LibraryLoader::load);
  }
}
