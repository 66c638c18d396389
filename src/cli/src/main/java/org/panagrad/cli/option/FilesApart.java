package org.panagrad.cli.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.file.AtomicFile;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The files of a command: none that is written may be one that is read, or written otherwise. */
public final class FilesApart {
  private final CommandSpec spec;
  private final Map<String, Path> named = new LinkedHashMap<>();

  public FilesApart(CommandSpec spec) {
    this.spec = spec;
  }

  /** Something that is read; only a file can be written over. */
  public FilesApart reads(String option, @Nullable Object path) {
    if (path != null && Files.isRegularFile(Path.of(path.toString()))) {
      named.put(option, Path.of(path.toString()));
    }
    return this;
  }

  /**
   * A file that is written, or continued.
   *
   * @throws ParameterException if it is one of those before
   */
  public FilesApart writes(String option, @Nullable Path path) {
    if (path == null) {
      return this;
    }
    named.forEach(
        (other, file) -> {
          if (isSame(file, path)) {
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
    named.put(option, path);
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
}
