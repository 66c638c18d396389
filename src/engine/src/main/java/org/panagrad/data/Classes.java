package org.panagrad.data;

import java.util.List;

/**
 * What classes the rows of a dataset are of.
 *
 * @param count how many; 0 where rows have values
 * @param names one for each, or none at all
 */
public record Classes(int count, List<String> names) {
  /** For rows of values. */
  public static final Classes NONE = new Classes(0, List.of());

  /**
   * Checks that there is a name for each class, or for none.
   *
   * @throws IllegalArgumentException if there are others
   */
  public Classes {
    names = List.copyOf(names);
    if (!names.isEmpty() && names.size() != count) {
      throw new IllegalArgumentException(names.size() + " names for " + count + " classes");
    }
  }

  /** Classes without names. */
  public static Classes count(int count) {
    return new Classes(count, List.of());
  }

  /** Classes with names. */
  public static Classes named(List<String> names) {
    return new Classes(names.size(), names);
  }
}
