package org.panagrad.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Dataset;
import org.panagrad.data.TrainTest;
import org.panagrad.file.AtomicFile;
import org.panagrad.graph.Loss;
import org.panagrad.metrics.ClassMetrics;
import org.panagrad.metrics.ValueMetrics;
import org.panagrad.nn.Network;
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
final class CrossValidateCommand implements Callable<Integer> {
  @Mixin DataOptions data;
  @Mixin DelimitedOptions delimited;
  @Mixin ColumnOptions columns;
  @Mixin NetworkOptions networkOptions;
  @Mixin LossOptions lossOptions;
  @Mixin OptimizerOptions optimizerOptions;
  @Mixin ScheduleOptions scheduleOptions;
  @Mixin UpdateOptions updateOptions;
  @Mixin RunOptions run;

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
    if (json != null) {
      AtomicFile.requireWritable(json);
    }
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
          .put("seed", run.seed)
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
          columns.options(networkOptions.loss),
          folds,
          run.seed,
          this::note,
          trial);
    }
    if (data.isArrays()) {
      try (DataSets sets = data.files.read(Path.of(data.data))) {
        return CrossValidation.run(sets.train(), folds, run.seed, trial);
      }
    }
    try (TrainTest sets = data.load()) {
      return CrossValidation.run(sets.train(), folds, run.seed, trial);
    }
  }

  private void note(TableProfile profile) {
    if (done == 0) {
      profile.notes().forEach(note -> spec.commandLine().getOut().println("note      " + note));
    }
  }

  /** How a network trained on one part does on another. */
  private double trial(Dataset train, Dataset test, TrainingOptions options) {
    Defaults defaults = Defaults.of(train, data.isTable());
    Loss loss = loss(defaults, train);
    Network network =
        networkOptions.network(
            train.featureCount(), TrainingSession.outputs(loss, train), defaults);
    TrainingOptions sized =
        options
            .optimizer(optimizerOptions.optimizer(defaults))
            .loss(loss)
            .batchSize(run.batchSize(defaults).of(train.size()));
    int epochs = run.epochs(defaults);
    sized = scheduleOptions.on(sized, train.size(), epochs);
    try (TrainingSession session = TrainingSession.open(network, train, sized)) {
      StepListener interrupted = (rows, of, lossSoFar, accuracy) -> Interruption.check();
      for (int epoch = 0; epoch < epochs; epoch++) {
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

  private Loss loss(Defaults defaults, Dataset train) {
    try {
      Loss loss = networkOptions.loss(defaults);
      networkOptions.checkOutput(loss);
      return lossOptions.loss(lossOptions.loss(loss), train);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
  }

  private String text(double value) {
    return classes ? TrainingClock.percent(value) : TrainingClock.loss(value);
  }

  private TrainingOptions options() {
    try {
      networkOptions.check();
      lossOptions.loss(networkOptions.loss());
      columns.options(networkOptions.loss);
      if (folds < 2) {
        throw new IllegalArgumentException("--folds " + folds + ": expected 2 or more");
      }
      scheduleOptions.check();
      TrainingOptions options =
          TrainingOptions.defaults()
              .optimizer(optimizerOptions.optimizer())
              .threads(limits.threads())
              .maxNativeBytes(limits.bytes());
      return run.apply(updateOptions.on(options));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
  }
}
