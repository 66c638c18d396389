package org.panagrad.table;

import java.util.BitSet;
import java.util.List;

/** Some of a table's rows: a part of a split, or a fold. */
final class SelectedRows implements TableSource {
  private final TableSource table;
  private final BitSet rows;

  SelectedRows(TableSource table, BitSet rows) {
    this.table = table;
    this.rows = (BitSet) rows.clone();
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
    RowCursor cursor = table.open();
    return new RowCursor() {
      private int row = -1;

      @Override
      public boolean next() {
        do {
          if (!cursor.next()) {
            return false;
          }
          row++;
        } while (!rows.get(row));
        return true;
      }

      @Override
      public String text(int column) {
        return cursor.text(column);
      }

      @Override
      public long line() {
        return cursor.line();
      }

      @Override
      public String place() {
        return cursor.place();
      }

      @Override
      public void close() {
        cursor.close();
      }
    };
  }
}
