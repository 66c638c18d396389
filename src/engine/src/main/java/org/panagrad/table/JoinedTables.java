package org.panagrad.table;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.DataException;

/** Tables of the same columns, one after the other: a table in parts. */
public final class JoinedTables implements TableSource {
  private final List<TableSource> parts;

  private JoinedTables(List<TableSource> parts) {
    this.parts = List.copyOf(parts);
  }

  /**
   * The tables as one; a single one is itself.
   *
   * @throws DataException if the columns of one are not those of the first, in the same order
   */
  public static TableSource of(List<TableSource> parts) {
    TableSource first = parts.getFirst();
    for (TableSource part : parts) {
      if (part.isNamed() != first.isNamed() || !part.columns().equals(first.columns())) {
        throw DataException.at(
            part.name(),
            "columns",
            columns(first) + ", as in " + first.name(),
            columns(part),
            "bring all parts with the same columns in the same order");
      }
    }
    return parts.size() == 1 ? first : new JoinedTables(parts);
  }

  private static String columns(TableSource table) {
    return table.isNamed()
        ? TargetColumn.listed(table.columns())
        : table.columns().size() + " without names";
  }

  @Override
  public String name() {
    return parts.getFirst().name() + " and " + (parts.size() - 1) + " more";
  }

  @Override
  public List<String> columns() {
    return parts.getFirst().columns();
  }

  @Override
  public boolean isNamed() {
    return parts.getFirst().isNamed();
  }

  @Override
  public RowCursor open() {
    return new Cursor();
  }

  /** Opens a part when the one before has ended. */
  private final class Cursor implements RowCursor {
    private int part = -1;
    private @Nullable RowCursor rows;

    @Override
    public boolean next() {
      while (true) {
        if (rows != null && rows.next()) {
          return true;
        }
        if (part + 1 == parts.size()) {
          return false;
        }
        close();
        part++;
        rows = parts.get(part).open();
      }
    }

    private RowCursor present() {
      if (rows == null) {
        throw new IllegalStateException("no row yet");
      }
      return rows;
    }

    @Override
    public String text(int column) {
      return present().text(column);
    }

    @Override
    public long line() {
      return present().line();
    }

    @Override
    public String place() {
      return parts.get(part).name() + ", " + present().place();
    }

    @Override
    public void close() {
      if (rows != null) {
        rows.close();
        rows = null;
      }
    }
  }
}
