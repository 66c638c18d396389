package org.panagrad.table;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The number of a class by its text.
 *
 * <p>A text that is no class as it stands, but is one without a full stop at its end, is that
 * class: UCI's Adult has {@code <=50K} in its training file and {@code <=50K.} in its test file. A
 * class that itself ends in a full stop is known as it stands, so nothing is confused.
 */
final class LabelNumbers {
  static final String STOP = ".";

  private final Map<String, Integer> numbers = new HashMap<>();
  private long stopped;

  LabelNumbers(List<String> classes) {
    for (int i = 0; i < classes.size(); i++) {
      numbers.put(classes.get(i), i);
    }
  }

  /** The class of a stripped text, or -1. */
  int of(String text) {
    Integer number = numbers.get(text);
    if (number != null) {
      return number;
    }
    if (text.endsWith(STOP)) {
      Integer without = numbers.get(text.substring(0, text.length() - 1).strip());
      if (without != null) {
        stopped++;
        return without;
      }
    }
    return -1;
  }

  /** How many texts were a class only without their full stop. */
  long stopped() {
    return stopped;
  }
}
