package org.panagrad.table;

import java.util.HashMap;
import java.util.Map;
import java.util.function.ObjIntConsumer;

/** How often each text occurs, in heap that is bounded for all columns of a table together. */
final class DistinctTexts {
  /** What the texts of all columns may take together. */
  static final class Budget {
    private static final int MOST_TEXTS = 100_000;
    private static final int MOST_CHARACTERS = 4_000_000;

    private int texts;
    private int characters;

    private boolean take(String text) {
      if (texts == MOST_TEXTS || characters > MOST_CHARACTERS - text.length()) {
        return false;
      }
      texts++;
      characters += text.length();
      return true;
    }

    private void giveBack(Map<String, int[]> counts) {
      texts -= counts.size();
      counts.keySet().forEach(text -> characters -= text.length());
    }
  }

  private final Map<String, int[]> counts = new HashMap<>();
  private final Budget budget;

  DistinctTexts(Budget budget) {
    this.budget = budget;
  }

  /** Counts a text; false where there is no more room for a new one. */
  boolean add(String text) {
    int[] count = counts.get(text);
    if (count == null) {
      if (!budget.take(text)) {
        return false;
      }
      count = new int[1];
      counts.put(text, count);
    }
    // A text in more rows than that is as frequent as can be.
    if (count[0] < Integer.MAX_VALUE) {
      count[0]++;
    }
    return true;
  }

  int size() {
    return counts.size();
  }

  void forEach(ObjIntConsumer<String> action) {
    counts.forEach((text, count) -> action.accept(text, count[0]));
  }

  /** Forgets all texts. */
  void clear() {
    budget.giveBack(counts);
    counts.clear();
  }
}
