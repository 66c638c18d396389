package org.panagrad.cli.terminal;

import java.io.Console;

/** What the output goes to. */
public final class Terminal {
  private static final int CUSTOMARY_COLUMNS = 80;

  private Terminal() {}

  /** Whether somebody watches: input and output are a terminal that knows how to go back a line. */
  // JDK 25 went back to null where there is no terminal; the check knows 22 to 24.
  @SuppressWarnings("SystemConsoleNull")
  public static boolean isInteractive() {
    Console console = System.console();
    return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
  }

  /** Characters in a line, from {@code COLUMNS}, which scripts/panagrad sets on a terminal. */
  public static int columns() {
    String columns = System.getenv("COLUMNS");
    if (columns != null && columns.matches("[1-9][0-9]{1,3}")) {
      return Integer.parseInt(columns);
    }
    return CUSTOMARY_COLUMNS;
  }
}
