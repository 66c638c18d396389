package org.panagrad.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds a dataset row by row in native memory; the heap holds one row at a time.
 *
 * <p>Close it in any case: that frees what no {@code build} has taken over.
 */
public final class DatasetBuilder implements AutoCloseable {
  private final String name;
  private final int featureCount;
  private final boolean bytes;
  private final FeatureMap preprocessing;
  private final TargetKind kind;
  private final int targetCount;
  private final NativeBuffer features;
  private final NativeBuffer targets;
  private @Nullable NativeBuffer weights;
  private boolean weighsAnything;
  private int count;
  private int highestLabel;
  private int highestLabelRow;

  private DatasetBuilder(
      String name,
      int featureCount,
      boolean bytes,
      FeatureMap preprocessing,
      TargetKind kind,
      int targetCount) {
    requirePositive(name, "features in a row", featureCount);
    requirePositive(name, "targets in a row", targetCount);
    this.name = name;
    this.featureCount = featureCount;
    this.bytes = bytes;
    this.preprocessing = preprocessing;
    this.kind = kind;
    this.targetCount = targetCount;
    this.features = new NativeBuffer(name, Long.MAX_VALUE);
    this.targets = new NativeBuffer(name, Long.MAX_VALUE);
  }

  /** Rows of float32 features with a class each. */
  public static DatasetBuilder classes(String name, int featureCount) {
    return new DatasetBuilder(
        name, featureCount, false, FeatureMap.IDENTITY, TargetKind.CLASSES, 1);
  }

  /** Rows of features kept as unsigned bytes, with a class each. */
  public static DatasetBuilder byteClasses(
      String name, int featureCount, FeatureMap preprocessing) {
    return new DatasetBuilder(name, featureCount, true, preprocessing, TargetKind.CLASSES, 1);
  }

  /** Rows of float32 features with float32 targets. */
  public static DatasetBuilder values(String name, int featureCount, int targetCount) {
    return new DatasetBuilder(
        name, featureCount, false, FeatureMap.IDENTITY, TargetKind.VALUES, targetCount);
  }

  /** Rows added so far. */
  public int size() {
    return count;
  }

  /**
   * Adds a row with a class.
   *
   * @throws DataException if the row has another length, a value is not finite or the label is
   *     negative; the row is not added
   */
  public void addRow(float[] row, int label) {
    requireForm(false, TargetKind.CLASSES);
    requireRow("feature", row, featureCount);
    requireLabel(label);
    requireRoom();
    features.append(row);
    targets.append(label);
    count++;
  }

  /**
   * Adds a row with target values.
   *
   * @throws DataException if the row or its targets have another length or a value is not finite;
   *     the row is not added
   */
  public void addRow(float[] row, float[] rowTargets) {
    requireForm(false, TargetKind.VALUES);
    requireRow("feature", row, featureCount);
    requireRow("target", rowTargets, targetCount);
    requireRoom();
    features.append(row);
    targets.append(rowTargets);
    count++;
  }

  /**
   * Adds a row of unsigned bytes with a class.
   *
   * @throws DataException if the row has another length or the label is negative; the row is not
   *     added
   */
  public void addRow(byte[] row, int label) {
    requireForm(true, TargetKind.CLASSES);
    if (row.length != featureCount) {
      throw wrongLength("feature", featureCount, row.length);
    }
    requireLabel(label);
    requireRoom();
    features.append(row, 0, row.length);
    targets.append(label);
    count++;
  }

  /**
   * Adds the weight of the row added last: how much it counts in a loss. Either every row has one
   * or none.
   *
   * @throws DataException unless it is a finite number of 0 or more, and the rows before have one
   */
  public void addWeight(float weight) {
    if (count == 0) {
      throw new IllegalStateException(name + ": a weight before the first row");
    }
    String row = name + ", row " + (count - 1);
    if (!(weight >= 0) || Float.isInfinite(weight)) {
      throw DataException.at(
          row,
          "weight",
          "a finite number of 0 or more",
          Float.toString(weight),
          "correct the weight or remove the row");
    }
    if (weights == null) {
      weights = new NativeBuffer(name, Long.MAX_VALUE);
    }
    requireWeights(row, weights, count - 1);
    weights.append(weight);
    weighsAnything |= weight > 0;
  }

  private static void requireWeights(String where, NativeBuffer weights, int expected) {
    if (weights.size() != 4L * expected) {
      throw DataException.at(
          where,
          "number of weights so far",
          Integer.toString(expected),
          Long.toString(weights.size() / 4),
          "give every row one weight, or none");
    }
  }

  /**
   * The dataset of the rows added, with classes 0 to classCount - 1.
   *
   * @throws DataException if there are no rows or a label is not below classCount
   */
  public Dataset build(int classCount) {
    return buildClasses(classCount, List.of());
  }

  /**
   * The dataset of the rows added, with one class for each name.
   *
   * @throws DataException if there are no rows or a label has no name
   */
  public Dataset build(List<String> classNames) {
    return buildClasses(classNames.size(), classNames);
  }

  /**
   * The dataset of the rows and values added.
   *
   * @throws DataException if there are no rows
   */
  public Dataset build() {
    requireForm(false, TargetKind.VALUES);
    requireRows();
    return finish(targetCount, List.of());
  }

  private Dataset buildClasses(int classCount, List<String> classNames) {
    requireForm(bytes, TargetKind.CLASSES);
    requireRows();
    requirePositive(name, "classes", classCount);
    if (highestLabel >= classCount) {
      throw DataException.at(
          name + ", row " + highestLabelRow,
          "the label is not one of the " + classCount + " classes",
          "0 to " + (classCount - 1),
          Integer.toString(highestLabel),
          "correct the label or the number of classes");
    }
    return finish(classCount, classNames);
  }

  private Dataset finish(int width, List<String> classNames) {
    if (weights != null) {
      requireWeights(name, weights, count);
      if (!weighsAnything) {
        throw DataException.at(
            name, "weights", "one above 0", "all 0", "check the column the weights come from");
      }
    }
    return new Dataset(
        name,
        new Rows(
            count,
            featureCount,
            bytes,
            preprocessing,
            kind,
            width,
            classNames,
            features,
            targets,
            weights));
  }

  private void requireRows() {
    if (count == 0) {
      throw DataException.at(
          name, "the dataset is empty", "at least 1 row", "0 rows", "check the source of the data");
    }
  }

  private void requireForm(boolean asBytes, TargetKind asKind) {
    if (bytes != asBytes || kind != asKind) {
      throw new IllegalStateException(
          name + ": the builder takes " + (bytes ? "bytes" : "floats") + " and " + kind);
    }
  }

  private void requireRow(String what, float[] row, int length) {
    if (row.length != length) {
      throw wrongLength(what, length, row.length);
    }
    for (int column = 0; column < length; column++) {
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

  private void requireLabel(int label) {
    if (label < 0) {
      throw DataException.at(
          name + ", row " + count,
          "the label is negative",
          "0 or more",
          Integer.toString(label),
          "number the classes from 0");
    }
    if (count == 0 || label > highestLabel) {
      highestLabel = label;
      highestLabelRow = count;
    }
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

  @Override
  public void close() {
    features.close();
    targets.close();
    if (weights != null) {
      weights.close();
    }
  }
}
