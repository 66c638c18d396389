package org.panagrad.table;

/** What is learned of a table's target. */
public enum Task {
  /** To tell classes apart. */
  CLASSIFICATION,
  /** To tell a number. */
  REGRESSION
}
