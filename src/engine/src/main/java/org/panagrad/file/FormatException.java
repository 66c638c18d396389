package org.panagrad.file;

import java.nio.file.Path;

/**
 * A file that is not what its format says: truncated, damaged, lying about its sizes or hostile.
 *
 * <p>The message is one line: which file, what in it, what was expected, what was found and what to
 * do. Control characters, which a hostile file may carry into it, are written as escapes.
 */
public final class FormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String file;

  /**
   * Says what is wrong with a file.
   *
   * @param what the part of the file that is wrong, as in {@code tensor "fc1.weight"}
   * @param expected what the format asks for there
   * @param found what is there
   * @param remedy what the reader of the message can do
   */
  public FormatException(Path file, String what, String expected, String found, String remedy) {
    super(
        OneLine.of(
            file + ": " + what + ": expected " + expected + ", found " + found + "; " + remedy));
    this.file = file.toString();
  }

  /** The file at fault, as it was named when it was opened. */
  public String file() {
    return file;
  }
}
