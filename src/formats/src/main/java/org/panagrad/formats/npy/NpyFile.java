package org.panagrad.formats.npy;

import java.nio.file.Path;
import org.panagrad.data.DataException;
import org.panagrad.data.RowStream;

/**
 * Reads NumPy's NPY files, versions 1 to 3: booleans, integers and floats of 1 to 8 bytes, either
 * byte order, C and Fortran order.
 */
public final class NpyFile {
  private NpyFile() {}

  /**
   * Rows of features and what they aim at. The first dimensions count the rows; the others are
   * flattened, the last index fastest. Unsigned bytes are kept as bytes and come out divided by
   * 255; everything else becomes float32. Rows are pictures where {@link
   * org.panagrad.data.PictureShape#ofArray} says so.
   *
   * @param targets integers or booleans, one a row, are class labels; floats, or several a row, are
   *     values
   * @throws DataException if a file is no NPY array of numbers, or the two do not belong together
   */
  public static RowStream rows(Path features, Path targets) {
    return new NpyRows(
        String.valueOf(features.getFileName()), NpyArray.of(features), NpyArray.of(targets));
  }
}
