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
    if (label < 0) {
      throw DataException.at(
          name + ", row " + count,
          "the label is negative",
          "0 or more",
          Integer.toString(label),
          "number the classes from 0");
    }
    requireRoom();
    if (count == 0 || label > highestLabel) {
      highestLabel = label;
      highestLabelRow = count;
    }
    count++;
  }

  private void addTargets(float[] targets) {
    requireRow("target", targets, form.targetCount());
    requireRoom();
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
    // One sum and no calls, as the first rows of a process are checked by the interpreter: a number
    // times 0 is 0 if it is finite, and else NaN.
    float sum = 0;
    for (float value : row) {
      sum += value * 0;
    }
    for (int column = 0; column < length && sum != 0; column++) {
      if (!Float.isFinite(row[column])) {
        throw DataException.at(
            name + ", row " + count,
            what + " " + column,
            "a finite number",
            Float.toString(row[column]),
            "remove the row or fill the value in");
      }
    }
  }

  private DataException wrongLength(String what, int expected, int found) {
    return DataException.at(
        name + ", row " + count,
        "number of " + what + "s",
        Integer.toString(expected),
        Integer.toString(found),
        "give every row the same columns");
  }

  private void requireRoom() {
    if (count == Integer.MAX_VALUE) {
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
