package org.panagrad.report;

import java.util.List;
import org.panagrad.data.Dataset;

/**
 * Which stored values are black and white. Bytes are levels 0 to 255, whatever is made of them for
 * a network. Of floats nothing says how they were scaled, so that it is seen from the values: the
 * least is black, the most white.
 */
record LevelRange(float black, float white) {
  private static final LevelRange BYTES = new LevelRange(0, 255);

  /** Of more rows it is every so many-th. */
  static final int MOST_ROWS = 10_000;

  /**
   * The range of a set.
   *
   * @param shown rows that are looked at in any case, so that none of their values lies outside
   */
  static LevelRange of(Dataset set, List<Integer> shown) {
    if (set.form().bytes()) {
      return BYTES;
    }
    int step = (set.size() + MOST_ROWS - 1) / MOST_ROWS;
    float[] row = new float[set.featureCount()];
    LevelRange range = new LevelRange(Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
    for (long at = 0; at < set.size(); at += step) {
      set.copyStored((int) at, row);
      range = range.with(row);
    }
    for (int at : shown) {
      set.copyStored(at, row);
      range = range.with(row);
    }
    return range;
  }

  private LevelRange with(float[] row) {
    float least = black;
    float most = white;
    for (float value : row) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return new LevelRange(least, most);
  }

  /** From 0, black, to 255, white. */
  byte level(double value) {
    double span = (double) white - black;
    return (byte) (span > 0 ? Math.round(255 * (value - black) / span) : 0);
  }
}
