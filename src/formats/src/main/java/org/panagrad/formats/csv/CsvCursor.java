package org.panagrad.formats.csv;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import org.panagrad.data.DataException;
import org.panagrad.file.FailureReason;
import org.panagrad.table.RowCursor;

/** The rows of delimited text. */
final class CsvCursor implements RowCursor {
  /** A longer field is taken for a quote that is not closed. */
  static final int MOST_FIELD_CHARACTERS = 1024 * 1024;

  private static final int ANY = -1;
  private static final String DAMAGED = "get the file again from its source";
  private static final Pattern PARSER_PLACE = Pattern.compile("\\s*\\(record starting at.*\\)");

  private final String name;
  private final Utf8Text text;
  private final CsvReader<FieldBuffer> reader;
  private final Iterator<FieldBuffer> rows;
  private final FieldBuffer fields = new FieldBuffer();
  private final int columns;

  /** Rows of so many columns. */
  CsvCursor(String name, Utf8Text text, char delimiter, int columns) {
    this.name = name;
    this.text = text;
    this.columns = columns;
    this.reader = reader(text, delimiter, fields);
    this.rows = reader.iterator();
  }

  /** Rows of any number of fields. */
  CsvCursor(String name, Utf8Text text, char delimiter) {
    this(name, text, delimiter, ANY);
  }

  static CsvReader<FieldBuffer> reader(Reader text, char delimiter, FieldBuffer fields) {
    return CsvReader.builder()
        .fieldSeparator(delimiter)
        .allowUnclosedQuote(false)
        // Else a blank before a quote makes the quote a part of the field.
        .trimWhitespacesAroundQuotes(true)
        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
        .maxBufferSize(MOST_FIELD_CHARACTERS)
        .build(fields, text);
  }

  @Override
  public boolean next() {
    do {
      if (!advance()) {
        return false;
      }
    } while (fields.count() == 1 && columns != 1 && fields.isBlank());
    if (columns != ANY && fields.count() != columns) {
      throw DataException.at(
          name + ", line " + fields.line(),
          "number of fields",
          columns + " as in the first row",
          Integer.toString(fields.count()),
          "correct the row; a field that holds the delimiter must be in quotes");
    }
    return true;
  }

  private boolean advance() {
    try {
      if (!rows.hasNext()) {
        return false;
      }
      rows.next();
      return true;
    } catch (UncheckedIOException e) {
      // Always there: the constructor asks for it.
      throw failed(Objects.requireNonNull(e.getCause()));
    } catch (CsvParseException e) {
      throw e.getCause() instanceof FieldBuffer.RowTooLarge tooLarge
          ? refused(
              "at most "
                  + FieldBuffer.MOST_FIELDS
                  + " fields and "
                  + FieldBuffer.MOST_CHARACTERS
                  + " characters",
              tooLarge.getMessage())
          : refused("delimited fields", parserSays(e));
    }
  }

  private static String parserSays(CsvParseException e) {
    String message = String.valueOf(e.getMessage());
    if (message.startsWith("The maximum buffer size")) {
      return "a field of more than " + MOST_FIELD_CHARACTERS + " characters";
    }
    return PARSER_PLACE.matcher(message).replaceAll("");
  }

  private DataException refused(String expected, String found) {
    return DataException.at(
        name + ", line " + fields.line() + ", column " + (fields.count() + 1),
        "row",
        expected,
        found,
        "correct the row; a quote must be closed, and doubled within quotes");
  }

  private DataException failed(IOException e) {
    String where = name + ", line " + text.line() + ", column " + (fields.count() + 1);
    DataException failure =
        switch (e) {
          case BadText bad ->
              DataException.at(
                  where, "reading", bad.expected(), String.valueOf(bad.getMessage()), bad.remedy());
          case EOFException _ ->
              DataException.at(
                  where, "reading", "a whole gzip file", "one that is cut short", DAMAGED);
          case ZipException zip ->
              DataException.at(
                  where,
                  "reading",
                  "a gzip file",
                  "a damaged one (" + zip.getMessage() + ")",
                  DAMAGED);
          default ->
              DataException.at(
                  where, "reading", "the file's text", FailureReason.of(e), "check the file");
        };
    failure.initCause(e);
    return failure;
  }

  @Override
  public String text(int column) {
    return fields.text(column);
  }

  /** Fields of the present row. */
  int fieldCount() {
    return fields.count();
  }

  @Override
  public long line() {
    return fields.line();
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException _) {
      // Everything wanted from it has been read.
    }
  }
}
