package org.panagrad.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.panagrad.data.Dataset;
import org.panagrad.openblas.OpenBlas;
import org.panagrad.optim.ConstantRate;
import org.panagrad.train.EpochResult;
import org.panagrad.train.Evaluation;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/** What is told of a training: before it, after it, and to machines. */
final class TrainReport {
  /** How the command was called, from scripts/panagrad. */
  static final String COMMAND_PROPERTY = "panagrad.command";

  private final TrainCommand command;
  private final TrainingSession session;
  private final Dataset train;
  private final Dataset test;
  private final List<Double> trainLoss = new ArrayList<>();
  private final List<Double> trainAccuracy = new ArrayList<>();
  private final List<Double> testLoss = new ArrayList<>();
  private final List<Double> testAccuracy = new ArrayList<>();
  private final List<Double> epochSeconds = new ArrayList<>();
  private String parametersSha256 = "";

  TrainReport(TrainCommand command, TrainingSession session, Dataset train, Dataset test) {
    this.command = command;
    this.session = session;
    this.train = train;
    this.test = test;
  }

  void add(EpochResult result, Evaluation evaluation) {
    trainLoss.add(result.loss());
    trainAccuracy.add(result.accuracy());
    epochSeconds.add(result.seconds());
    testLoss.add(evaluation.loss());
    testAccuracy.add(evaluation.accuracy());
  }

  void parametersSha256(String sha256) {
    parametersSha256 = sha256;
  }

  /** What is about to be trained, on what. */
  String head() {
    TrainingOptions options = session.options();
    String hidden =
        command.networkOptions.hidden.widths().isEmpty()
            ? ""
            : String.join(
                    "-",
                    command.networkOptions.hidden.widths().stream().map(String::valueOf).toList())
                + "-";
    return String.format(
        Locale.ROOT,
        """
        data      %s, %,d rows and %,d to test, %d features, %d classes
        network   %d-%s%d, %,d parameters, %s native memory
        training  %s, %s, batch %d, seed %d
        running   %s (%s core), %s kernels of %d bits
                  %d threads, %d partitions\
        """,
        command.data.data,
        train.size(),
        test.size(),
        train.featureCount(),
        train.classCount(),
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
        + (options.schedule() instanceof ConstantRate ? "" : ", " + options.schedule().label())
        + (options.accumulate() == 1 ? "" : ", " + options.accumulate() + " batches per update");
  }

  /** What came of it, and what to do with it. */
  String tail() {
    int best = testAccuracy.indexOf(bestTestAccuracy());
    return String.format(
        Locale.ROOT,
        """
        test accuracy %s, loss %s (best %s in epoch %d); trained for %.1f s
        model in %s
        next: %s evaluate --model %s %s\
        """,
        TrainingClock.percent(testAccuracy.getLast()),
        TrainingClock.loss(testLoss.getLast()),
        TrainingClock.percent(bestTestAccuracy()),
        best + 1,
        seconds(),
        command.out,
        System.getProperty(COMMAND_PROPERTY, "panagrad"),
        ShellWord.of(command.out.toString()),
        command.data);
  }

  private double bestTestAccuracy() {
    return Collections.max(testAccuracy);
  }

  private double seconds() {
    return epochSeconds.stream().mapToDouble(Double::doubleValue).sum();
  }

  JsonFile json() {
    TrainingOptions options = session.options();
    NetworkOptions network = command.networkOptions;
    return new JsonFile()
        .put("testAccuracy", testAccuracy.getLast())
        .put("testLoss", testLoss.getLast())
        .put("bestTestAccuracy", bestTestAccuracy())
        .put("trainLoss", trainLoss)
        .put("trainAccuracy", trainAccuracy)
        .put("testLossPerEpoch", testLoss)
        .put("testAccuracyPerEpoch", testAccuracy)
        .put("secondsPerEpoch", epochSeconds)
        .put("samplesPerSecond", (double) train.size() * epochSeconds.size() / seconds())
        .put("seconds", seconds())
        .put("parameters", session.network().parameterCount())
        .put("plannedNativeBytes", session.memoryReport().bytes())
        .put("dataNativeBytes", train.nativeBytes() + test.nativeBytes())
        .put("openblasVersion", session.library().version())
        .put("openblasCore", session.library().coreName())
        .put("blasLibrary", session.library().path())
        .put("threads", session.threads())
        .put("partitions", options.partitions())
        .put("kernels", session.kernels().name())
        .put("vectorBits", session.kernels().vectorBits())
        .put("seed", options.seed())
        .put("parametersSha256", parametersSha256)
        .put("model", command.out.toString())
        .put("data", command.data.data)
        .put("trainRows", train.size())
        .put("testRows", test.size())
        .putWhole("hidden", network.hidden.widths())
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
        .put("epochs", epochSeconds.size())
        .put("panagradVersion", Version.text())
        .put("javaVersion", Runtime.version().toString());
  }
}
