package org.panagrad.cli.terminal;

import java.util.List;
import org.panagrad.table.RowCursor;
import org.panagrad.table.TableSource;

/**
 * A table whose reading ends on Ctrl-C, whatever its rows are read for: to learn what its columns
 * are, to draw a split, to encode them.
 *
 * @param proceed is asked now and then, and throws if the reading is to be given up
 */
public record InterruptibleTable(TableSource table, Runnable proceed) implements TableSource {
  /** Rows between two questions: some milliseconds. */
  static final int BETWEEN = 1024;

  public InterruptibleTable(TableSource table) {
    this(table, Interruption::check);
  }

  @Override
  public String name() {
    return table.name();
  }

  @Override
  public List<String> columns() {
    return table.columns();
  }

  @Override
  public boolean isNamed() {
    return table.isNamed();
  }

  @Override
  public RowCursor open() {
    return new Cursor(table.open(), proceed);
  }

  private static final class Cursor implements RowCursor {
    private final RowCursor rows;
    private final Runnable proceed;
    private int read;

    Cursor(RowCursor rows, Runnable proceed) {
      this.rows = rows;
      this.proceed = proceed;
    }

    @Override
    public boolean next() {
      read++;
      if (read == BETWEEN) {
        read = 0;
        proceed.run();
      }
      return rows.next();
    }

    @Override
    public String text(int column) {
      return rows.text(column);
    }

    @Override
    public long line() {
      return rows.line();
    }

    @Override
    public String place() {
      return rows.place();
    }

    @Override
    public void close() {
      rows.close();
    }
  }
}
