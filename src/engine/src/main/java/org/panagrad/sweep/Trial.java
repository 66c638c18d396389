package org.panagrad.sweep;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One of the trainings of a sweep.
 *
 * @param number from 1
 * @param settings what is tried in it, by name
 */
public record Trial(int number, Map<String, String> settings) {
  public Trial {
    if (number < 1) {
      throw new IllegalArgumentException("trial " + number + ": expected 1 or more");
    }
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /** {@code trial 3 (dropout 0.2, hidden 64,32)}. */
  @Override
  public String toString() {
    return settings.isEmpty()
        ? "trial " + number
        : "trial "
            + number
            + " ("
            + String.join(
                ", ",
                settings.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList())
            + ")";
  }
}
