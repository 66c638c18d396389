package org.panagrad.data;

/** Counts the rows that are added to a dataset and refuses those that do not fit its form. */
final class RowChecks {
  private final String name;
  private final RowForm form;
  private int count;
  private int highestLabel;
  private int highestLabelRow;
  private int weights;
  private boolean weighsAnything;

  RowChecks(String name, RowForm form) {
    requirePositive(name, "features in a row", form.featureCount());
    requirePositive(name, "targets in a row", form.targetCount());
    this.name = name;
    this.form = form;
  }

  int count() {
    return count;
  }

  int highestLabel() {
    return highestLabel;
  }

  void add(float[] row, int label) {
    requireForm(false, TargetKind.CLASSES);
    requireRow("feature", row, form.featureCount());
    addLabel(label);
  }

  void add(float[] row, float[] targets) {
    requireForm(false, TargetKind.VALUES);
    requireRow("feature", row, form.featureCount());
    addTargets(targets);
  }

  /** Refuses rows, one behind the other, of which one for each label is to be added. */
  void require(float[] rows, int[] labels) {
    requireForm(false, TargetKind.CLASSES);
    requireRows(rows, labels.length);
    for (int row = 0; row < labels.length; row++) {
      requireLabel(labels[row], count + row);
    }
    requireRoom(labels.length);
  }

  /** Counts what was not refused. */
  void count(int[] labels) {
    for (int label : labels) {
      countLabel(label);
    }
  }

  /** The same with target values; how many rows there are. */
  int require(float[] rows, float[] targets) {
    requireForm(false, TargetKind.VALUES);
    int added = targets.length / form.targetCount();
    if (targets.length % form.targetCount() != 0) {
      throw wrongLength("target", form.targetCount() * (added + 1), targets.length);
    }
    requireRows(rows, added);
    requireFinite("target", targets, form.targetCount());
    requireRoom(added);
    return added;
  }

  /** Counts what was not refused. */
  void count(int added) {
    count += added;
  }

  void add(byte[] row, int label) {
    requireForm(true, TargetKind.CLASSES);
    requireBytes(row);
    addLabel(label);
  }

  void add(byte[] row, float[] targets) {
    requireForm(true, TargetKind.VALUES);
    requireBytes(row);
    addTargets(targets);
  }

  /** The weight of the row added last. */
  void addWeight(float weight) {
    if (count == 0) {
      throw new IllegalStateException(name + ": a weight before the first row");
    }
    String row = name + ", row " + (count - 1);
    if (!isWeight(weight)) {
      throw DataException.at(
          row,
          "weight",
          "a finite number of 0 or more",
          Float.toString(weight),
          "correct the weight or remove the row");
    }
    requireWeights(row, count - 1);
    weights++;
    weighsAnything |= weight > 0;
  }

  static boolean isWeight(float weight) {
    return weight >= 0 && !Float.isInfinite(weight);
  }

  /** Whether rows have weights, after checking that they all have one, and not all of them 0. */
  boolean requireWeights() {
    if (weights == 0) {
      return false;
    }
    requireWeights(name, count);
    if (!weighsAnything) {
      throw nothingWeighs(name, "check the column the weights come from");
    }
    return true;
  }

  static DataException nothingWeighs(String name, String remedy) {
    return DataException.at(name, "weights", "one above 0", "all 0", remedy);
  }

  private void requireWeights(String where, int expected) {
    if (weights != expected) {
      throw DataException.at(
          where,
          "number of weights so far",
          Integer.toString(expected),
          Integer.toString(weights),
          "give every row one weight, or none");
    }
  }

  void requireKind(TargetKind kind) {
    requireForm(form.bytes(), kind);
  }

  void requireRows() {
    if (count == 0) {
      throw DataException.at(
          name, "the dataset is empty", "at least 1 row", "0 rows", "check the source of the data");
    }
  }

  void requireClasses(int classCount) {
    requirePositive(name, "classes", classCount);
    if (highestLabel >= classCount) {
      throw DataException.at(
          name + ", row " + highestLabelRow,
          "the label is not one of the " + classCount + " classes",
          "0 to " + (classCount - 1),
          Integer.toString(highestLabel),
          "correct the label or the number of classes");
    }
  }

  private void addLabel(int label) {
    requireLabel(label, count);
    requireRoom(1);
    countLabel(label);
  }

  private void requireLabel(int label, int row) {
    if (label < 0) {
      throw DataException.at(
          name + ", row " + row,
          "the label is negative",
          "0 or more",
          Integer.toString(label),
          "number the classes from 0");
    }
  }

  private void countLabel(int label) {
    if (count == 0 || label > highestLabel) {
      highestLabel = label;
      highestLabelRow = count;
    }
    count++;
  }

  private void addTargets(float[] targets) {
    requireRow("target", targets, form.targetCount());
    requireRoom(1);
    count++;
  }

  private void requireForm(boolean asBytes, TargetKind asKind) {
    if (form.bytes() != asBytes || form.targetKind() != asKind) {
      throw new IllegalStateException(
          name
              + ": the rows are of "
              + (form.bytes() ? "bytes" : "floats")
              + " and "
              + form.targetKind());
    }
  }

  private void requireBytes(byte[] row) {
    if (row.length != form.featureCount()) {
      throw wrongLength("feature", form.featureCount(), row.length);
    }
  }

  private void requireRow(String what, float[] row, int length) {
    if (row.length != length) {
      throw wrongLength(what, length, row.length);
    }
    requireFinite(what, row, length);
  }

  private void requireRows(float[] rows, int added) {
    if (rows.length != (long) form.featureCount() * added) {
      throw DataException.at(
          name + ", row " + count,
          "number of features of " + added + " rows",
          Long.toString((long) form.featureCount() * added),
          Integer.toString(rows.length),
          "give whole rows, and a target for each");
    }
    requireFinite("feature", rows, form.featureCount());
  }

  /** All values of the next rows. */
  private void requireFinite(String what, float[] values, int length) {
    if (timesZero(values) == 0) {
      return;
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw DataException.at(
            name + ", row " + (count + i / length),
            what + " " + i % length,
            "a finite number",
            Float.toString(values[i]),
            "remove the row or fill the value in");
      }
    }
  }

  /**
   * 0 if all are finite, and else NaN. One sum, no calls and nothing else, as it is of what a
   * process does first, interpreted and compiled.
   */
  private static float timesZero(float[] values) {
    float sum = 0;
    for (float value : values) {
      sum += value * 0;
    }
    return sum;
  }

  private DataException wrongLength(String what, int expected, int found) {
    return DataException.at(
        name + ", row " + count,
        "number of " + what + "s",
        Integer.toString(expected),
        Integer.toString(found),
        "give every row the same columns");
  }

  private void requireRoom(int more) {
    if (more > Integer.MAX_VALUE - count) {
      throw DataException.at(
          name, "too many rows", "at most " + Integer.MAX_VALUE, "more", "split the dataset");
    }
  }

  private static void requirePositive(String name, String what, int value) {
    if (value < 1) {
      throw DataException.at(
          name,
          "number of " + what,
          "1 or more",
          Integer.toString(value),
          "check the source of the data");
    }
  }
}
