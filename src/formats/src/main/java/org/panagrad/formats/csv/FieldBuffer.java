package org.panagrad.formats.csv;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import java.util.Arrays;
import java.util.Objects;

/** The fields of the present row, one after the other in one array that every row uses again. */
final class FieldBuffer extends AbstractBaseCsvCallbackHandler<FieldBuffer> {
  static final int MOST_FIELDS = 100_000;
  static final int MOST_CHARACTERS = 16 * 1024 * 1024;

  private char[] characters = new char[1024];
  private int[] ends = new int[64];
  private int count;

  /** A row that is too large, with its message. */
  static final class RowTooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RowTooLarge(String message) {
      super(message);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  @Override
  protected void handleBegin(long startingLineNumber) {
    count = 0;
  }

  @Override
  protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
    if (count == MOST_FIELDS) {
      throw new RowTooLarge("more than " + MOST_FIELDS + " fields");
    }
    int start = start(count);
    if (length > MOST_CHARACTERS - start) {
      throw new RowTooLarge("a row of more than " + MOST_CHARACTERS + " characters");
    }
    int end = start + length;
    if (end > characters.length) {
      characters = Arrays.copyOf(characters, Math.max(end, 2 * characters.length));
    }
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, 2 * count);
    }
    System.arraycopy(buffer, offset, characters, start, length);
    ends[count++] = end;
  }

  @Override
  protected FieldBuffer buildRecord() {
    return this;
  }

  /** How many fields the row has, or has had up to a failure. */
  int count() {
    return count;
  }

  long line() {
    return getStartingLineNumber();
  }

  String text(int field) {
    Objects.checkIndex(field, count);
    int start = start(field);
    return new String(characters, start, ends[field] - start);
  }

  boolean isBlank() {
    for (int i = 0; i < start(count); i++) {
      if (!Character.isWhitespace(characters[i])) {
        return false;
      }
    }
    return true;
  }

  private int start(int field) {
    return field == 0 ? 0 : ends[field - 1];
  }
}
