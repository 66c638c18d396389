package org.panagrad.cli.command;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.data.ImageSets;
import org.panagrad.cli.data.InputRows;
import org.panagrad.cli.option.DelimitedOptions;
import org.panagrad.cli.option.FileOptions;
import org.panagrad.cli.option.FilesApart;
import org.panagrad.cli.output.PredictionTable;
import org.panagrad.cli.terminal.Interruption;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.Digits;
import org.panagrad.data.RecordFile;
import org.panagrad.data.TrainTest;
import org.panagrad.file.AtomicFile;
import org.panagrad.file.OneLine;
import org.panagrad.infer.Model;
import org.panagrad.infer.Predictor;
import org.panagrad.infer.TablePrediction;
import org.panagrad.infer.TablePredictor;
import org.panagrad.io.ModelFile;
import org.panagrad.io.SchemaText;
import org.panagrad.table.RowCursor;
import org.panagrad.table.RowEncoder;
import org.panagrad.table.TableSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Predicts rows of a file, into a CSV file. */
@Command(
    name = "predict",
    description = "Predicts the rows of a table, or images, and writes the answers as a CSV file.")
public final class PredictCommand implements Callable<Integer> {
  private static final int BATCH = 256;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      required = true,
      description = "A model that 'panagrad train' wrote.")
  Path file;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      required = true,
      description =
          "Rows as a CSV, TSV or Parquet file, for a model trained on a table: columns by name in"
              + " any order where both have names, else by position, with or without the target. Or"
              + " images as an IDX file, or rows as an NPY or .pgd file; NPZ archives and folders"
              + " of pictures become one by 'panagrad convert'. Text and IDX plain or gzip. Or"
              + " 'digits' or 'mnist', for the test set of that name.")
  String input;

  @Mixin DelimitedOptions delimited;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where the files of --input mnist are; without it they are downloaded once.")
  @Nullable Path directory;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      required = true,
      description =
          "Where the CSV file goes: row, class, and a number per class; or row and a value per"
              + " output.")
  Path output;

  @Spec CommandSpec spec;

  PredictCommand() {}

  @Override
  public Integer call() throws IOException {
    if (directory != null && !input.equals("mnist")) {
      throw new ParameterException(
          spec.commandLine(),
          "--data-dir " + directory + " with --input " + input + ": expected --input mnist");
    }
    new FilesApart(spec).replaces("--output", output);
    PrintWriter out = spec.commandLine().getOut();
    int rows;
    try (Model model = ModelFile.read(file)) {
      boolean named = input.equals("digits") || input.equals("mnist");
      requireForm(model.description().table() != null, named);
      boolean learned = model.description().table() != null && !named;
      boolean encoded = learned && RecordFile.isRecordFile(Path.of(input));
      boolean table = learned && !encoded;
      DelimitedOptions.requireText(
          spec, "--input " + input, table ? List.of(Path.of(input)) : List.of());
      rows =
          encoded
              ? predictEncoded(model)
              : table ? predictTable(model, out) : predictNumbers(model);
    }
    out.printf(Locale.ROOT, "%,d predictions in %s%n", rows, output);
    out.flush();
    return 0;
  }

  /**
   * Checks that there are rows of the form that the model takes, before a reader of that form says
   * what it would have expected.
   *
   * @param table whether the model was trained on one
   * @param named whether the rows are those of a name
   */
  private void requireForm(boolean table, boolean named) {
    if (named) {
      if (table) {
        throw otherForm(true, "images");
      }
      return;
    }
    Path path = Path.of(input);
    if (!Files.exists(path)) {
      throw DataException.at(
          input, "rows to predict", formOf(table), "nothing of that name", "check the path");
    }
    boolean isFolder = Files.isDirectory(path);
    if (!isFolder && !Files.isRegularFile(path)) {
      return; // What a pipe holds is not known before it is read.
    }
    FileOptions.Kind kind = FileOptions.kind(path);
    boolean isOther = kind == FileOptions.Kind.OTHER;
    boolean fits = table ? (isOther && !isFolder) || kind == FileOptions.Kind.RECORDS : !isOther;
    if (!fits) {
      String other = isFolder ? "a folder" : "a table or something else";
      throw otherForm(table, isOther ? other : kind.words);
    }
  }

  private DataException otherForm(boolean table, String found) {
    return DataException.at(
        input,
        "rows to predict",
        formOf(table),
        found,
        "bring rows of the form that it was trained on");
  }

  private static String formOf(boolean table) {
    return table
        ? "a CSV, TSV or Parquet file, or a .pgd file of one, as the model was trained on a table"
        : "an IDX, NPY or .pgd file, as the model was not trained on a table";
  }

  private int predictNumbers(Model model) throws IOException {
    try (InputRows from = rows(model);
        Predictor predictor = Predictor.of(model, BATCH, 1, Long.MAX_VALUE)) {
      from.requireFeatures(predictor.inputs());
      model.requireRaw(from.name(), from.preprocessing(), from.picture());
      PredictionTable table = new PredictionTable(model.description(), predictor.outputs());
      Interruption.whole(
          () -> AtomicFile.write(output, channel -> write(from, predictor, table, channel)));
      return from.size();
    }
  }

  private int predictTable(Model model, PrintWriter out) throws IOException {
    int outputs = model.graph().output().shape().elements();
    try (TablePredictor predictor = TablePredictor.of(model, BATCH, 1, Long.MAX_VALUE)) {
      TableSource table = delimited.open(Path.of(input), predictor.schema());
      RowEncoder columns = predictor.columnsOf(table);
      if (!columns.unused().isEmpty()) {
        out.println(
            "note      "
                + table.name()
                + ": columns the model does not use: "
                + OneLine.of(String.join(", ", columns.unused())));
      }
      PredictionTable answers = new PredictionTable(model.description(), outputs);
      int[] rows = new int[1];
      Interruption.whole(
          () ->
              AtomicFile.write(
                  output, channel -> rows[0] = write(table, columns, predictor, answers, channel)));
      return rows[0];
    }
  }

  /** Rows that 'convert' has encoded as the model's own. */
  private int predictEncoded(Model model) throws IOException {
    int outputs = model.graph().output().shape().elements();
    try (Dataset data = records(model, Path.of(input));
        TablePredictor predictor = TablePredictor.of(model, BATCH, 1, Long.MAX_VALUE)) {
      PredictionTable answers = new PredictionTable(model.description(), outputs);
      Interruption.whole(
          () -> AtomicFile.write(output, channel -> write(data, predictor, answers, channel)));
      return data.size();
    }
  }

  private static void write(
      Dataset data, TablePredictor predictor, PredictionTable answers, FileChannel channel)
      throws IOException {
    BufferedWriter out = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
    answers.writeHeader(out);
    for (int done = 0; done < data.size(); ) {
      Interruption.check();
      float[][] batch = new float[Math.min(BATCH, data.size() - done)][data.featureCount()];
      for (int i = 0; i < batch.length; i++) {
        data.copyStored(done + i, batch[i]);
      }
      for (TablePrediction prediction : predictor.predictEncoded(batch)) {
        answers.writeRow(out, done++, prediction);
      }
    }
    out.flush();
  }

  private static int write(
      TableSource table,
      RowEncoder columns,
      TablePredictor predictor,
      PredictionTable answers,
      FileChannel channel)
      throws IOException {
    BufferedWriter out = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
    answers.writeHeader(out);
    int done = 0;
    try (RowCursor rows = table.open()) {
      while (true) {
        Interruption.check();
        List<TablePrediction> batch = predictor.predict(columns, rows, BATCH);
        if (batch.isEmpty()) {
          break;
        }
        for (TablePrediction prediction : batch) {
          answers.writeRow(out, done++, prediction);
        }
      }
    }
    out.flush();
    return done;
  }

  private InputRows rows(Model model) {
    return switch (input) {
      case "digits" -> new InputRows.OfDataset(Digits.test());
      case "mnist" -> {
        TrainTest sets = ImageSets.mnist(directory, spec.commandLine().getOut());
        sets.train().close();
        yield new InputRows.OfDataset(sets.test());
      }
      default -> rows(model, Path.of(input));
    };
  }

  private static InputRows rows(Model model, Path path) {
    return switch (FileOptions.kind(path)) {
      case RECORDS -> new InputRows.OfDataset(records(model, path));
      case NPY -> InputRows.OfFile.npy(path);
      case NPZ, IMAGES -> throw toBeConverted(path, FileOptions.kind(path));
      case IDX, OTHER -> InputRows.OfFile.idx(path);
    };
  }

  private static DataException toBeConverted(Path path, FileOptions.Kind found) {
    return DataException.at(
        path.toString(),
        "rows to predict",
        "an IDX, NPY or .pgd file",
        found.words,
        "write it as a .pgd file with 'panagrad convert'");
  }

  private static Dataset records(Model model, Path path) {
    Dataset data = RecordFile.open(path, SchemaText.FORMAT);
    try {
      model.requireRaw(data);
      return data;
    } catch (Throwable t) {
      data.close();
      throw t;
    }
  }

  private static void write(
      InputRows from, Predictor predictor, PredictionTable table, FileChannel channel)
      throws IOException {
    BufferedWriter out = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
    table.writeHeader(out);
    int total = from.size();
    for (int done = 0; done < total; ) {
      Interruption.check();
      float[][] batch = new float[Math.min(BATCH, total - done)][predictor.inputs()];
      for (float[] row : batch) {
        from.next(row);
      }
      for (float[] outputs : predictor.predict(batch)) {
        table.writeRow(out, done++, outputs);
      }
    }
    from.requireEnd();
    out.flush();
  }
}
