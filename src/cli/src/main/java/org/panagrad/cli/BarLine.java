package org.panagrad.cli;

import java.io.PrintWriter;

/** A bar with text before and after it, drawn again and again on one line of a terminal. */
final class BarLine {
  private static final int SHORTEST = 4;

  private final PrintWriter out;
  private final int columns;
  private int drawn;

  BarLine(PrintWriter out, int columns) {
    this.out = out;
    this.columns = columns;
  }

  /** Draws the line over the one before. */
  void draw(String before, double share, String after) {
    // The last column stays free: some terminals wrap when it is written.
    int length = Math.max(SHORTEST, columns - 3 - before.length() - after.length());
    String line = before + "[" + bar(length, share) + "]" + after;
    String cut = line.length() < columns ? line : line.substring(0, columns - 1);
    out.print("\r" + cut + " ".repeat(Math.max(0, drawn - cut.length())));
    out.flush();
    drawn = cut.length();
  }

  private static String bar(int length, double share) {
    int full = (int) (length * Math.clamp(share, 0, 1));
    return full == length
        ? "=".repeat(length)
        : "=".repeat(full) + ">" + " ".repeat(length - full - 1);
  }

  /** Leaves an empty line with the cursor at its start. */
  void erase() {
    if (drawn > 0) {
      out.print("\r" + " ".repeat(drawn) + "\r");
      out.flush();
      drawn = 0;
    }
  }
}
