package org.panagrad.cli.terminal;

import java.util.List;

/** A curve in a few characters, from the lowest to the highest of its values. */
public final class Sparkline {
  private static final String BLOCKS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";

  private Sparkline() {}

  /**
   * A block per value; where there are more values than places, per mean of those that share one.
   *
   * @param values of which those that are no number are a blank
   */
  public static String of(List<Double> values, int places) {
    int cells = Math.min(places, values.size());
    double[] means = new double[cells];
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < cells; c++) {
      int from = (int) ((long) c * values.size() / cells);
      int to = (int) ((c + 1L) * values.size() / cells);
      means[c] =
          values.subList(from, to).stream()
              .mapToDouble(Double::doubleValue)
              .filter(Double::isFinite)
              .average()
              .orElse(Double.NaN);
      if (!Double.isNaN(means[c])) {
        low = Math.min(low, means[c]);
        high = Math.max(high, means[c]);
      }
    }
    StringBuilder text = new StringBuilder();
    for (double mean : means) {
      text.append(Double.isNaN(mean) ? ' ' : BLOCKS.charAt(height(mean, low, high)));
    }
    return text.toString();
  }

  private static int height(double value, double low, double high) {
    int most = BLOCKS.length() - 1;
    return high > low ? (int) Math.round(most * ((value - low) / (high - low))) : most / 2;
  }
}
