package org.panagrad.data;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Arrays;
import org.panagrad.file.AtomicFile;

/** Writes datasets as IDX files, whole or not at all: the counterpart of {@link IdxFile}. */
public final class IdxWriter {
  private static final int BUFFER_BYTES = 64 * 1024;

  private IdxWriter() {}

  /**
   * Writes the features: as unsigned bytes if they are kept so, without the preprocessing; else as
   * 32-bit floats.
   *
   * @param rowShape the dimensions of a row, as 28, 28 for an image; none for a flat row
   * @throws DataException if the file cannot be written
   * @throws IllegalArgumentException if the dimensions do not multiply to the feature count
   */
  public static void writeFeatures(Path file, Dataset data, int... rowShape) {
    int[] shape = rowShape.length == 0 ? new int[] {data.featureCount()} : rowShape.clone();
    long product = 1;
    for (int dimension : shape) {
      product = Math.multiplyExact(product, (long) dimension);
    }
    if (product != data.featureCount() || shape.length > IdxInput.MOST_DIMENSIONS - 1) {
      throw new IllegalArgumentException(
          data.name()
              + ": a row of "
              + data.featureCount()
              + " features written as "
              + Arrays.toString(shape));
    }
    write(
        file,
        out -> {
          header(out, data.keepsBytes() ? IdxType.UBYTE : IdxType.FLOAT, data.size(), shape);
          byte[] bytes = new byte[data.keepsBytes() ? data.featureCount() : 0];
          for (int row = 0; row < data.size(); row++) {
            if (data.keepsBytes()) {
              data.copyBytes(row, bytes);
              out.write(bytes);
            } else {
              for (int column = 0; column < data.featureCount(); column++) {
                out.writeFloat(data.feature(row, column));
              }
            }
          }
        });
  }

  /**
   * Writes the class labels: as unsigned bytes if there are at most 256 classes, else as 32-bit
   * integers.
   *
   * @throws DataException if the file cannot be written
   * @throws IllegalStateException for a dataset of values
   */
  public static void writeLabels(Path file, Dataset data) {
    boolean bytes = data.classCount() <= 256;
    write(
        file,
        out -> {
          header(out, bytes ? IdxType.UBYTE : IdxType.INT, data.size());
          for (int row = 0; row < data.size(); row++) {
            if (bytes) {
              out.writeByte(data.label(row));
            } else {
              out.writeInt(data.label(row));
            }
          }
        });
  }

  /** What goes into the file. */
  private interface Content {
    void writeTo(DataOutputStream out) throws IOException;
  }

  private static void write(Path file, Content content) {
    try {
      AtomicFile.write(
          file,
          channel -> {
            DataOutputStream out =
                new DataOutputStream(
                    new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES));
            content.writeTo(out);
            out.flush();
          });
    } catch (IOException e) {
      throw new DataException(String.valueOf(e.getMessage()), e);
    }
  }

  private static void header(DataOutputStream out, IdxType type, int rows, int... rowShape)
      throws IOException {
    out.writeShort(0);
    out.writeByte(type.code);
    out.writeByte(1 + rowShape.length);
    out.writeInt(rows);
    for (int dimension : rowShape) {
      out.writeInt(dimension);
    }
  }
}
