package org.panagrad.data;

import org.jspecify.annotations.Nullable;

/**
 * What the rows of a dataset are made of.
 *
 * @param featureCount features in a row, at least 1
 * @param bytes whether features are kept as unsigned bytes, else as float32
 * @param preprocessing how stored features become those seen; identity for float32
 * @param targetKind whether rows have a class or values
 * @param targetCount target values in a row; 1 for a class
 * @param picture which picture a row is; null where rows are none, or nobody has said so
 */
public record RowForm(
    int featureCount,
    boolean bytes,
    FeatureMap preprocessing,
    TargetKind targetKind,
    int targetCount,
    @Nullable PictureShape picture) {
  /**
   * Checks that a picture has as many levels as rows have features.
   *
   * @throws IllegalArgumentException if it has not
   */
  public RowForm {
    if (picture != null && picture.features() != featureCount) {
      throw new IllegalArgumentException(
          "pictures of "
              + picture
              + ": expected rows of "
              + picture.features()
              + " features, found "
              + featureCount);
    }
  }

  /** Rows of float32 features with a class each. */
  public static RowForm classes(int featureCount) {
    return new RowForm(featureCount, false, FeatureMap.IDENTITY, TargetKind.CLASSES, 1, null);
  }

  /** Rows of unsigned bytes with a class each. */
  public static RowForm byteClasses(int featureCount, FeatureMap preprocessing) {
    return new RowForm(featureCount, true, preprocessing, TargetKind.CLASSES, 1, null);
  }

  /** Rows of float32 features with float32 targets. */
  public static RowForm values(int featureCount, int targetCount) {
    return new RowForm(
        featureCount, false, FeatureMap.IDENTITY, TargetKind.VALUES, targetCount, null);
  }

  /** Rows of unsigned bytes with float32 targets. */
  public static RowForm byteValues(int featureCount, FeatureMap preprocessing, int targetCount) {
    return new RowForm(featureCount, true, preprocessing, TargetKind.VALUES, targetCount, null);
  }

  /**
   * The form of the same rows, each of which is such a picture; null for none.
   *
   * @throws IllegalArgumentException if rows have another number of features
   */
  public RowForm withPicture(@Nullable PictureShape newPicture) {
    return new RowForm(featureCount, bytes, preprocessing, targetKind, targetCount, newPicture);
  }

  /** Bytes that the features of a row are kept in. */
  long featureBytes() {
    return (long) featureCount * (bytes ? 1 : Float.BYTES);
  }

  /** Bytes that the targets of a row are kept in. */
  long targetBytes() {
    return (long) targetCount * Float.BYTES;
  }

  /** Whether rows of both go together: the forms are equal, but one may not say of a picture. */
  public boolean fits(RowForm other) {
    return PictureShape.agree(picture, other.picture)
        && withPicture(null).equals(other.withPicture(null));
  }
}
