package org.panagrad.data;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The rows of an IDX file, plain or gzip, one after the other, as they are stored: what a predictor
 * takes. The file is read as it is asked for; the heap holds one row.
 */
public final class IdxRows implements AutoCloseable {
  private static final int LONGEST_ROW_BYTES = 1 << 28;

  private final IdxInput input;
  private final int featureCount;
  private final byte[] bytes;
  private int next;

  private IdxRows(IdxInput input) {
    this.input = input;
    long rowBytes = input.rowElements() * input.type().bytes;
    if (rowBytes > LONGEST_ROW_BYTES) {
      throw DataException.at(
          input.path().toString(),
          "bytes in a row",
          "at most " + LONGEST_ROW_BYTES,
          Long.toString(rowBytes),
          "check that this is the right file");
    }
    this.featureCount = (int) input.rowElements();
    this.bytes = new byte[(int) rowBytes];
  }

  /**
   * Opens a file and reads its header.
   *
   * @throws DataException if it cannot be read or is no IDX file
   */
  public static IdxRows open(Path file) {
    IdxInput input = IdxInput.open(file);
    try {
      return new IdxRows(input);
    } catch (RuntimeException e) {
      input.close();
      throw e;
    }
  }

  /** Number of rows. */
  public int size() {
    return input.rows();
  }

  /** Features in a row. */
  public int featureCount() {
    return featureCount;
  }

  /** What makes features of the stored numbers: bytes come out divided by 255. */
  public FeatureMap preprocessing() {
    return input.type() == IdxType.UBYTE ? FeatureMap.PIXELS : FeatureMap.IDENTITY;
  }

  /** Which picture a row is, by its dimensions; null for none. */
  public @Nullable PictureShape picture() {
    return input.picture();
  }

  /**
   * Reads the next row.
   *
   * @param to (featureCount)
   * @return whether there was one; if not, the file was found to end here
   * @throws DataException if the file is cut short or goes on, or a value is not finite
   */
  public boolean next(float[] to) {
    if (next == size()) {
      input.requireEnd();
      return false;
    }
    input.read(bytes, bytes.length);
    ByteBuffer elements = ByteBuffer.wrap(bytes);
    for (int i = 0; i < featureCount; i++) {
      double exact = input.type().read(elements);
      to[i] = (float) exact;
      if (!Float.isFinite(to[i])) {
        throw DataException.at(
            input.path() + ", row " + next,
            "feature " + i,
            "a finite 32-bit float",
            Double.toString(exact),
            "remove the row or fill the value in");
      }
    }
    next++;
    return true;
  }

  @Override
  public void close() {
    input.close();
  }
}
