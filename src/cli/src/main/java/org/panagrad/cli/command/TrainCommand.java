package org.panagrad.cli.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.data.DataSets;
import org.panagrad.cli.data.TableData;
import org.panagrad.cli.option.ColumnOptions;
import org.panagrad.cli.option.ControlOptions;
import org.panagrad.cli.option.DataOptions;
import org.panagrad.cli.option.DelimitedOptions;
import org.panagrad.cli.option.FilesApart;
import org.panagrad.cli.option.Limits;
import org.panagrad.cli.option.ReportOptions;
import org.panagrad.cli.option.SplitOptions;
import org.panagrad.cli.option.TrainingSetup;
import org.panagrad.cli.output.TrainReport;
import org.panagrad.cli.output.TrainingRecords;
import org.panagrad.cli.terminal.EpochDisplay;
import org.panagrad.cli.terminal.HangingIndent;
import org.panagrad.cli.terminal.Interruption;
import org.panagrad.data.Dataset;
import org.panagrad.io.CheckpointFolder;
import org.panagrad.io.ModelFile;
import org.panagrad.train.OnNonFinite;
import org.panagrad.train.StopReason;
import org.panagrad.train.Trainer;
import org.panagrad.train.TrainingEvent;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingResult;
import org.panagrad.train.TrainingSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains a network and writes the model. */
@Command(name = "train", description = "Trains a network and writes it as a safetensors file.")
public final class TrainCommand implements Callable<Integer> {
  @Mixin DataOptions data;
  @Mixin DelimitedOptions delimited;
  @Mixin ColumnOptions columns;
  @Mixin SplitOptions splits;
  @Mixin TrainingSetup setup;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "panagrad-model.safetensors",
      description = "Where the model goes. Default: ${DEFAULT-VALUE}.")
  Path out;

  @Option(names = "--json", paramLabel = "FILE", description = "Write a report there.")
  @Nullable Path json;

  @Mixin ReportOptions reports;
  @Mixin ControlOptions control;
  @Mixin Limits limits;

  @Spec CommandSpec spec;

  TrainCommand() {}

  @Override
  public Integer call() throws IOException {
    PrintWriter terminal = spec.commandLine().getOut();
    check();
    reports.check(new FilesApart(spec).replaces("--out", out).replaces("--json", json));
    TrainingSession.beginLoading();
    try (CheckpointFolder checkpoints = control.open();
        DataSets sets = load();
        TrainingRecords records = TrainingRecords.open(reports, spec.commandLine().getErr())) {
      TrainingSetup.Job job = job(sets);
      Dataset train = sets.train();
      try (TrainingSession session = TrainingSession.open(job.network(), train, job.options())) {
        TrainReport report =
            new TrainReport(
                new TrainReport.Files(data, delimited, columns, splits, out),
                setup.network,
                session,
                sets,
                job.defaults());
        sets.notes().forEach(note -> terminal.println(HangingIndent.fit("note      " + note)));
        terminal.println(HangingIndent.fit(report.head()));
        terminal.flush();
        requireFit(session, sets);
        train(session, sets, report, records, checkpoints, terminal, job.epochs());
        Interruption.whole(() -> report.parametersSha256(ModelFile.write(out, session)));
        // What may still fail does not take the model with it.
        measure(session, sets, report);
        if (json != null) {
          report.json().write(json);
        }
        records.finish(spec, session, train, sets.watchedName(), sets.judge(), sets.judgeName());
        terminal.println(report.tail());
      }
    }
    terminal.flush();
    return 0;
  }

  /** Checks what can be checked without data. */
  void check() {
    data.check(splits.validation, splits.test);
    control.check();
    var _ = options();
  }

  /** Reads the data. */
  DataSets load() {
    return TableData.load(data, delimited, columns, splits, setup.network.loss, setup.run.seed);
  }

  /** Whether the other command's data, read by this one, would be the same. */
  boolean readsAs(TrainCommand other) {
    return !data.isTable()
        || columns.options(setup.network.loss).task()
            == other.columns.options(other.setup.network.loss).task();
  }

  /** The training of this data. */
  TrainingSetup.Job job(DataSets sets) {
    if (setup.looksAtValidation() && sets.validation() == null) {
      throw new ParameterException(
          spec.commandLine(),
          "--schedule plateau: expected a validation set to look at, as the test set is to judge"
              + " by; give --validation or --validation-split");
    }
    return setup.job(sets.train(), options());
  }

  private void train(
      TrainingSession session,
      DataSets sets,
      TrainReport report,
      TrainingRecords records,
      @Nullable CheckpointFolder checkpoints,
      PrintWriter terminal,
      int epochCount) {
    EpochDisplay display = EpochDisplay.on(terminal, epochCount, report.score());
    int rows = sets.train().size();
    Trainer trainer = new Trainer(session).epochs(epochCount);
    Dataset watched = sets.watched();
    if (watched != null) {
      trainer.validation(watched);
    }
    control.apply(trainer, checkpoints, sets.validation() != null);
    trainer.stepListener(display);
    trainer
        .listener(event -> requireRoom(event, sets, records))
        .listener(event -> show(event, display, terminal, epochCount, rows))
        .listener(records);
    Interruption.stopBy(trainer::stop, checkpoints != null);
    try {
      TrainingResult result = trainer.run();
      if (result.checkpoint() != null) {
        Interruption.advise(
            "step "
                + session.steps()
                + " is in "
                + result.checkpoint()
                + "; go on with: "
                + control.resumeCommand());
      }
      if (result.reason() == StopReason.INTERRUPTED) {
        Interruption.check();
      }
      result.history().forEach(report::add);
      report.keptEpoch(result.bestEpoch());
    } finally {
      Interruption.stopBy(() -> {}, false);
      display.close();
    }
  }

  /** What is measured at the end needs memory: that it lacks is better known now than then. */
  private static void requireRoom(TrainingEvent event, DataSets sets, TrainingRecords records) {
    if (event instanceof TrainingEvent.Started begun) {
      Dataset test = sets.test();
      if (test != null) {
        TrainingSession session = begun.session();
        session.requireRoom(
            TrainingSession.metricsBytes(test) + session.evaluationBytes(test),
            "with what measures the test set at its end");
      }
      records.requireRoom(begun.session(), sets.judge());
    }
  }

  private static void requireFit(TrainingSession session, DataSets sets) {
    for (Dataset set : new Dataset[] {sets.validation(), sets.test()}) {
      if (set != null) {
        session.requireLike(set);
      }
    }
  }

  private void measure(TrainingSession session, DataSets sets, TrainReport report) {
    Dataset test = sets.test();
    if (test == null) {
      return;
    }
    try {
      report.test(session.metrics(test));
    } catch (RuntimeException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("panagrad: the model is written, in " + out + "; the test set is not measured");
      err.flush();
      throw e;
    }
  }

  private void show(
      TrainingEvent event,
      EpochDisplay display,
      PrintWriter terminal,
      int epochCount,
      int trainRows) {
    switch (event) {
      case TrainingEvent.Resumed resumed -> {
        PrintWriter err = spec.commandLine().getErr();
        resumed.warnings().forEach(line -> err.println("panagrad: " + line));
        err.flush();
        terminal.println("resumed   " + resumed.file() + ", step " + resumed.step());
      }
      case TrainingEvent.Started begun -> {
        if (begun.resumedAtStep() > 0) {
          display.goOnFrom(epochsDone(begun.session(), trainRows));
        }
        display.begin(begun.session().epochs() + 1);
      }
      case TrainingEvent.EpochEnded ended -> {
        display.end(ended.training(), ended.validation());
        int next = ended.training().epoch() + 1;
        if (next <= epochCount) {
          display.begin(next);
        }
      }
      case TrainingEvent.NonFinite bad when !bad.action().equals(OnNonFinite.STOP.label()) -> {
        PrintWriter err = spec.commandLine().getErr();
        err.println(
            "panagrad: not finite at step "
                + bad.step()
                + " (epoch "
                + bad.epoch()
                + ", batch "
                + bad.batch()
                + "), first seen in "
                + bad.where()
                + ": "
                + bad.action());
        err.flush();
      }
      default -> {}
    }
  }

  /** Epochs that a session has behind it, with the share of the one it is in. */
  private static double epochsDone(TrainingSession session, int rows) {
    long perEpoch = session.options().updatesPerEpoch(rows);
    long inEpoch = Math.clamp(session.steps() - session.epochs() * perEpoch, 0, perEpoch);
    return session.epochs() + (double) inEpoch / perEpoch;
  }

  /** The options, checked as far as that goes without data: what is wrong here is wrong usage. */
  private TrainingOptions options() {
    try {
      columns.options(setup.network.loss);
      splits.check(data.takesFiles(), data.isTested());
      return control.on(setup.options(limits));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
  }
}
