package org.panagrad.plan;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where the time of a program's runs went, by step and by category: the program is bound with a
 * clock read before and after every tile, which costs some 50 ns a tile.
 */
public final class Profile {
  // A row per lane, spaced so that lanes do not share cache lines.
  private static final int SPACING = 16;

  private final List<Step> steps;
  private final int width;
  private final long[] nanos;
  private final long[] ended; // a lane's latest tile
  private final long[] between;

  Profile(List<Step> steps, int width) {
    this.steps = steps;
    this.width = width;
    this.nanos = new long[(steps.size() + SPACING) * width];
    this.ended = new long[SPACING * width];
    this.between = new long[SPACING * width];
  }

  /**
   * @param first whether the lane does nothing before it in its phase
   */
  Tile timed(Tile tile, int step, int lane, boolean first) {
    int at = lane * (steps.size() + SPACING) + step;
    int own = lane * SPACING;
    return state -> {
      long begin = System.nanoTime();
      if (first && ended[own] != 0) {
        between[own] += begin - ended[own];
      }
      tile.run(state);
      long end = System.nanoTime();
      nanos[at] += end - begin;
      ended[own] = end;
    };
  }

  /** Forgets what was counted; not while a program runs. */
  public void reset() {
    Arrays.fill(nanos, 0);
    Arrays.fill(ended, 0);
    Arrays.fill(between, 0);
  }

  /**
   * Nanoseconds since the first tile that a lane passed between its last tile of one phase and its
   * first of another, of the next run too. Where every lane has its own thread and runs follow each
   * other, that is how long it waited for the other lanes.
   */
  public long betweenPhases(int lane) {
    return between[lane * SPACING];
  }

  /** Nanoseconds that a lane spent in a step. */
  public long nanos(int step, int lane) {
    return nanos[lane * (steps.size() + SPACING) + step];
  }

  /** Nanoseconds by category, summed over the lanes. */
  public Map<Step.Category, Long> byCategory() {
    Map<Step.Category, Long> sums = new EnumMap<>(Step.Category.class);
    for (int s = 0; s < steps.size(); s++) {
      for (int lane = 0; lane < width; lane++) {
        sums.merge(steps.get(s).category(), nanos(s, lane), Long::sum);
      }
    }
    return sums;
  }

  /** A line per step: microseconds a run in each lane. */
  public String report(long runs) {
    StringBuilder text = new StringBuilder();
    for (int s = 0; s < steps.size(); s++) {
      text.append(
          String.format(Locale.ROOT, "%-40s %-12s", steps.get(s).name(), steps.get(s).category()));
      for (int lane = 0; lane < width; lane++) {
        text.append(String.format(Locale.ROOT, " %9.2f", nanos(s, lane) / 1e3 / runs));
      }
      text.append(System.lineSeparator());
    }
    return text.toString();
  }
}
