package org.panagrad.sweep;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.panagrad.random.SeededRandom;

/**
 * The settings that a sweep tries values of.
 *
 * @param ranges by the setting's name, in the order in which they are shown
 */
public record SearchSpace(Map<String, Range> ranges) {
  private static final int MOST_TRIALS = 100_000;
  private static final int MOST_DRAWS = 1_000;

  public SearchSpace {
    ranges = Collections.unmodifiableMap(new LinkedHashMap<>(ranges));
  }

  /**
   * Every combination, the last setting changing fastest; one trial without settings if there are
   * none.
   *
   * @throws IllegalArgumentException if a range is no {@link Range.Choice}, or there are too many
   */
  public List<Trial> grid() {
    List<Map<String, String>> rows = List.of(Map.of());
    for (var entry : ranges.entrySet()) {
      if (!(entry.getValue() instanceof Range.Choice(List<String> values))) {
        throw new IllegalArgumentException(
            entry.getKey() + ": expected a list of values, as a grid tries all of them");
      }
      if ((long) rows.size() * values.size() > MOST_TRIALS) {
        throw new IllegalArgumentException(
            "a grid of more than " + MOST_TRIALS + " trials: expected fewer; draw some at random");
      }
      List<Map<String, String>> longer = new ArrayList<>();
      for (Map<String, String> row : rows) {
        for (String value : values) {
          Map<String, String> more = new LinkedHashMap<>(row);
          more.put(entry.getKey(), value);
          longer.add(more);
        }
      }
      rows = longer;
    }
    List<Trial> trials = new ArrayList<>();
    for (Map<String, String> row : rows) {
      trials.add(new Trial(trials.size() + 1, row));
    }
    return trials;
  }

  /**
   * Trials drawn at random, no two alike. The first ones stay the same when more are asked for, and
   * the values of a setting when others are added, unless two trials would be alike.
   *
   * @throws IllegalArgumentException if there are not as many different ones
   */
  public List<Trial> random(int count, long seed) {
    if (count < 1 || count > MOST_TRIALS) {
      throw new IllegalArgumentException(
          count + " trials: expected 1 to " + MOST_TRIALS + " of them");
    }
    Set<Map<String, String>> drawn = new HashSet<>();
    List<Trial> trials = new ArrayList<>();
    for (int number = 1; number <= count; number++) {
      int draws = 0;
      Map<String, String> settings;
      do {
        if (draws == MOST_DRAWS) {
          throw new IllegalArgumentException(
              count
                  + " trials that differ: found only "
                  + trials.size()
                  + "; take fewer, or widen the ranges");
        }
        settings = draw(seed, number, draws);
        draws++;
      } while (!drawn.add(settings));
      trials.add(new Trial(number, settings));
    }
    return trials;
  }

  private Map<String, String> draw(long seed, int number, int draws) {
    Map<String, String> settings = new LinkedHashMap<>();
    ranges.forEach(
        (name, range) ->
            settings.put(
                name,
                range.draw(SeededRandom.of(seed, "sweep " + name).split(number).split(draws))));
    return settings;
  }
}
