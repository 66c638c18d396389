package org.panagrad.io;

/** Text that is not JSON, or JSON that does not hold what was asked of it; one line. */
public final class JsonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String where;
  private final String expected;
  private final String found;

  JsonException(String where, String expected, String found) {
    super(where + ": expected " + expected + ", found " + found);
    this.where = where;
    this.expected = expected;
    this.found = found;
  }

  /** The offset in the text, or the path in the tree. */
  public String where() {
    return where;
  }

  /** What should have been there. */
  public String expected() {
    return expected;
  }

  /** What was there. */
  public String found() {
    return found;
  }
}
