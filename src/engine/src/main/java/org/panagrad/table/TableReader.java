package org.panagrad.table;

import java.util.List;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;

/**
 * The rows of a table as a dataset, encoded by a schema; the heap holds one row at a time.
 *
 * @param dataset features and targets; {@link Dataset#encoding} is the schema
 * @param notes what the user should know, a line each
 */
public record TableReader(Dataset dataset, List<String> notes) {
  public TableReader {
    notes = List.copyOf(notes);
  }

  /**
   * Encodes all rows.
   *
   * @param name what messages call the dataset
   * @param dropsRowsWithoutTarget whether rows that miss their target are left out, rather than
   *     refused
   * @throws DataException if a column is missing, a field cannot be encoded, or a row misses its
   *     target or has a class that the training rows did not have
   */
  public static TableReader read(
      String name, TableSource table, TableSchema schema, boolean dropsRowsWithoutTarget) {
    return read(TableRows.of(name, table, schema, dropsRowsWithoutTarget));
  }

  /**
   * Encodes all rows to train on, with their weights where the options name a column of such.
   *
   * @param name what messages call the dataset
   * @param options that the schema was learned by
   * @throws DataException as {@link #read}, or if a weight is no finite number of 0 or more
   */
  public static TableReader readTraining(
      String name, TableSource table, TableSchema schema, TableOptions options) {
    return read(TableRows.training(name, table, schema, options, 0));
  }

  private static TableReader read(TableRows rows) {
    return new TableReader(rows.read(), rows.notes());
  }
}
