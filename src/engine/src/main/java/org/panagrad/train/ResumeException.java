package org.panagrad.train;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.panagrad.file.OneLine;

/** A training cannot be begun or gone on with beside the checkpoints that are there. */
public final class ResumeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says in one line what is wrong and what to do. */
  public ResumeException(String message) {
    super(OneLine.of(message));
  }

  /**
   * A line for each setting in which what is stored differs from what is here.
   *
   * @param where of the settings, put before their names
   * @param who has stored them
   */
  public static List<String> differences(
      String where, String who, Map<String, String> stored, Map<String, String> now) {
    Set<String> names = new LinkedHashSet<>(stored.keySet());
    names.addAll(now.keySet());
    List<String> different = new ArrayList<>();
    for (String name : names) {
      String before = stored.getOrDefault(name, "none");
      String here = now.getOrDefault(name, "none");
      if (!before.equals(here)) {
        different.add(where + name + ": " + who + " has " + before + ", found " + here);
      }
    }
    return different;
  }
}
