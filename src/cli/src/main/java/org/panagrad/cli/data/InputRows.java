package org.panagrad.cli.data;

import java.nio.file.Path;
import java.util.function.Consumer;
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

  /**
   * The rows of a file that is read as it goes.
   *
   * @param reader reads the next row
   * @param end checks that nothing follows the last one
   * @param closing closes the file
   */
  record OfFile(
      String name,
      int size,
      int featureCount,
      FeatureMap preprocessing,
      @Nullable PictureShape picture,
      Consumer<float[]> reader,
      Runnable end,
      Runnable closing)
      implements InputRows {
    /** Of an IDX file. */
    public static OfFile idx(Path file) {
      IdxRows rows = IdxRows.open(file);
      return new OfFile(
          file.toString(),
          rows.size(),
          rows.featureCount(),
          rows.preprocessing(),
          rows.picture(),
          to -> {
            if (!rows.next(to)) {
              throw new IllegalStateException(file + ": no further row");
            }
          },
          () -> rows.next(new float[rows.featureCount()]),
          rows::close);
    }

    /** Of an NPY file, whose end is seen with the last row. */
    public static OfFile npy(Path file) {
      NpyFeatures rows = NpyFeatures.open(file);
      return new OfFile(
          file.toString(),
          rows.size(),
          rows.featureCount(),
          rows.preprocessing(),
          rows.picture(),
          rows::next,
          () -> {},
          rows::close);
    }

    @Override
    public void next(float[] to) {
      reader.accept(to);
    }

    @Override
    public void requireEnd() {
      end.run();
    }

    @Override
    public void close() {
      closing.run();
    }
  }
}
