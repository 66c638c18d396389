package org.panagrad.cli.terminal;

import java.util.List;
import java.util.stream.Collectors;

/** This command as it is typed into a shell. */
public final class ShellCommand {
  /** What the user called it, from scripts/panagrad. */
  public static final String NAME_PROPERTY = "panagrad.command";

  private ShellCommand() {}

  /** Its name. */
  public static String name() {
    return System.getProperty(NAME_PROPERTY, "panagrad");
  }

  /** Its name and these arguments. */
  public static String of(List<String> arguments) {
    return name()
        + arguments.stream().map(word -> " " + ShellWord.of(word)).collect(Collectors.joining());
  }
}
