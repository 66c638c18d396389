package org.panagrad.report;

import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Dataset;
import org.panagrad.data.PictureShape;
import org.panagrad.io.Json;

/**
 * Rows as a page draws them: a byte for each level, by line, pixel and channel, however they lie in
 * a row. Large pictures are reduced, so that some dozens of them fit into a page.
 */
final class ShownPictures {
  /** In pixels; an ample card's width on a fine screen. */
  static final int LONGEST_SIDE = 256;

  private final Dataset set;
  private final PictureShape shape;
  private final LevelRange range;
  private final int step; // pixels each way that become one
  private final float[] stored;

  private ShownPictures(Dataset set, PictureShape shape, LevelRange range) {
    this.set = set;
    this.shape = shape;
    this.range = range;
    this.step = (Math.max(shape.width(), shape.height()) + LONGEST_SIDE - 1) / LONGEST_SIDE;
    this.stored = new float[set.featureCount()];
  }

  /**
   * Rows of a set as pictures; null where they are none.
   *
   * @param rows those that {@link #pixels} will be asked for
   */
  static @Nullable ShownPictures of(Dataset set, List<Integer> rows) {
    PictureShape shape = set.picture();
    return shape == null ? null : new ShownPictures(set, shape, LevelRange.of(set, rows));
  }

  private int width() {
    return (shape.width() + step - 1) / step;
  }

  private int height() {
    return (shape.height() + step - 1) / step;
  }

  /** What they have in common. */
  Json json() {
    return new Fields()
        .put("width", width())
        .put("height", height())
        .put("channels", shape.channels())
        .json();
  }

  /** What has been done to them, in sentences with a blank before each. */
  String words() {
    return (set.form().bytes()
            ? ""
            : " Black is "
                + ShownRow.rounded(range.black())
                + " and white "
                + ShownRow.rounded(range.white())
                + ", the least and the most of the values.")
        + (step > 1
            ? " They are "
                + shape.width()
                + "x"
                + shape.height()
                + "; a pixel here is the mean of "
                + step
                + "x"
                + step
                + "."
            : "");
  }

  /** The levels of a row, in Base64: (height, width, channels), as {@link #json} has them. */
  String pixels(int row) {
    set.copyStored(row, stored);
    byte[] levels = new byte[width() * height() * shape.channels()];
    int at = 0;
    for (int line = 0; line < height(); line++) {
      for (int column = 0; column < width(); column++) {
        for (int channel = 0; channel < shape.channels(); channel++) {
          levels[at++] = range.level(mean(line * step, column * step, channel));
        }
      }
    }
    return Base64.getEncoder().encodeToString(levels);
  }

  /** Of a square of pixels from this one on; at an edge of those that there are. */
  private double mean(int fromLine, int fromColumn, int channel) {
    int toLine = Math.min(fromLine + step, shape.height());
    int toColumn = Math.min(fromColumn + step, shape.width());
    double sum = 0;
    for (int line = fromLine; line < toLine; line++) {
      for (int column = fromColumn; column < toColumn; column++) {
        sum += stored[shape.feature(line, column, channel)];
      }
    }
    return sum / ((double) (toLine - fromLine) * (toColumn - fromColumn));
  }
}
