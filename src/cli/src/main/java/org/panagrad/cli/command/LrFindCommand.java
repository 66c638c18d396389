package org.panagrad.cli.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.data.DataSets;
import org.panagrad.cli.data.TableData;
import org.panagrad.cli.option.ColumnOptions;
import org.panagrad.cli.option.DataOptions;
import org.panagrad.cli.option.DelimitedOptions;
import org.panagrad.cli.option.FilesApart;
import org.panagrad.cli.option.Limits;
import org.panagrad.cli.option.SplitOptions;
import org.panagrad.cli.option.TrainingSetup;
import org.panagrad.cli.output.JsonFile;
import org.panagrad.cli.terminal.Interruption;
import org.panagrad.cli.terminal.Sparkline;
import org.panagrad.cli.terminal.TrainingClock;
import org.panagrad.data.Dataset;
import org.panagrad.train.LearningRateFinder;
import org.panagrad.train.LearningRateSweep;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Tries learning rates and suggests one. */
@Command(
    name = "lr-find",
    description = {
      "Trains for a few updates while the learning rate grows, and suggests one.",
      "Give the options of the training to come, all but its learning rate; --epochs and --schedule"
          + " play no part. Nothing is written, no model changes."
    })
public final class LrFindCommand implements Callable<Integer> {
  private static final int TABLE_LINES = 12;

  @Mixin DataOptions data;
  @Mixin DelimitedOptions delimited;
  @Mixin ColumnOptions columns;
  @Mixin SplitOptions splits;
  @Mixin TrainingSetup setup;

  @Option(
      names = "--from",
      paramLabel = "X",
      defaultValue = "1e-6",
      description = "The first learning rate. Default: ${DEFAULT-VALUE}.")
  float from;

  @Option(
      names = "--to",
      paramLabel = "X",
      defaultValue = "10",
      description = "The last, if the loss bears it. Default: ${DEFAULT-VALUE}.")
  float to;

  @Option(
      names = "--updates",
      paramLabel = "N",
      defaultValue = "175",
      description = "Updates, each with a rate of its own. Default: ${DEFAULT-VALUE}.")
  int updates;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the sweep there.")
  @Nullable Path json;

  @Mixin Limits limits;

  @Spec CommandSpec spec;

  LrFindCommand() {}

  @Override
  public Integer call() throws IOException {
    data.check(splits.validation, splits.test);
    TrainingOptions options;
    LearningRateFinder finder;
    try {
      options = options();
      finder = new LearningRateFinder(from, to, updates);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
    new FilesApart(spec).replaces("--json", json);
    TrainingSession.beginLoading();
    try (DataSets sets =
        TableData.load(data, delimited, columns, splits, setup.network.loss, setup.run.seed)) {
      Dataset train = sets.train();
      TrainingSetup.Job job = setup.job(train, options);
      LearningRateSweep sweep =
          finder.sweep(job.network(), train, job.options(), null, Interruption::check);
      print(sweep, job.options());
      if (json != null) {
        json(sweep).write(json);
      }
    }
    return 0;
  }

  private TrainingOptions options() {
    columns.options(setup.network.loss);
    splits.check(data.takesFiles(), data.isTested());
    if (setup.optimizer.learningRate != null) {
      throw new IllegalArgumentException(
          "--lr "
              + setup.optimizer.learningRate
              + ": expected no learning rate, which is what is looked for; see --from and --to");
    }
    return setup.options(limits);
  }

  private void print(LearningRateSweep sweep, TrainingOptions options) {
    PrintWriter out = spec.commandLine().getOut();
    List<LearningRateSweep.Point> points = sweep.points();
    List<Double> smoothed = sweep.smoothed();
    out.printf("%-14s %-12s %s%n", "learning rate", "loss", "smoothed");
    int lines = Math.min(TABLE_LINES, points.size());
    for (int i = 0; i < lines; i++) {
      int at = lines == 1 ? 0 : i * (points.size() - 1) / (lines - 1);
      LearningRateSweep.Point point = points.get(at);
      out.printf(
          Locale.ROOT,
          "%-14.3g %-12s %s%n",
          point.learningRate(),
          TrainingClock.loss(point.loss()),
          TrainingClock.loss(smoothed.get(at)));
    }
    if (points.isEmpty()) {
      out.println("the loss is not a finite number at the first update; look at the data");
      out.flush();
      return;
    }
    // A sweep that diverged ends in losses beside which nothing else could be told apart.
    double most = 1.5 * smoothed.getFirst();
    out.println(
        "smoothed loss "
            + Sparkline.of(smoothed.stream().map(loss -> Math.min(most, loss)).toList(), 60));
    out.printf(
        Locale.ROOT,
        "%d updates from %.3g to %.3g%s%n",
        points.size(),
        points.getFirst().learningRate(),
        points.getLast().learningRate(),
        sweep.diverged() ? ", where the loss diverged" : "");
    OptionalDouble suggestion = sweep.suggestion();
    if (suggestion.isEmpty()) {
      out.println("suggestion: none, the loss never fell; try a larger --to or more --updates");
    } else {
      out.printf(
          Locale.ROOT,
          "suggestion: --optimizer %s --lr %.2g%n"
              + "            (a tenth of the rate at which the smoothed loss was least)%n",
          options.optimizer().label(),
          suggestion.getAsDouble());
    }
    out.flush();
  }

  private JsonFile json(LearningRateSweep sweep) {
    List<LearningRateSweep.Point> points = sweep.points();
    return new JsonFile()
        .put("learningRates", points.stream().map(LearningRateSweep.Point::learningRate).toList())
        .put("losses", points.stream().map(LearningRateSweep.Point::loss).toList())
        .put("smoothedLosses", sweep.smoothed())
        .put("suggestion", sweep.suggestion().orElse(Double.NaN))
        .put("data", data.data);
  }
}
