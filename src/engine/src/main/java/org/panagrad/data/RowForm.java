package org.panagrad.data;

/**
 * What the rows of a dataset are made of.
 *
 * @param featureCount features in a row, at least 1
 * @param bytes whether features are kept as unsigned bytes, else as float32
 * @param preprocessing how stored features become those seen; identity for float32
 * @param targetKind whether rows have a class or values
 * @param targetCount target values in a row; 1 for a class
 */
public record RowForm(
    int featureCount,
    boolean bytes,
    FeatureMap preprocessing,
    TargetKind targetKind,
    int targetCount) {
  /** Rows of float32 features with a class each. */
  public static RowForm classes(int featureCount) {
    return new RowForm(featureCount, false, FeatureMap.IDENTITY, TargetKind.CLASSES, 1);
  }

  /** Rows of unsigned bytes with a class each. */
  public static RowForm byteClasses(int featureCount, FeatureMap preprocessing) {
    return new RowForm(featureCount, true, preprocessing, TargetKind.CLASSES, 1);
  }

  /** Rows of float32 features with float32 targets. */
  public static RowForm values(int featureCount, int targetCount) {
    return new RowForm(featureCount, false, FeatureMap.IDENTITY, TargetKind.VALUES, targetCount);
  }

  /** Rows of unsigned bytes with float32 targets. */
  public static RowForm byteValues(int featureCount, FeatureMap preprocessing, int targetCount) {
    return new RowForm(featureCount, true, preprocessing, TargetKind.VALUES, targetCount);
  }
}
