package org.panagrad.formats.csv;

import java.nio.file.Path;
import java.util.List;
import org.panagrad.table.RowCursor;
import org.panagrad.table.TableSource;

/**
 * A file of delimited text (RFC 4180): fields in quotes or not, lines ended in any way, UTF-8,
 * plain or gzip by its content. Empty lines are no rows. Blanks around a quoted field are not part
 * of it.
 *
 * <p>What makes it unreadable is a {@link org.panagrad.data.DataException} with line and column: a
 * row of another number of fields, a quote left open, a field of over a million characters, bytes
 * that are not UTF-8, a NUL, a gzip file that is damaged or cut short.
 */
public final class CsvTable implements TableSource {
  private final Path path;
  private final String name;
  private final CsvForm form;

  private CsvTable(Path path, String name, CsvForm form) {
    this.path = path;
    this.name = name;
    this.form = form;
  }

  /**
   * Looks at the start of a file to see its delimiter, its columns and whether it has a header.
   *
   * @throws org.panagrad.data.DataException if it cannot be opened, has no rows, or its header
   *     names two columns alike
   */
  public static CsvTable open(Path path, CsvOptions options) {
    return open(path, options, List.of());
  }

  /**
   * Looks at the start of a file whose columns may be known already: a first row with half of their
   * names or more is the header, also where nothing else of the data shows it.
   *
   * @param known names of columns; empty where none are known
   * @throws org.panagrad.data.DataException if it cannot be opened, has no rows, or its header
   *     names two columns alike
   */
  public static CsvTable open(Path path, CsvOptions options, List<String> known) {
    String name = String.valueOf(path.getFileName());
    return new CsvTable(path, name, CsvForm.of(path, name, options, known));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<String> columns() {
    return form.columns();
  }

  /** Whether the first row has names. */
  @Override
  public boolean isNamed() {
    return form.header();
  }

  /** What stands between fields. */
  public char delimiter() {
    return form.delimiter();
  }

  @Override
  public RowCursor open() {
    CsvCursor cursor =
        new CsvCursor(name, TextFile.open(path, name), form.delimiter(), form.columns().size());
    if (form.header()) {
      try {
        cursor.next();
      } catch (RuntimeException e) {
        cursor.close();
        throw e;
      }
    }
    return cursor;
  }
}
