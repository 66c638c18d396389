package org.panagrad.cli.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.data.JoinedRows;
import org.panagrad.cli.data.RowFiles;
import org.panagrad.cli.option.ColumnOptions;
import org.panagrad.cli.option.DelimitedOptions;
import org.panagrad.cli.option.FileOptions;
import org.panagrad.cli.option.FilesApart;
import org.panagrad.cli.option.MemorySize;
import org.panagrad.cli.terminal.Interruption;
import org.panagrad.cli.terminal.RowProgress;
import org.panagrad.data.DataException;
import org.panagrad.data.Mnist;
import org.panagrad.data.PictureShape;
import org.panagrad.data.RecordFile;
import org.panagrad.data.RecordWriter;
import org.panagrad.data.RowStream;
import org.panagrad.data.TrainTest;
import org.panagrad.io.SchemaText;
import org.panagrad.table.TableRows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes data as a record file, or checks one. */
@Command(
    name = "convert",
    description = {
      "Writes data as a record file, which is trained on without being read into memory; or checks"
          + " one.",
      "The data: a folder of IDX files named as MNIST's, a folder of pictures with a sub-folder for"
          + " each class, an NPZ file, an NPY or IDX file with --labels, or .pgd files; several of"
          + " one form become one.",
      "Or a table: a CSV, TSV or Parquet file, or several with the same columns. What its columns"
          + " are is learned from its rows, and kept in the file: a model trained on that takes raw"
          + " rows. Rows to validate or test are encoded alike by --schema-from."
    })
public final class ConvertCommand implements Callable<Integer> {
  @Parameters(paramLabel = "INPUT", arity = "1..*", description = "What to read.")
  List<Path> inputs;

  @Option(
      names = "--out",
      paramLabel = "FILE.pgd",
      description = "Where the record file goes; left out where INPUT is only verified.")
  @Nullable Path out;

  @Option(
      names = "--part",
      paramLabel = "train|test",
      description = "Of a folder of IDX files or an NPZ file that has both: which. Default: train.")
  @Nullable String part;

  @Option(
      names = "--schema-from",
      paramLabel = "FILE.pgd|MODEL",
      description =
          "Encode a table by what was learned of another: that of a record file, or the one a model"
              + " was trained on.")
  @Nullable Path schemaFrom;

  @Option(
      names = "--verify",
      description = "Read every row of the record file afterwards and check its checksum.")
  boolean verify;

  @Mixin FileOptions files;
  @Mixin DelimitedOptions delimited;
  @Mixin ColumnOptions columns;

  @Spec CommandSpec spec;

  /** Made by picocli. */
  public ConvertCommand() {}

  @Override
  public Integer call() throws IOException {
    files.check();
    files.checkUse(inputs.stream().map(FileOptions::kind).toList(), inputs.getFirst().toString());
    if (part != null && !part.equals("train") && !part.equals("test")) {
      throw usage("--part " + part + ": expected train or test");
    }
    PrintWriter terminal = spec.commandLine().getOut();
    if (out == null) {
      if (!verify) {
        throw usage("nothing to do: expected --out FILE.pgd, or --verify to check a record file");
      }
      if (part != null) {
        throw usage("--part " + part + " with --verify alone: expected --out FILE.pgd");
      }
      for (Path input : inputs) {
        verify(input, terminal);
      }
      return 0;
    }
    TableConversion tables = new TableConversion(inputs, delimited, columns, schemaFrom, spec);
    new FilesApart(spec).replaces("--out", out);
    if (tables.isWanted()) {
      if (part != null) {
        throw noParts(inputs.getFirst(), part);
      }
      TableRows rows = tables.rows(terminal);
      write(rows, out, terminal);
      rows.notes().forEach(note -> terminal.println("note      " + note));
    } else {
      writeJoined(out, terminal);
    }
    if (verify) {
      verify(out, terminal);
    }
    terminal.flush();
    return 0;
  }

  private void writeJoined(Path file, PrintWriter terminal) throws IOException {
    List<RowFiles.Opened> opened = new ArrayList<>();
    try {
      files.checkInputs(inputs.size());
      for (Path input : inputs) {
        opened.add(open(input));
      }
      RowStream rows = JoinedRows.of(opened.stream().map(RowFiles.Opened::rows).toList());
      write(rows, file, terminal);
    } finally {
      opened.forEach(RowFiles.Opened::close);
    }
  }

  private RowFiles.Opened open(Path input) {
    boolean test = "test".equals(part);
    if (FileOptions.kind(input) == FileOptions.Kind.OTHER) {
      if (!Files.isDirectory(input)) {
        throw RowFiles.unknown(input);
      }
      TrainTest sets = Mnist.load(input);
      return new RowFiles.Opened((test ? sets.test() : sets.train()).stream(), null, sets);
    }
    RowFiles.Opened opened = new RowFiles(files).open(input);
    if (part == null) {
      return opened;
    }
    RowStream testRows = opened.test();
    if (testRows == null) {
      opened.close();
      throw noParts(input, part);
    }
    return test ? new RowFiles.Opened(testRows, null, opened) : opened;
  }

  private static DataException noParts(Path input, String part) {
    return DataException.at(
        input.toString(),
        "--part " + part,
        "rows to train on and rows to test on",
        "rows of one kind",
        "leave --part out");
  }

  private static void write(RowStream rows, Path file, PrintWriter terminal) throws IOException {
    long begin = System.nanoTime();
    try (RowProgress progress = RowProgress.on(terminal, "convert", rows.rows())) {
      Interruption.whole(
          () -> RecordWriter.write(file, progress.counting(rows), SchemaText.FORMAT));
    }
    PictureShape picture = rows.form().picture();
    terminal.println(
        String.format(
            Locale.ROOT,
            "%s: %,d rows, %,d features, %s%s in %.1f s",
            file,
            RecordFile.rows(file),
            rows.form().featureCount(),
            picture == null ? "" : "pictures of " + picture + ", ",
            MemorySize.text(Files.size(file)),
            (System.nanoTime() - begin) / 1e9));
    terminal.flush();
  }

  private static void verify(Path file, PrintWriter terminal) {
    int rows;
    try (RowProgress progress = RowProgress.on(terminal, "verify", RecordFile.rows(file))) {
      rows = RecordFile.verify(file, progress::stepTo);
    }
    terminal.println(String.format(Locale.ROOT, "%s: all %,d rows are whole", file, rows));
    terminal.flush();
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
