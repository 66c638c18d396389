package org.panagrad.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Dataset;
import org.panagrad.data.TrainTest;
import org.panagrad.file.AtomicFile;
import org.panagrad.io.ModelFile;
import org.panagrad.nn.Network;
import org.panagrad.train.EpochResult;
import org.panagrad.train.Evaluation;
import org.panagrad.train.TrainingEvent;
import org.panagrad.train.TrainingListener;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains a network and writes the model. */
@Command(name = "train", description = "Trains a network and writes it as a safetensors file.")
final class TrainCommand implements Callable<Integer> {
  @Mixin DataOptions data;
  @Mixin NetworkOptions networkOptions;
  @Mixin LossOptions lossOptions;
  @Mixin OptimizerOptions optimizerOptions;
  @Mixin ScheduleOptions scheduleOptions;
  @Mixin UpdateOptions updateOptions;

  @Option(
      names = "--batch-size",
      paramLabel = "N|full",
      defaultValue = "128",
      converter = BatchSize.Converter.class,
      description = "Rows per step; 'full' for all of them. Default: ${DEFAULT-VALUE}.")
  BatchSize batchSize;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "10",
      description = "Times every row is trained on. Default: ${DEFAULT-VALUE}.")
  int epochs;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Of the first weights, the shuffling and the dropout. Default: ${DEFAULT-VALUE}.")
  long seed;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description =
          "Parts a step is cut into, and so the most threads of use. The same number gives the same"
              + " bits on any number of threads. Default: the processors.")
  @Nullable Integer partitions;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "panagrad-model.safetensors",
      description = "Where the model goes. Default: ${DEFAULT-VALUE}.")
  Path out;

  @Option(names = "--json", paramLabel = "FILE", description = "Write a report there.")
  @Nullable Path json;

  @Mixin ReportOptions reports;
  @Mixin Limits limits;

  @Spec CommandSpec spec;

  TrainCommand() {}

  @Override
  public Integer call() throws IOException {
    PrintWriter terminal = spec.commandLine().getOut();
    data.check();
    TrainingOptions options = options();
    AtomicFile.requireWritable(out);
    if (json != null) {
      AtomicFile.requireWritable(json);
    }
    reports.check();
    TrainingSession.beginLoading();
    try (TrainTest sets = data.load();
        TrainingRecords records = reports.open()) {
      Dataset train = sets.train();
      Dataset test = sets.test();
      int outputs = TrainingSession.outputs(options.loss(), train);
      Network network = networkOptions.network(train.featureCount(), outputs);
      options =
          options
              .batchSize(batchSize.of(train.size()))
              .loss(lossOptions.loss(options.loss(), train));
      options = scheduled(options, train.size());
      try (TrainingSession session = TrainingSession.open(network, train, options)) {
        TrainReport report = new TrainReport(this, session, train, test);
        terminal.println(report.head());
        terminal.flush();
        train(session, test, report, records, terminal);
        Interruption.whole(() -> report.parametersSha256(ModelFile.write(out, session)));
        if (json != null) {
          report.json().write(json);
        }
        records.finish(spec, session, train, "test", test, "test set");
        terminal.println(report.tail());
      }
    }
    terminal.flush();
    return 0;
  }

  private void train(
      TrainingSession session,
      Dataset test,
      TrainReport report,
      TrainingListener records,
      PrintWriter terminal) {
    EpochDisplay display = EpochDisplay.on(terminal, epochs, score(session));
    try {
      records.on(new TrainingEvent.Started(session, epochs, 0));
      for (int epoch = 1; epoch <= epochs; epoch++) {
        display.begin(epoch);
        EpochResult result =
            session.epoch(
                (done, examples, loss, accuracy) -> {
                  Interruption.check();
                  display.step(done, examples, loss, accuracy);
                });
        Evaluation evaluation = session.evaluate(test);
        session.observeValidation(evaluation.loss());
        report.add(result, evaluation);
        display.end(result, evaluation);
        records.on(
            new TrainingEvent.EpochEnded(
                result, evaluation, session.steps(), session.learningRate()));
      }
      records.on(new TrainingEvent.Stopped("all epochs", epochs, 0));
    } finally {
      display.close();
    }
  }

  private static TrainingScore score(TrainingSession session) {
    return new TrainingScore(
        session.options().loss().function(), session.network().outputs(), "test");
  }

  /** The options, checked as far as that goes without data: what is wrong here is wrong usage. */
  private TrainingOptions options() {
    if (epochs < 1) {
      throw usage("--epochs " + epochs + ": expected 1 or more");
    }
    try {
      networkOptions.check();
      scheduleOptions.check();
      TrainingOptions options =
          TrainingOptions.defaults()
              .loss(lossOptions.loss(networkOptions.loss()))
              .optimizer(optimizerOptions.optimizer())
              .seed(seed)
              .threads(limits.threads())
              .maxNativeBytes(limits.bytes());
      options = updateOptions.on(options);
      return partitions == null ? options : options.partitions(partitions);
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private TrainingOptions scheduled(TrainingOptions options, int rows) {
    try {
      return scheduleOptions.on(options, rows, epochs);
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
