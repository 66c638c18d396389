package org.panagrad.cli.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.data.DataSets;
import org.panagrad.cli.data.ImageSets;
import org.panagrad.cli.data.RecordData;
import org.panagrad.cli.data.RowFiles;
import org.panagrad.cli.option.ColumnOptions;
import org.panagrad.cli.option.DataOptions;
import org.panagrad.cli.option.DelimitedOptions;
import org.panagrad.cli.option.FilesApart;
import org.panagrad.cli.option.Limits;
import org.panagrad.cli.option.TrainingSetup;
import org.panagrad.cli.output.JsonFile;
import org.panagrad.cli.terminal.Interruption;
import org.panagrad.cli.terminal.TrainingClock;
import org.panagrad.data.Dataset;
import org.panagrad.data.TrainTest;
import org.panagrad.metrics.ClassMetrics;
import org.panagrad.metrics.ValueMetrics;
import org.panagrad.table.TableProfile;
import org.panagrad.train.CrossValidation;
import org.panagrad.train.StepListener;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains on all folds but one and tests on that, for each fold. */
@Command(
    name = "cross-validate",
    description =
        "Trains and tests networks on the folds of a data set, each tested on rows that it has not"
            + " seen, and tells the mean and the deviation of how they do. No model is written.")
public final class CrossValidateCommand implements Callable<Integer> {
  @Mixin DataOptions data;
  @Mixin DelimitedOptions delimited;
  @Mixin ColumnOptions columns;
  @Mixin TrainingSetup setup;

  @Option(
      names = "--folds",
      paramLabel = "K",
      defaultValue = "5",
      description =
          "How many parts; drawn by --seed, every class in proportion. Default: ${DEFAULT-VALUE}.")
  int folds;

  @Option(names = "--json", paramLabel = "FILE", description = "Write a report there.")
  @Nullable Path json;

  @Mixin Limits limits;

  @Spec CommandSpec spec;

  private boolean classes = true;
  private int done;

  CrossValidateCommand() {}

  @Override
  public Integer call() throws IOException {
    data.check();
    TrainingOptions options = options();
    new FilesApart(spec).replaces("--json", json);
    TrainingSession.beginLoading();
    CrossValidation.Scores results = folds(options);
    String name = classes ? "accuracy" : "RMSE";
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%s %s, deviation %s over %d folds%n",
        name,
        text(results.mean()),
        text(results.standardDeviation()),
        folds);
    out.flush();
    if (json != null) {
      new JsonFile()
          .put("metric", name)
          .put("mean", results.mean())
          .put("standardDeviation", results.standardDeviation())
          .put("folds", results.folds())
          .put("seed", setup.run.seed)
          .put("data", data.data)
          .write(json);
    }
    return 0;
  }

  private CrossValidation.Scores folds(TrainingOptions options) {
    CrossValidation.Trial trial = (train, test) -> trial(train, test, options);
    if (data.isTable()) {
      return CrossValidation.run(
          delimited.open(Path.of(data.data)),
          columns.options(setup.network.loss),
          folds,
          setup.run.seed,
          this::note,
          trial);
    }
    if (data.isRecords()) {
      try (Dataset rows = RecordData.openForFolds(Path.of(data.data))) {
        return CrossValidation.run(rows, folds, setup.run.seed, trial);
      }
    }
    if (data.isArrays()) {
      try (DataSets sets = new RowFiles(data.files).read(Path.of(data.data))) {
        return CrossValidation.run(sets.train(), folds, setup.run.seed, trial);
      }
    }
    try (TrainTest sets = ImageSets.load(data)) {
      return CrossValidation.run(sets.train(), folds, setup.run.seed, trial);
    }
  }

  private void note(TableProfile profile) {
    if (done == 0) {
      profile.notes().forEach(note -> spec.commandLine().getOut().println("note      " + note));
    }
  }

  /** How a network trained on one part does on another. */
  private double trial(Dataset train, Dataset test, TrainingOptions options) {
    TrainingSetup.Job job = setup.job(train, options);
    try (TrainingSession session = TrainingSession.open(job.network(), train, job.options())) {
      StepListener interrupted = (rows, of, lossSoFar, accuracy) -> Interruption.check();
      for (int epoch = 0; epoch < job.epochs(); epoch++) {
        session.epoch(interrupted);
      }
      double score =
          switch (session.metrics(test)) {
            case ClassMetrics metrics -> metrics.accuracy();
            case ValueMetrics metrics -> {
              classes = false;
              yield metrics.rmse();
            }
          };
      PrintWriter out = spec.commandLine().getOut();
      out.printf(
          Locale.ROOT,
          "fold %d/%d  %,d rows and %,d to test  test %s%s%n",
          ++done,
          folds,
          train.size(),
          test.size(),
          classes ? "" : "RMSE ",
          text(score));
      out.flush();
      return score;
    }
  }

  private String text(double value) {
    return classes ? TrainingClock.percent(value) : TrainingClock.loss(value);
  }

  private TrainingOptions options() {
    try {
      columns.options(setup.network.loss);
      if (folds < 2) {
        throw new IllegalArgumentException("--folds " + folds + ": expected 2 or more");
      }
      if (setup.looksAtValidation()) {
        throw new IllegalArgumentException(
            "--schedule plateau: expected a schedule that looks at no validation set, as folds have"
                + " none");
      }
      return setup.options(limits);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
  }
}
