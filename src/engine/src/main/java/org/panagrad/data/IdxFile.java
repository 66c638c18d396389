package org.panagrad.data;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads datasets from IDX files, the format of MNIST, plain or gzip.
 *
 * <p>A header is never believed: what it promises is checked against the file before memory is
 * taken, and memory grows with what has been read. The heap holds 64 KiB at a time.
 */
public final class IdxFile {
  /** Above this, labels are taken for something else than classes. */
  private static final int MOST_CLASSES = 65_536;

  private static final int CHUNK_BYTES = 64 * 1024;

  private IdxFile() {}

  /**
   * Reads features and class labels; the number of classes is the highest label plus 1.
   *
   * @throws DataException if a file is not what it says or the two do not belong together
   */
  public static Dataset readDataset(Path features, Path labels) {
    return readDataset(features, labels, 0);
  }

  /**
   * Reads features and class labels.
   *
   * <p>Features are any IDX file: its first dimension counts the rows, the others are flattened.
   * Unsigned bytes are kept as bytes and come out divided by 255; other types become float32. Rows
   * are pictures where {@link PictureShape#ofArray} says so.
   *
   * @param labels of one dimension and an integer type
   * @param classCount labels must be below it; 0 to take the highest label plus 1
   * @throws DataException if a file is not what it says or the two do not belong together
   */
  public static Dataset readDataset(Path features, Path labels, int classCount) {
    return readDataset(String.valueOf(features.getFileName()), features, labels, classCount);
  }

  static Dataset readDataset(String name, Path features, Path labels, int classCount) {
    try (IdxInput x = IdxInput.open(features);
        IdxInput y = IdxInput.open(labels)) {
      int featureCount = featureCount(x);
      requireLabels(y);
      if (x.rows() != y.rows()) {
        throw DataException.at(
            labels.toString(),
            "number of labels",
            x.rows() + ", one for each row of " + features,
            Integer.toString(y.rows()),
            "check that the two files belong together");
      }
      boolean bytes = x.type() == IdxType.UBYTE;
      try (NativeBuffer values =
              new NativeBuffer(name, bytes ? x.dataBytes() : x.dataBytes() / x.type().bytes * 4);
          NativeBuffer classes = new NativeBuffer(name, 4L * y.rows())) {
        int highest = readLabels(y, classes, classCount);
        if (bytes) {
          readBytes(x, values);
        } else {
          readFloats(x, values, featureCount);
        }
        RowForm form =
            bytes
                ? RowForm.byteClasses(featureCount, FeatureMap.PIXELS)
                : RowForm.classes(featureCount);
        return new Dataset(
            name,
            new Rows(
                x.rows(),
                form.withPicture(x.picture()),
                classCount > 0 ? classCount : highest + 1,
                List.of(),
                values,
                classes,
                null));
      }
    }
  }

  /** The highest label of a file of labels. */
  static int highestLabel(Path labels) {
    try (IdxInput y = IdxInput.open(labels);
        NativeBuffer scratch = new NativeBuffer(labels.toString(), 4L * y.rows())) {
      requireLabels(y);
      return readLabels(y, scratch, 0);
    }
  }

  private static int featureCount(IdxInput x) {
    long features = x.rowElements();
    if (features > Integer.MAX_VALUE / 8) {
      throw DataException.at(
          x.path().toString(),
          "features in a row",
          "at most " + Integer.MAX_VALUE / 8,
          Long.toString(features),
          "check that this is the right file");
    }
    return (int) features;
  }

  private static void requireLabels(IdxInput y) {
    if (y.rank() != 1 || !y.type().isInteger()) {
      throw DataException.at(
          y.path().toString(),
          "not a file of labels",
          "1 dimension of integers (magic number 0x00000801)",
          y.rank() + " of " + y.type().words,
          "check the order of the two files");
    }
  }

  private static void readBytes(IdxInput x, NativeBuffer to) {
    byte[] chunk = new byte[CHUNK_BYTES];
    for (long left = x.dataBytes(); left > 0; ) {
      int count = (int) Math.min(left, chunk.length);
      x.read(chunk, count);
      to.append(chunk, 0, count);
      left -= count;
    }
    x.requireEnd();
  }

  private static void readFloats(IdxInput x, NativeBuffer to, int featureCount) {
    IdxType type = x.type();
    byte[] chunk = new byte[CHUNK_BYTES];
    ByteBuffer elements = ByteBuffer.wrap(chunk);
    long element = 0;
    for (long left = x.dataBytes(); left > 0; ) {
      int count = (int) Math.min(left, chunk.length);
      x.read(chunk, count);
      elements.clear().limit(count);
      while (elements.hasRemaining()) {
        double exact = type.read(elements);
        float value = (float) exact;
        if (!Float.isFinite(value)) {
          throw DataException.at(
              x.path() + ", row " + element / featureCount,
              "feature " + element % featureCount,
              "a finite 32-bit float",
              Double.toString(exact),
              "remove the row or fill the value in");
        }
        to.append(value);
        element++;
      }
      left -= count;
    }
    x.requireEnd();
  }

  private static int readLabels(IdxInput y, NativeBuffer to, int classCount) {
    IdxType type = y.type();
    int limit = classCount > 0 ? classCount : MOST_CLASSES;
    byte[] chunk = new byte[CHUNK_BYTES];
    ByteBuffer elements = ByteBuffer.wrap(chunk);
    int highest = 0;
    int row = 0;
    for (long left = y.dataBytes(); left > 0; ) {
      int count = (int) Math.min(left, chunk.length);
      y.read(chunk, count);
      elements.clear().limit(count);
      while (elements.hasRemaining()) {
        int label = (int) type.read(elements);
        if (label < 0 || label >= limit) {
          throw DataException.at(
              y.path() + ", row " + row,
              "the label is not a class",
              "0 to " + (limit - 1),
              Integer.toString(label),
              "check that this is the file of labels");
        }
        highest = Math.max(highest, label);
        to.append(label);
        row++;
      }
      left -= count;
    }
    y.requireEnd();
    return highest;
  }
}
