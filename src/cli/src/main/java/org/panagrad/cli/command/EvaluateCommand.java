package org.panagrad.cli.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.data.ImageSets;
import org.panagrad.cli.data.RecordData;
import org.panagrad.cli.data.RowFiles;
import org.panagrad.cli.option.DataOptions;
import org.panagrad.cli.option.DelimitedOptions;
import org.panagrad.cli.option.FilesApart;
import org.panagrad.cli.option.Limits;
import org.panagrad.cli.output.JsonFile;
import org.panagrad.cli.output.MetricsTable;
import org.panagrad.cli.terminal.TrainingClock;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.RecordFile;
import org.panagrad.data.TrainTest;
import org.panagrad.graph.Loss;
import org.panagrad.infer.Model;
import org.panagrad.io.ModelFile;
import org.panagrad.io.SchemaText;
import org.panagrad.metrics.ClassMetrics;
import org.panagrad.metrics.Metrics;
import org.panagrad.table.TableReader;
import org.panagrad.table.TableSchema;
import org.panagrad.table.TableSource;
import org.panagrad.train.Evaluator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a model does on a test set. */
@Command(
    name = "evaluate",
    description =
        "Tells how well a model does on a test set, or on all rows of a table: loss, accuracy,"
            + " precision, recall, F1 and more; for numbers RMSE, MAE and R2.")
public final class EvaluateCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "FILE",
      required = true,
      description = "A model that 'panagrad train' wrote.")
  Path file;

  @Mixin DataOptions data;
  @Mixin DelimitedOptions delimited;

  @Option(
      names = "--drop-rows-without-target",
      description = "Leave out rows of a table that miss their target; without this an error.")
  boolean dropsRowsWithoutTarget;

  @Option(names = "--json", paramLabel = "FILE", description = "Write a report there.")
  @Nullable Path json;

  @Spec CommandSpec spec;

  @Mixin Limits limits;

  EvaluateCommand() {}

  @Override
  public Integer call() throws IOException {
    data.check();
    if (dropsRowsWithoutTarget && !data.isTable()) {
      throw new ParameterException(
          spec.commandLine(),
          "--drop-rows-without-target with --data " + data.data + ": expected a table");
    }
    new FilesApart(spec).replaces("--json", json);
    try (Model model = ModelFile.read(file, limits.bytes());
        Dataset rows = load(model)) {
      Evaluator evaluator =
          new Evaluator(
              Evaluator.defaults().batchSize(),
              limits.threads(),
              Evaluator.defaults().partitions(),
              limits.bytesBeside(model.memoryReport().bytes()));
      long begin = System.nanoTime();
      Metrics result = model.metrics(rows, evaluator);
      double seconds = (System.nanoTime() - begin) / 1e9;
      print(result);
      if (json != null) {
        Loss loss = model.description().loss();
        new JsonFile()
            .put("testAccuracy", accuracy(result))
            .put("testLoss", result.loss())
            .put("loss", loss == null ? "" : loss.function().label())
            .put("testRows", result.examples())
            .put("seconds", seconds)
            .put("samplesPerSecond", result.examples() / seconds)
            .put("data", data.data)
            .put("model", file.toString())
            .put("metrics", MetricsTable.json(result))
            .write(json);
      }
    }
    return 0;
  }

  private Dataset load(Model model) {
    TableSchema schema = model.description().table();
    if (schema != null && !data.isTable() && !data.isRecords()) {
      throw new DataException(
          "--data "
              + data.data
              + ": expected a CSV, TSV or Parquet file, or a .pgd file of one, as the model was"
              + " trained on a table, found none of these");
    }
    if (data.isRecords()) {
      return RecordData.amongClasses(
          RecordFile.open(Path.of(data.data), SchemaText.FORMAT), model.classes());
    }
    if (data.isArrays()) {
      return new RowFiles(data.files).readToJudge(Path.of(data.data), model.classes());
    }
    if (!data.isTable()) {
      TrainTest sets = ImageSets.load(data);
      sets.train().close();
      return sets.test();
    }
    if (schema == null) {
      throw new DataException(
          "--data "
              + data.data
              + ": a table, but "
              + file
              + " was not trained on one; expected data of the form it was trained on");
    }
    TableSource table = delimited.open(Path.of(data.data), schema);
    TableReader reader = TableReader.read(table.name(), table, schema, dropsRowsWithoutTarget);
    PrintWriter out = data.spec.commandLine().getOut();
    reader.notes().forEach(note -> out.println("note      " + note));
    return reader.dataset();
  }

  private static double accuracy(Metrics metrics) {
    return metrics instanceof ClassMetrics classes ? classes.accuracy() : Double.NaN;
  }

  private void print(Metrics result) {
    PrintWriter out = data.spec.commandLine().getOut();
    String accuracy =
        result instanceof ClassMetrics classes
            ? "accuracy " + TrainingClock.percent(classes.accuracy()) + ", "
            : "";
    out.printf(
        Locale.ROOT,
        "test %sloss %s on %,d rows of %s%n%s%n",
        accuracy,
        TrainingClock.loss(result.loss()),
        result.examples(),
        data.data,
        MetricsTable.text(result));
    out.flush();
  }
}
