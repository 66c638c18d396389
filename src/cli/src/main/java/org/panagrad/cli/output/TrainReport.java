package org.panagrad.cli.output;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.data.DataSets;
import org.panagrad.cli.option.ColumnOptions;
import org.panagrad.cli.option.DataOptions;
import org.panagrad.cli.option.Defaults;
import org.panagrad.cli.option.DelimitedOptions;
import org.panagrad.cli.option.MemorySize;
import org.panagrad.cli.option.NetworkOptions;
import org.panagrad.cli.option.SplitOptions;
import org.panagrad.cli.terminal.HangingIndent;
import org.panagrad.cli.terminal.ShellCommand;
import org.panagrad.cli.terminal.ShellWord;
import org.panagrad.cli.terminal.TrainingClock;
import org.panagrad.cli.terminal.TrainingScore;
import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;
import org.panagrad.metrics.ClassMetrics;
import org.panagrad.metrics.Metrics;
import org.panagrad.metrics.ValueMetrics;
import org.panagrad.openblas.OpenBlas;
import org.panagrad.optim.ConstantRate;
import org.panagrad.train.EpochResult;
import org.panagrad.train.Evaluation;
import org.panagrad.train.TrainingEvent;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/** What is told of a training: before it, after it, and to machines. */
public final class TrainReport {
  /** What was read, and where the model went. */
  public record Files(
      DataOptions data,
      DelimitedOptions delimited,
      ColumnOptions columns,
      SplitOptions splits,
      Path out) {
    /** What to do with the model. */
    String next() {
      String model = " --model " + ShellWord.of(out.toString());
      if (!data.isTable()) {
        return splits.test == null
            ? "evaluate" + model + " " + data
            : "evaluate"
                + model
                + " --data "
                + ShellWord.of(splits.test.toString())
                + data.files.withLabels(splits.testLabels);
      }
      return splits.test != null
          ? "evaluate"
              + model
              + " --data "
              + ShellWord.of(splits.test.toString())
              + delimited
              + (columns.dropsRowsWithoutTarget() ? " --drop-rows-without-target" : "")
          : "predict"
              + model
              + " --input "
              + ShellWord.of(data.data)
              + delimited
              + " --output predictions.csv";
    }
  }

  private final Files files;
  private final NetworkOptions network;
  private final TrainingSession session;
  private final DataSets sets;
  private final Defaults defaults;
  private final TrainingScore score;
  private final List<EpochResult> epochs = new ArrayList<>();
  private final List<Evaluation> watched = new ArrayList<>(); // one per epoch, or none at all
  private @Nullable Metrics test;
  private int keptEpoch; // from 1; 0 for the last
  private String parametersSha256 = "";

  public TrainReport(
      Files files,
      NetworkOptions network,
      TrainingSession session,
      DataSets sets,
      Defaults defaults) {
    this.files = files;
    this.network = network;
    this.session = session;
    this.sets = sets;
    this.defaults = defaults;
    this.score =
        new TrainingScore(
            session.options().loss().function(),
            session.network().outputs(),
            sets.watchedName(),
            sets.train().outputMap().scale());
  }

  public TrainingScore score() {
    return score;
  }

  public void add(TrainingEvent.EpochEnded epoch) {
    Evaluation evaluation = epoch.validation();
    epochs.add(epoch.training());
    if (evaluation != null) {
      watched.add(evaluation);
    }
  }

  /**
   * Whose weights the model has.
   *
   * @param epoch that early stopping chose, from 1; 0 where it did not
   */
  public void keptEpoch(int epoch) {
    keptEpoch = epoch;
  }

  /** How the weights that are kept do on the set that is looked at. */
  private Evaluation kept() {
    return keptEpoch == 0 ? watched.getLast() : watched.get(keptEpoch - 1);
  }

  /** What the test set gave in the end. */
  public void test(Metrics metrics) {
    test = metrics;
  }

  public void parametersSha256(String sha256) {
    parametersSha256 = sha256;
  }

  /** What is about to be trained, on what. */
  public String head() {
    TrainingOptions options = session.options();
    List<Integer> widths = network.hidden(defaults).widths();
    String hidden =
        widths.isEmpty()
            ? ""
            : String.join("-", widths.stream().map(String::valueOf).toList()) + "-";
    return String.format(
        Locale.ROOT,
        """
        data      %s, %s
        network   %d-%s%d, %,d parameters, %s native memory
        training  %s, %s, batch %d, seed %d
        running   %s (%s core), %s kernels of %d bits
                  %d threads, %d partitions\
        """,
        files.data.data,
        rows(),
        session.network().inputs(),
        hidden,
        session.network().outputs(),
        session.network().parameterCount(),
        MemorySize.text(session.memoryReport().bytes()),
        options.loss().function().label(),
        optimizer(),
        options.batchSize(),
        options.seed(),
        library(),
        session.library().coreName(),
        session.kernels().name(),
        session.kernels().vectorBits(),
        session.threads(),
        options.partitions());
  }

  private String rows() {
    Dataset train = sets.train();
    return String.format(Locale.ROOT, "%,d rows", train.size())
        + rows(sets.validation(), "to validate")
        + rows(sets.test(), "to test")
        + String.format(Locale.ROOT, ", %d features, ", train.featureCount())
        + (train.targetKind() == TargetKind.CLASSES
            ? train.classCount() + " classes"
            : "numbers to tell")
        + (train.picture() == null ? "" : ", pictures of " + train.picture());
  }

  private static String rows(@Nullable Dataset set, String purpose) {
    return set == null ? "" : String.format(Locale.ROOT, " and %,d %s", set.size(), purpose);
  }

  private String library() {
    return OpenBlas.load().isOpenBlas()
        ? "OpenBLAS " + session.library().version()
        : session.library().path();
  }

  private String optimizer() {
    TrainingOptions options = session.options();
    return options.optimizer().label()
        + " with learning rate "
        + options.optimizer().learningRate()
        + (options.optimizer().weightDecay() == 0
            ? ""
            : String.format(Locale.ROOT, ", decay %.2g", options.optimizer().weightDecay()))
        + (options.schedule() instanceof ConstantRate ? "" : ", " + options.schedule().label())
        + (options.accumulate() == 1 ? "" : ", " + options.accumulate() + " batches per update");
  }

  /** What came of it, and what to do with it. */
  public String tail() {
    String trained =
        String.format(
            Locale.ROOT,
            "trained for %.1f s, waited %.1f %% of it for data",
            seconds(),
            100 * dataWaitSeconds() / seconds());
    return HangingIndent.fit(result() + trained)
        + "\nmodel in "
        + files.out
        + "\nnext: "
        + ShellCommand.name()
        + " "
        + files.next();
  }

  private String result() {
    List<String> lines = new ArrayList<>();
    if (sets.validation() != null && !watched.isEmpty()) {
      lines.add(watched(kept()));
    }
    if (test != null) {
      lines.add(result(test) + (sets.validation() == null ? best() : ""));
    }
    return lines.isEmpty() ? "" : String.join("\n", lines) + "; ";
  }

  private String watched(Evaluation kept) {
    return (Double.isNaN(kept.accuracy())
            ? score.text(kept)
            : score.watched()
                + " accuracy "
                + TrainingClock.percent(kept.accuracy())
                + ", loss "
                + TrainingClock.loss(kept.loss()))
        + (keptEpoch == 0 ? best() : " (epoch " + keptEpoch + ", whose weights are kept)");
  }

  private static String result(Metrics metrics) {
    return switch (metrics) {
      case ClassMetrics classes ->
          "test accuracy "
              + TrainingClock.percent(classes.accuracy())
              + ", loss "
              + TrainingClock.loss(classes.loss());
      case ValueMetrics values ->
          "test RMSE "
              + TrainingClock.loss(values.rmse())
              + ", MAE "
              + TrainingClock.loss(values.mae())
              + ", R2 "
              + TrainingClock.loss(values.r2());
    };
  }

  private String best() {
    int best = bestEpoch();
    Evaluation evaluation = watched.get(best);
    return " (best "
        + (Double.isNaN(evaluation.accuracy())
            ? TrainingClock.loss(score.of(evaluation))
            : TrainingClock.percent(evaluation.accuracy()))
        + " in epoch "
        + (best + 1)
        + ")";
  }

  private int bestEpoch() {
    List<Double> merits =
        watched.stream().map(e -> Double.isNaN(e.accuracy()) ? -e.loss() : e.accuracy()).toList();
    return merits.indexOf(Collections.max(merits));
  }

  private double seconds() {
    return epochs.stream().mapToDouble(EpochResult::seconds).sum();
  }

  /** Of those, also of a training that was resumed. */
  private double dataWaitSeconds() {
    return epochs.stream().mapToDouble(EpochResult::dataWaitSeconds).sum();
  }

  public JsonFile json() {
    TrainingOptions options = session.options();
    Dataset train = sets.train();
    JsonFile file = new JsonFile();
    if (test != null) {
      file.put("testAccuracy", test instanceof ClassMetrics c ? c.accuracy() : Double.NaN)
          .put("testLoss", test.loss());
      if (test instanceof ValueMetrics values) {
        file.put("testRmse", values.rmse()).put("testMae", values.mae());
        file.put("testR2", values.r2());
      }
    }
    file.put("trainLoss", epochs.stream().map(EpochResult::loss).toList())
        .put("trainAccuracy", epochs.stream().map(EpochResult::accuracy).toList());
    if (!watched.isEmpty()) {
      String name = sets.watchedName();
      Evaluation best = watched.get(bestEpoch());
      file.put("best" + (name.equals("test") ? "Test" : "Validation") + "Accuracy", best.accuracy())
          .put("bestEpoch", bestEpoch() + 1L)
          .put(name + "LossPerEpoch", watched.stream().map(Evaluation::loss).toList())
          .put(name + "AccuracyPerEpoch", watched.stream().map(Evaluation::accuracy).toList());
      if (!name.equals("test")) {
        file.put("validationAccuracy", kept().accuracy()).put("validationLoss", kept().loss());
      }
      if (keptEpoch > 0) {
        file.put("keptEpoch", keptEpoch);
      }
    }
    return file.put("secondsPerEpoch", epochs.stream().map(EpochResult::seconds).toList())
        .put("samplesPerSecond", (double) train.size() * epochs.size() / seconds())
        .put("seconds", seconds())
        .put("dataWaitSeconds", dataWaitSeconds())
        .put("parameters", session.network().parameterCount())
        .put("plannedNativeBytes", session.memoryReport().bytes())
        .put("dataNativeBytes", sets.nativeBytes())
        .put("openblasVersion", session.library().version())
        .put("openblasCore", session.library().coreName())
        .put("blasLibrary", session.library().path())
        .put("threads", session.threads())
        .put("partitions", options.partitions())
        .put("kernels", session.kernels().name())
        .put("vectorBits", session.kernels().vectorBits())
        .put("seed", options.seed())
        .put("parametersSha256", parametersSha256)
        .put("model", files.out.toString())
        .put("data", files.data.data)
        .put("trainRows", train.size())
        .put("validationRows", sets.validation() == null ? 0 : sets.validation().size())
        .put("testRows", sets.test() == null ? 0 : sets.test().size())
        .putWhole("hidden", network.hidden(defaults).widths())
        .put("activation", network.activation)
        .put("outputActivation", network.outputActivation)
        .put("loss", options.loss().function().label())
        .put("init", network.init)
        .put("dropout", network.dropout)
        .put("optimizer", options.optimizer().label())
        .put("learningRate", options.optimizer().learningRate())
        .put("optimizerSettings", options.optimizer().toString())
        .put("weightDecay", options.optimizer().weightDecay())
        .put("schedule", options.schedule().label())
        .put("scheduleSettings", options.schedule().toString())
        .put("penalties", options.penalties().toString())
        .put("clipNorm", options.clipNorm())
        .put("clipValue", options.clipValue())
        .put("accumulate", options.accumulate())
        .put("batchSize", options.batchSize())
        .put("epochs", epochs.size())
        .put("panagradVersion", Version.text())
        .put("javaVersion", Runtime.version().toString());
  }
}
