package org.panagrad.cli.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.panagrad.file.AtomicFile;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** The files of a command: none that is written may be one that is read, or written otherwise. */
public final class FilesApart {
  /** The options of all commands that name what is read; so do all words without an option. */
  public static final Set<String> READ =
      Set.of(
          "--data",
          "--data-dir",
          "--labels",
          "--validation",
          "--validation-labels",
          "--test",
          "--test-labels",
          "--model",
          "--input",
          "--schema-from",
          "--spec");

  private final CommandSpec spec;
  private final Map<Path, String> named = new LinkedHashMap<>(); // by whom

  /** The files that a command reads, as it was typed. */
  public FilesApart(CommandSpec spec) {
    this.spec = spec;
    readsAs(spec);
  }

  /** All that another command would read, too. */
  public FilesApart readsAs(CommandSpec other) {
    for (OptionSpec option : other.options()) {
      if (READ.contains(option.longestName())) {
        reads(option.longestName(), option);
      }
    }
    for (PositionalParamSpec word : other.positionalParameters()) {
      reads(word.paramLabel(), word);
    }
    return this;
  }

  private void reads(String name, ArgSpec given) {
    Object value = given.getValue();
    if (value instanceof List<?> all) {
      all.forEach(each -> reads(name, each));
    } else if (value != null) {
      reads(name, value);
    }
  }

  /** Only what is there can be written over. */
  private void reads(String name, Object path) {
    Path file = Path.of(path.toString());
    if (Files.exists(file)) {
      named.putIfAbsent(file, name);
    }
  }

  /**
   * A file that is written, or continued.
   *
   * @throws ParameterException if it is one of those before, or lies in a folder of data as part of
   *     it
   */
  public FilesApart writes(String option, @Nullable Path path) {
    if (path == null) {
      return this;
    }
    named.forEach(
        (file, other) -> {
          if (isSame(file, path) || isPartOf(file, path)) {
            throw new ParameterException(
                spec.commandLine(),
                option
                    + " "
                    + path
                    + ": expected a file of its own, found that of "
                    + other
                    + "; name another");
          }
        });
    named.put(path, option);
    return this;
  }

  /**
   * A file that is written whole and then put in place.
   *
   * @throws IOException in one line if it cannot be
   */
  public FilesApart replaces(String option, @Nullable Path path) throws IOException {
    writes(option, path);
    if (path != null) {
      AtomicFile.requireWritable(path);
    }
    return this;
  }

  private static boolean isSame(Path one, Path other) {
    try {
      if (Files.exists(one) && Files.exists(other)) {
        return Files.isSameFile(one, other);
      }
    } catch (IOException _) {
      // Then the names have to do.
    }
    return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
  }

  /** Whether a file is what a folder of pictures or of IDX files is read for. */
  private static boolean isPartOf(Path folder, Path file) {
    if (!Files.isDirectory(folder) || !Files.isRegularFile(file)) {
      return false;
    }
    try {
      Path within = folder.toRealPath().relativize(file.toRealPath());
      return !within.startsWith("..")
          && (FileOptions.kind(folder) == FileOptions.Kind.IMAGES
              ? within.getNameCount() > 1
              : FileOptions.kind(file) == FileOptions.Kind.IDX);
    } catch (IOException | IllegalArgumentException _) {
      // Nothing can be said of it, or they are on two disks.
      return false;
    }
  }
}
