package org.panagrad.table;

/** What a column's fields are taken for. */
public enum ColumnType {
  /** Numbers, which become one feature. */
  NUMERIC,
  /** Words, or numbers that are only names, which become a feature for each. */
  CATEGORICAL,
  /** Nothing to learn from: left out. */
  IGNORED
}
