package org.panagrad.openblas;

/**
 * The CBLAS library this JVM calls, as it reported itself once loaded, checked and set to one
 * thread.
 *
 * @param path absolute path of the file that was loaded
 * @param origin who chose that file
 * @param isOpenBlas whether it is an OpenBLAS, and so answers the {@code openblas_*} calls
 * @param version its version, such as {@code 0.3.31}; {@code unknown} if it does not say
 * @param config how it was built, in its own words; {@code unknown} if it does not say
 * @param coreName the kernels it chose for this CPU, such as {@code SkylakeX}; {@code unknown} if
 *     it does not say
 * @param threads threads it uses per call, as read back from it: 1; 0 if it has no call to ask
 */
public record CblasLibrary(
    String path,
    Origin origin,
    boolean isOpenBlas,
    String version,
    String config,
    String coreName,
    int threads) {

  /** Who chose the library. */
  public enum Origin {
    /** The OpenBLAS of the native jar, unpacked into the user's cache. */
    BUNDLED,
    /** The system property {@value OpenBlas#LIBRARY_PROPERTY}. */
    PROPERTY,
    /** The environment variable {@value OpenBlas#LIBRARY_VARIABLE}. */
    ENVIRONMENT
  }
}
