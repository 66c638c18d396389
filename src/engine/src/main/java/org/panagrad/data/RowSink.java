package org.panagrad.data;

/**
 * Where a reader puts the rows of a dataset, one by one: memory or a file. It takes rows of one
 * {@link RowForm}; a method for another form throws {@link IllegalStateException}.
 */
public interface RowSink {
  /**
   * Adds a row with a class.
   *
   * @throws DataException if the row has another length, a value is not finite or the label is
   *     negative; the row is not added
   */
  void addRow(float[] row, int label);

  /**
   * Adds a row with target values.
   *
   * @throws DataException if the row or its targets have another length or a value is not finite;
   *     the row is not added
   */
  void addRow(float[] row, float[] rowTargets);

  /**
   * Adds a row of unsigned bytes with a class.
   *
   * @throws DataException if the row has another length or the label is negative; the row is not
   *     added
   */
  void addRow(byte[] row, int label);

  /**
   * Adds a row of unsigned bytes with target values.
   *
   * @throws DataException if the row or its targets have another length or a target is not finite;
   *     the row is not added
   */
  void addRow(byte[] row, float[] rowTargets);

  /**
   * Adds the weight of the row added last: how much it counts in a loss. Either every row has one
   * or none.
   *
   * @throws DataException unless it is a finite number of 0 or more, and the rows before have one
   */
  void addWeight(float weight);
}
