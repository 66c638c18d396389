package org.panagrad.cli.option;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.terminal.ShellWord;
import org.panagrad.data.DataException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which data. */
public final class DataOptions {
  @Option(
      names = "--data",
      paramLabel = "NAME",
      defaultValue = "digits",
      description =
          "'digits', which are drawn on the spot, 'mnist', a directory of four IDX files named as"
              + " MNIST's, a table: a CSV or TSV file; all plain or gzip; a Parquet file, a folder"
              + " of pictures with a sub-folder for each class, an NPZ file, an NPY or IDX file"
              + " with --labels, or a .pgd file, as 'convert' writes it. Default:"
              + " ${DEFAULT-VALUE}.")
  public String data;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where the files of --data mnist are; without it they are downloaded once.")
  public @Nullable Path directory;

  @Mixin public FileOptions files;

  @Spec(Spec.Target.MIXEE)
  public CommandSpec spec;

  /** Looked at once: all that is asked of the data is to have one answer. */
  private FileOptions.@Nullable Kind kind;

  /**
   * Checks that the options go together.
   *
   * @param beside files of further rows, null where there is none
   */
  public void check(@Nullable Path... beside) {
    if (data.isBlank()) {
      throw new ParameterException(
          spec.commandLine(),
          "--data '" + data + "': expected digits, mnist, a directory or a file");
    }
    // A mixin of a mixin is told of this one, which is no command.
    files.spec = spec;
    files.check();
    if (directory != null && !data.equals("mnist")) {
      throw new ParameterException(
          spec.commandLine(),
          "--data-dir " + directory + " with --data " + data + ": expected --data mnist");
    }
    if (!data.equals("digits") && !data.equals("mnist") && Files.notExists(Path.of(data))) {
      throw new DataException(
          "--data "
              + data
              + ": expected 'digits', 'mnist', a directory of four IDX files or a table, found"
              + " nothing of that name; check the spelling");
    }
    files.checkFor(kind(), data);
    if (!isTable()) {
      OptionUse.refuse(spec, ColumnOptions.class, "--data " + data, "a table");
    }
    List<Path> tables = new ArrayList<>();
    if (isTable()) {
      tables.add(Path.of(data));
    }
    // Those beside a record file may be tables, too.
    if (isTable() || isRecords()) {
      Stream.of(beside).filter(Objects::nonNull).forEach(tables::add);
    }
    DelimitedOptions.requireText(spec, "--data " + data, tables);
  }

  /** What a file or folder holds that is not one of the names, a table or four IDX files. */
  private FileOptions.Kind kind() {
    FileOptions.Kind known = kind;
    if (known == null) {
      known =
          switch (data) {
            case "digits", "mnist" -> FileOptions.Kind.OTHER;
            default -> FileOptions.kind(Path.of(data));
          };
      kind = known;
    }
    return known;
  }

  /** Whether the data is a table, in a file. */
  public boolean isTable() {
    return switch (data) {
      case "digits", "mnist" -> false;
      default -> Files.isRegularFile(Path.of(data)) && kind() == FileOptions.Kind.OTHER;
    };
  }

  /** Whether the data is a record file; what to test on is then another. */
  public boolean isRecords() {
    return kind() == FileOptions.Kind.RECORDS;
  }

  /** Whether the data is arrays or pictures, which are read into memory as they are. */
  public boolean isArrays() {
    return switch (kind()) {
      case NPY, NPZ, IDX, IMAGES -> true;
      case RECORDS, OTHER -> false;
    };
  }

  /** Whether the data is one of those that bring a test set of their own. */
  public boolean isTested() {
    return !isTable() && !isRecords() && !isArrays();
  }

  /** Whether further rows may come from files of the same form. */
  public boolean takesFiles() {
    return !isTested();
  }

  /** The options again, as they are typed. */
  @Override
  public String toString() {
    return "--data "
        + ShellWord.of(data)
        + files
        + (directory == null ? "" : " --data-dir " + ShellWord.of(directory.toString()));
  }
}
