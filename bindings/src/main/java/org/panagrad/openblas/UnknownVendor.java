package org.panagrad.openblas;

import java.nio.file.Path;
import org.panagrad.openblas.CblasLibrary.Origin;

/** A CBLAS that nothing is known of but that it has the functions. */
record UnknownVendor() implements CblasVendor {
  @Override
  public void requireIntegers32() {
    // It cannot be asked; with other integers the self-test computes wrong.
  }

  @Override
  public int useOneThread() {
    return 0;
  }

  @Override
  public CblasLibrary describe(Path file, Origin origin, int threads) {
    return new CblasLibrary(file.toString(), origin, false, UNKNOWN, UNKNOWN, UNKNOWN, threads);
  }
}
