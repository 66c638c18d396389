package org.panagrad.cli.option;

import java.lang.reflect.Field;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Refuses options that say nothing of the data they are given with, rather than ignore them. */
public final class OptionUse {
  private OptionUse() {}

  /**
   * Refuses all options of a mixin.
   *
   * @param command whose options were parsed
   * @param data what messages call the data
   * @param expected data that they would say something of
   * @throws ParameterException if one of them was given
   */
  public static void refuse(CommandSpec command, Class<?> mixin, String data, String expected) {
    for (OptionSpec given : command.commandLine().getParseResult().matchedOptions()) {
      if (given.userObject() instanceof Field field && field.getDeclaringClass() == mixin) {
        throw new ParameterException(
            command.commandLine(),
            given.longestName() + " with " + data + ": expected " + expected);
      }
    }
  }
}
