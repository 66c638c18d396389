package org.panagrad.data;

import org.panagrad.file.OneLine;

/**
 * Data that cannot be used, had or written.
 *
 * <p>The message is one line: where, what, what was expected, what was found, what to do.
 */
public final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The message as it is shown. */
  public DataException(String message) {
    super(message);
  }

  /** The message as it is shown, and what led to it. */
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }

  /** What is wrong, in one line; never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /**
   * A message in the usual form: {@code where: what: expected X, found Y; remedy}.
   *
   * @param where the dataset or file, and the row if one is at fault
   */
  public static DataException at(
      String where, String what, String expected, String found, String remedy) {
    return new DataException(
        OneLine.of(
            where + ": " + what + ": expected " + expected + ", found " + found + "; " + remedy));
  }
}
