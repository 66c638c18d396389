package org.panagrad.table;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;

/**
 * How often each text occurs, in heap that is bounded for all columns of a table together. Where
 * that runs out, columns that can do without their texts are no longer counted.
 */
final class DistinctTexts {
  /** What the texts of all columns may take together. */
  static final class Budget {
    private static final int MOST_TEXTS = 100_000;
    private static final int MOST_CHARACTERS = 4_000_000;

    private final List<DistinctTexts> columns = new ArrayList<>();
    private int texts;
    private int characters;

    private boolean hasRoom(String text) {
      return texts < MOST_TEXTS && characters <= MOST_CHARACTERS - text.length();
    }

    private void take(String text) {
      texts++;
      characters += text.length();
    }

    private void giveBack(Map<String, int[]> counts) {
      texts -= counts.size();
      counts.keySet().forEach(text -> characters -= text.length());
    }

    /**
     * Drops the columns of the most texts among those that can do without; false if there are none.
     * A column of few different numbers may yet turn out to be one of categories, so it is the last
     * to go; down to half of the most at once, so that this is seldom done.
     */
    private boolean makeRoom() {
      int most =
          columns.stream()
              .filter(column -> column.dispensable)
              .mapToInt(DistinctTexts::size)
              .max()
              .orElse(0);
      if (most == 0) {
        return false;
      }
      for (DistinctTexts column : columns) {
        if (column.dispensable && 2 * column.size() >= most) {
          column.stop();
        }
      }
      return true;
    }
  }

  private final Map<String, int[]> counts = new HashMap<>();
  private final Budget budget;
  private boolean counting = true;
  private boolean dispensable;

  DistinctTexts(Budget budget) {
    this.budget = budget;
    budget.columns.add(this);
  }

  /** Counts a text, if any are; false where there is no more room for a new one. */
  boolean add(String text) {
    if (!counting) {
      return true;
    }
    int[] count = counts.get(text);
    if (count == null) {
      while (!budget.hasRoom(text)) {
        if (!budget.makeRoom()) {
          return false;
        }
        if (!counting) {
          return true;
        }
      }
      budget.take(text);
      count = new int[1];
      counts.put(text, count);
    }
    // A text in more rows than that is as frequent as can be.
    if (count[0] < Integer.MAX_VALUE) {
      count[0]++;
    }
    return true;
  }

  /** Whether these texts may be dropped for those of other columns. */
  void setDispensable(boolean dispensable) {
    this.dispensable = dispensable;
  }

  /** Whether texts are counted: not after {@link #stop}. */
  boolean isCounting() {
    return counting;
  }

  int size() {
    return counts.size();
  }

  void forEach(ObjIntConsumer<String> action) {
    counts.forEach((text, count) -> action.accept(text, count[0]));
  }

  /** Forgets all texts, and counts no more. */
  void stop() {
    budget.giveBack(counts);
    counts.clear();
    counting = false;
    dispensable = false;
  }
}
