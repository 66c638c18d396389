package org.panagrad.table;

/** The fields of a row as they stand in a table, blanks around them included. */
public interface Row {
  /** The field of a column, counted from 0; empty where there is nothing. */
  String text(int column);

  /** Where the row is, for messages: {@code line 17} of a file, {@code row 3} of a list. */
  String place();
}
