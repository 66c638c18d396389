package org.panagrad.openblas;

import java.util.function.Supplier;

/** What loading came to: it is tried once, and a failure throws the same at every use. */
sealed interface LoadResult {
  CblasLibrary get();

  static LoadResult of(Supplier<CblasLibrary> loading) {
    try {
      return new Success(loading.get());
    } catch (CblasLoadException failure) {
      return new Failure(failure);
    } catch (RuntimeException | LinkageError unforeseen) {
      return new Failure(
          new CblasLoadException("the CBLAS library cannot be loaded: " + unforeseen, unforeseen));
    }
  }

  /** The library is there. */
  record Success(CblasLibrary library) implements LoadResult {
    @Override
    public CblasLibrary get() {
      return library;
    }
  }

  /** There is none, for this reason. */
  record Failure(CblasLoadException reason) implements LoadResult {
    @Override
    public CblasLibrary get() {
      throw reason;
    }
  }
}
