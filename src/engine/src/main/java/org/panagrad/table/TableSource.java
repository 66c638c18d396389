package org.panagrad.table;

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

  /** Starts reading anew. */
  RowCursor open();
}
