package org.panagrad.openblas;

import java.util.Objects;

/** No usable CBLAS library: the message names every place tried and what to do. */
public final class CblasLoadException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** For checks that an engine makes of its own. */
  public CblasLoadException(String message) {
    super(message);
  }

  CblasLoadException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Never null. */
  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
