package org.panagrad.bench.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * Values to places on a line.
 *
 * @param log whether equal ratios are equal distances, not equal differences
 */
public record Axis(boolean log, double low, double high, double from, double to) {
  /** From zero to a round number. */
  public static Axis fromZero(double most, double from, double to) {
    double step = roundStep(most);
    return new Axis(false, 0, Math.ceil(most * 1.02 / step) * step, from, to);
  }

  private static double roundStep(double most) {
    double power = Math.pow(10, Math.floor(Math.log10(most)));
    double lead = most / power;
    return power * (lead < 2 ? 0.25 : lead < 5 ? 0.5 : 1);
  }

  /** Where a value is. */
  public double at(double value) {
    double share =
        log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    return from + share * (to - from);
  }

  /** Round values along the axis. */
  public List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    if (log) {
      boolean wide = high / low > 30;
      for (int e = (int) Math.floor(Math.log10(low)) - 1; e <= Math.log10(high) + 1; e++) {
        for (int lead : wide ? new int[] {1} : new int[] {1, 2, 5}) {
          add(ticks, lead * Math.pow(10, e));
        }
      }
    } else {
      double step = roundStep(high / 1.02);
      for (int i = 0; i * step <= high * 1.0001; i++) {
        add(ticks, i * step);
      }
    }
    return ticks;
  }

  private void add(List<Double> ticks, double value) {
    if (value >= low * 0.9999 && value <= high * 1.0001) {
      ticks.add(value);
    }
  }
}
