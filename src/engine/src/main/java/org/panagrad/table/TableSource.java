package org.panagrad.table;

import java.util.BitSet;
import java.util.List;

/**
 * A table that can be read from its start any number of times: a CSV file, a Parquet file, rows in
 * memory. Reading streams; the heap holds a few rows.
 */
public interface TableSource {
  /** What messages call it, as a rule the file's name. */
  String name();

  /** Names of the columns in their order; where the table has none, "0", "1", and so on. */
  List<String> columns();

  /** Whether the columns have names of their own, by which they are found in another order. */
  default boolean isNamed() {
    return true;
  }

  /** Starts reading anew. */
  RowCursor open();

  /** The table of some of the rows, counted from 0, in their order. */
  default TableSource select(BitSet rows) {
    return new SelectedRows(this, rows);
  }
}
