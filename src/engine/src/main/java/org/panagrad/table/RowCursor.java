package org.panagrad.table;

/** The rows of a table, one after the other. */
public interface RowCursor extends Row, AutoCloseable {
  /**
   * Moves on to the next row.
   *
   * @return false after the last
   * @throws org.panagrad.data.DataException if the next row cannot be read: file, row, column, what
   *     was expected and found
   */
  boolean next();

  /** Where the present row stands, as an editor counts: the line of a file, from 1. */
  long line();

  @Override
  default String place() {
    return "line " + line();
  }

  @Override
  void close();
}
