package org.panagrad.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line of a measurement of the engine alone asks for.
 *
 * @param names what is not an option: workloads
 */
public record CommandLine(
    List<String> names, Rounds rounds, @Nullable Path json, @Nullable Path svg) {
  /**
   * Reads the arguments.
   *
   * @throws IllegalArgumentException with a line for the user
   */
  public static CommandLine parse(String[] args) {
    List<String> names = List.of();
    int rounds = 7;
    double slice = 0.2;
    Path json = null;
    Path svg = null;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--rounds" -> rounds = Math.max(1, Integer.parseInt(value(args, i++)));
        case "--slice" -> slice = Double.parseDouble(value(args, i++));
        case "--json" -> json = file(value(args, i++));
        case "--svg" -> svg = file(value(args, i++));
        default -> {
          if (args[i].startsWith("-")) {
            throw new IllegalArgumentException("unknown argument '" + args[i] + "'; see --help");
          }
          names = List.of(args[i].split(",", -1));
        }
      }
    }
    return new CommandLine(names, new Rounds(rounds, slice), json, svg);
  }

  private static String value(String[] args, int i) {
    if (i + 1 >= args.length) {
      throw new IllegalArgumentException(args[i] + ": expected a value; see --help");
    }
    return args[i + 1];
  }

  /** Relative to where the script was called, not to where this runs. */
  private static Path file(String name) {
    return Path.of(System.getProperty("panagrad.bench.directory", "")).resolve(name);
  }

  /** Writes a file that was asked for. */
  public static void write(@Nullable Path file, String content) throws IOException {
    if (file != null) {
      Files.writeString(file, content);
    }
  }
}
