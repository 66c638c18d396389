package org.panagrad.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds a dataset row by row in native memory; the heap holds one row at a time.
 *
 * <p>Close it in any case: that frees what no {@code build} has taken over.
 */
public final class DatasetBuilder implements RowSink, AutoCloseable {
  private final String name;
  private final RowForm form;
  private final RowChecks checks;
  private final NativeBuffer features;
  private final NativeBuffer targets;
  private @Nullable NativeBuffer weights;

  /**
   * Takes rows of any form.
   *
   * @throws DataException if rows are to have no features or no targets
   */
  public DatasetBuilder(String name, RowForm form) {
    this.name = name;
    this.form = form;
    this.checks = new RowChecks(name, form);
    this.features = new NativeBuffer(name, Long.MAX_VALUE);
    this.targets = new NativeBuffer(name, Long.MAX_VALUE);
  }

  /** Rows of float32 features with a class each. */
  public static DatasetBuilder classes(String name, int featureCount) {
    return new DatasetBuilder(name, RowForm.classes(featureCount));
  }

  /** Rows of features kept as unsigned bytes, with a class each. */
  public static DatasetBuilder byteClasses(
      String name, int featureCount, FeatureMap preprocessing) {
    return new DatasetBuilder(name, RowForm.byteClasses(featureCount, preprocessing));
  }

  /** Rows of float32 features with float32 targets. */
  public static DatasetBuilder values(String name, int featureCount, int targetCount) {
    return new DatasetBuilder(name, RowForm.values(featureCount, targetCount));
  }

  /**
   * Takes the memory of so many further rows at once, but for their weights, where their number is
   * known before they come: memory that grows with them is copied each time. More may come, or
   * fewer.
   *
   * @throws IllegalArgumentException if the number is negative
   * @throws ArithmeticException if they have 2^63 bytes or more
   * @throws DataException if there is not as much memory
   * @throws IllegalStateException after a build or close
   */
  public void expect(int rows) {
    if (rows < 0) {
      throw new IllegalArgumentException(name + ": expects " + rows + " rows, expected 0 or more");
    }
    features.reserve(Math.multiplyExact(form.featureBytes(), rows));
    targets.reserve(form.targetBytes() * rows);
  }

  /** Rows added so far. */
  public int size() {
    return checks.count();
  }

  /** The highest label added so far; 0 before the first. */
  public int highestLabel() {
    return checks.highestLabel();
  }

  @Override
  public void addRow(float[] row, int label) {
    checks.add(row, label);
    features.append(row);
    targets.append(label);
  }

  @Override
  public void addRow(float[] row, float[] rowTargets) {
    checks.add(row, rowTargets);
    features.append(row);
    targets.append(rowTargets);
  }

  /**
   * Adds rows with a class each, one behind the other: for what is at hand as a whole. Rows that
   * have weights are added one by one.
   *
   * @param rows (rows, features) row-major
   * @param labels (rows)
   * @throws DataException if there is not a row for each label, a value is not finite or a label is
   *     negative, or there is not as much memory; none of them is added
   * @throws IllegalStateException if rows are of another form, or after a build or close
   */
  public void addRows(float[] rows, int[] labels) {
    checks.require(rows, labels);
    features.grow(4L * rows.length);
    targets.grow(4L * labels.length);
    features.append(rows);
    targets.append(labels);
    checks.count(labels);
  }

  /**
   * The same with target values.
   *
   * @param rows (rows, features) row-major
   * @param rowTargets (rows, targets) row-major
   * @throws DataException if there are not as many of both, a value is not finite, or there is not
   *     as much memory; none of them is added
   * @throws IllegalStateException if rows are of another form, or after a build or close
   */
  public void addRows(float[] rows, float[] rowTargets) {
    int added = checks.require(rows, rowTargets);
    features.grow(4L * rows.length);
    targets.grow(4L * rowTargets.length);
    features.append(rows);
    targets.append(rowTargets);
    checks.count(added);
  }

  @Override
  public void addRow(byte[] row, int label) {
    checks.add(row, label);
    features.append(row, 0, row.length);
    targets.append(label);
  }

  @Override
  public void addRow(byte[] row, float[] rowTargets) {
    checks.add(row, rowTargets);
    features.append(row, 0, row.length);
    targets.append(rowTargets);
  }

  @Override
  public void addWeight(float weight) {
    checks.addWeight(weight);
    if (weights == null) {
      weights = new NativeBuffer(name, Long.MAX_VALUE);
    }
    weights.append(weight);
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
    checks.requireKind(TargetKind.VALUES);
    checks.requireRows();
    return finish(form.targetCount(), List.of());
  }

  private Dataset buildClasses(int classCount, List<String> classNames) {
    checks.requireKind(TargetKind.CLASSES);
    checks.requireRows();
    checks.requireClasses(classCount);
    return finish(classCount, classNames);
  }

  private Dataset finish(int width, List<String> classNames) {
    checks.requireWeights();
    return new Dataset(
        name, new Rows(checks.count(), form, width, classNames, features, targets, weights));
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
