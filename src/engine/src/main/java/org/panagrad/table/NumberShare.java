package org.panagrad.table;

import org.jspecify.annotations.Nullable;
import org.panagrad.data.DataException;
import org.panagrad.file.OneLine;

/**
 * How many fields of a column are numbers, and where the first stands that is none. Where nearly
 * all are, the others are slips rather than what makes the column one of categories.
 */
final class NumberShare {
  private static final double NEARLY_ALL = 0.95;

  // So few different numbers may be names: 0, 1, 2 and "other".
  private static final int FEW = 10;

  private long numbers;
  private long commaNumbers;
  private @Nullable Field word;
  private @Nullable Field commaNumber;

  private record Field(String place, String text) {}

  void addNumber() {
    numbers++;
  }

  /** Another field that is not missing. */
  void addWord(String text, Row row, ColumnProfile column) {
    if (word == null) {
      word = new Field(column.place(row), text);
    }
    if (FieldText.isNumberWithCommas(text)) {
      commaNumbers++;
      if (commaNumber == null) {
        commaNumber = new Field(column.place(row), text);
      }
    }
  }

  /** Whether there is a field that is neither missing nor a number. */
  boolean hasWords() {
    return word != null;
  }

  /**
   * Checks that what was not told to be categories can be meant to be.
   *
   * @param fields that are not missing
   * @param different numbers among them
   * @param otherwise what to say if it is
   * @return the first word where nearly all are numbers, but few different ones; null for none
   * @throws DataException if nearly all fields are numbers, or would be without commas
   */
  @Nullable String requireCategories(long fields, int different, String otherwise) {
    if (commaNumber != null && numbers + commaNumbers >= NEARLY_ALL * fields) {
      throw DataException.at(
          commaNumber.place,
          "field",
          "a number with a decimal point and no separators, as nearly all fields of the column"
              + " would be numbers then",
          OneLine.quote(commaNumber.text),
          "write numbers without commas, or say that " + otherwise);
    }
    if (word == null || numbers < NEARLY_ALL * fields) {
      return null;
    }
    if (different > FEW) {
      throw DataException.at(
          word.place,
          "field",
          "a number, as " + numbers + " of the " + fields + " fields of the column are",
          OneLine.quote(word.text),
          "correct the field, leave it empty if it is not known, or say that " + otherwise);
    }
    return OneLine.quote(word.text) + " (" + numbers + " of " + fields + " fields are numbers)";
  }
}
