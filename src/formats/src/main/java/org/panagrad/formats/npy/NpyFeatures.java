package org.panagrad.formats.npy;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.DataException;
import org.panagrad.data.FeatureMap;
import org.panagrad.data.PictureShape;

/**
 * The rows of an NPY file, one after the other, as they are stored and with nothing to aim at: what
 * a predictor takes. The file is read as it is asked for.
 */
public final class NpyFeatures implements AutoCloseable {
  private final NpyArray array;
  private final NpyRowReader rows;
  private int next;

  private NpyFeatures(NpyArray array) {
    this.array = array;
    this.rows = array.open();
  }

  /**
   * Opens a file and reads its header. The first dimension counts the rows; the others are
   * flattened, the last index fastest.
   *
   * @throws DataException if it is no NPY array of numbers, or not as long as its header says
   */
  public static NpyFeatures open(Path file) {
    return new NpyFeatures(NpyArray.of(file));
  }

  /** Number of rows. */
  public int size() {
    return array.rows();
  }

  /** Features in a row. */
  public int featureCount() {
    return array.rowElements();
  }

  /** What makes features of the stored numbers: unsigned bytes come out divided by 255. */
  public FeatureMap preprocessing() {
    return NpyRows.preprocessing(array);
  }

  /** Which picture a row is, by its dimensions; null for none. */
  public @Nullable PictureShape picture() {
    return array.picture();
  }

  /**
   * Reads the next row; there are as many as {@link #size} says.
   *
   * @param to (featureCount)
   * @throws DataException if the file is damaged or a number is not finite
   */
  public void next(float[] to) {
    rows.next();
    NpyRows.floats(array, rows, next, to);
    next++;
  }

  @Override
  public void close() {
    rows.close();
  }
}
