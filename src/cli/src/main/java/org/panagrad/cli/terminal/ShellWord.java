package org.panagrad.cli.terminal;

import java.util.regex.Pattern;

/** An argument as it is typed into a shell. */
public final class ShellWord {
  private static final Pattern PLAIN = Pattern.compile("[\\w./,:=@%+-]+");

  private ShellWord() {}

  /** The argument itself where the shell leaves it alone, else in single quotes. */
  public static String of(String argument) {
    return PLAIN.matcher(argument).matches()
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
