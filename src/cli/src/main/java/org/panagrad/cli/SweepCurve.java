package org.panagrad.cli;

/** A curve in one line of text: eight heights of bars. */
final class SweepCurve {
  private static final String BARS = "▁▂▃▄▅▆▇█";

  private SweepCurve() {}

  /** The curve of at least one value, at most so many characters wide. */
  static String of(double[] values, int width) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    int columns = Math.min(width, values.length);
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < columns; c++) {
      int from = c * values.length / columns;
      int to = (c + 1) * values.length / columns;
      double sum = 0;
      for (int i = from; i < to; i++) {
        sum += values[i];
      }
      double height = high > low ? (sum / (to - from) - low) / (high - low) : 0;
      line.append(BARS.charAt((int) Math.min(7, Math.floor(8 * height))));
    }
    return line.toString();
  }
}
