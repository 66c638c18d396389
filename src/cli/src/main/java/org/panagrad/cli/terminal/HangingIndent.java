package org.panagrad.cli.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lines broken between words where the terminal is narrower, what goes on below what it goes on
 * with: behind the label where a line begins with one, as {@code "data mnist, 60,000 rows"}.
 *
 * <p>Not for a command that is there to be copied, which has to stay one line.
 */
public final class HangingIndent {
  private static final Pattern LABEL = Pattern.compile("\\S+ {2,}| +");

  private HangingIndent() {}

  /** The lines as they fit the terminal; as they are where there is none. */
  public static String fit(String lines) {
    return Terminal.isInteractive() ? fit(lines, Terminal.columns()) : lines;
  }

  static String fit(String lines, int columns) {
    List<String> fitting = new ArrayList<>();
    lines.lines().forEach(line -> addBroken(line, columns, fitting));
    return String.join("\n", fitting);
  }

  private static void addBroken(String line, int columns, List<String> broken) {
    Matcher label = LABEL.matcher(line);
    int indent = label.lookingAt() && label.end() < columns / 2 ? label.end() : 0;
    String rest = line;
    // The last column stays free: some terminals wrap when it is written.
    while (rest.length() >= columns) {
      int space = rest.lastIndexOf(' ', columns - 1);
      if (space <= indent) {
        // A word that no line has room for: the terminal breaks it.
        space = rest.indexOf(' ', columns);
      }
      if (space < 0) {
        break;
      }
      broken.add(rest.substring(0, space).stripTrailing());
      rest = " ".repeat(indent) + rest.substring(space).stripLeading();
    }
    broken.add(rest);
  }
}
