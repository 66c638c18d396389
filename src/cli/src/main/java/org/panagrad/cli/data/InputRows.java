package org.panagrad.cli.data;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Dataset;
import org.panagrad.data.FeatureMap;
import org.panagrad.data.IdxRows;
import org.panagrad.data.PictureShape;
import org.panagrad.formats.npy.NpyFeatures;
import org.panagrad.graph.ShapeException;

/** Rows to be predicted, as they are stored, one after the other. */
public sealed interface InputRows extends AutoCloseable {
  /** What the rows are called in messages. */
  String name();

  int size();

  int featureCount();

  /** What makes features of the stored numbers. */
  FeatureMap preprocessing();

  /** Which picture a row is; null where rows are none, or it is not known. */
  @Nullable PictureShape picture();

  /** Reads the next row; there must be one. */
  void next(float[] to);

  /** Checks that nothing follows the last row. */
  void requireEnd();

  @Override
  void close();

  /**
   * Checks the length of a row.
   *
   * @throws ShapeException if it is another
   */
  default void requireFeatures(int expected) {
    if (featureCount() != expected) {
      throw new ShapeException(
          name()
              + ": rows of "
              + featureCount()
              + " features, expected "
              + expected
              + " as the model was trained on");
    }
  }

  /** The rows of a data set. */
  final class OfDataset implements InputRows {
    private final Dataset dataset;
    private int next;

    public OfDataset(Dataset dataset) {
      this.dataset = dataset;
    }

    @Override
    public String name() {
      return dataset.name();
    }

    @Override
    public int size() {
      return dataset.size();
    }

    @Override
    public int featureCount() {
      return dataset.featureCount();
    }

    @Override
    public FeatureMap preprocessing() {
      return dataset.preprocessing();
    }

    @Override
    public @Nullable PictureShape picture() {
      return dataset.picture();
    }

    @Override
    public void next(float[] to) {
      dataset.copyStored(next++, to);
    }

    @Override
    public void requireEnd() {}

    @Override
    public void close() {
      dataset.close();
    }
  }

  /** The rows of an IDX file, which is read as it goes. */
  record OfFile(String name, IdxRows rows) implements InputRows {
    public static OfFile open(Path file) {
      return new OfFile(file.toString(), IdxRows.open(file));
    }

    @Override
    public int size() {
      return rows.size();
    }

    @Override
    public int featureCount() {
      return rows.featureCount();
    }

    @Override
    public FeatureMap preprocessing() {
      return rows.preprocessing();
    }

    @Override
    public @Nullable PictureShape picture() {
      return rows.picture();
    }

    @Override
    public void next(float[] to) {
      if (!rows.next(to)) {
        throw new IllegalStateException(name + ": no further row");
      }
    }

    @Override
    public void requireEnd() {
      rows.next(new float[rows.featureCount()]);
    }

    @Override
    public void close() {
      rows.close();
    }
  }

  /** The rows of an NPY file, which is read as it goes. */
  record OfArray(String name, NpyFeatures rows) implements InputRows {
    public static OfArray open(Path file) {
      return new OfArray(file.toString(), NpyFeatures.open(file));
    }

    @Override
    public int size() {
      return rows.size();
    }

    @Override
    public int featureCount() {
      return rows.featureCount();
    }

    @Override
    public FeatureMap preprocessing() {
      return rows.preprocessing();
    }

    @Override
    public @Nullable PictureShape picture() {
      return rows.picture();
    }

    @Override
    public void next(float[] to) {
      rows.next(to);
    }

    /** Seen with the last row. */
    @Override
    public void requireEnd() {}

    @Override
    public void close() {
      rows.close();
    }
  }
}
