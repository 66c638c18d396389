package org.panagrad.blas;

import org.panagrad.openblas.CblasLibrary;

/**
 * The library that computes the products, as reports and model files name it.
 *
 * @param path of the library file
 * @param version as the library says, or that it does not say
 * @param config its build, as it says itself
 * @param coreName whose kernels it chose: results depend on it
 */
public record BlasLibrary(String path, String version, String config, String coreName) {
  static BlasLibrary of(CblasLibrary library) {
    return new BlasLibrary(library.path(), library.version(), library.config(), library.coreName());
  }
}
