package org.panagrad.cli.output;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.option.MemorySize;
import org.panagrad.cli.option.ReportOptions;
import org.panagrad.cli.terminal.Interruption;
import org.panagrad.cli.terminal.ShellCommand;
import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;
import org.panagrad.graph.Operation;
import org.panagrad.report.HtmlReport;
import org.panagrad.report.JsonLinesLog;
import org.panagrad.report.TensorBoardLog;
import org.panagrad.report.TrainingHistory;
import org.panagrad.train.TrainingEvent;
import org.panagrad.train.TrainingListener;
import org.panagrad.train.TrainingSession;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What a training leaves to look at, while it runs and at its end. */
public final class TrainingRecords implements TrainingListener, AutoCloseable {
  private static final double PROFILE_SECONDS = 0.5;
  private static final int MOST_STEPS_TIMED = 500;

  private final ReportOptions options;
  private final PrintWriter err;
  private final List<TrainingListener> listeners = new ArrayList<>();
  private final TrainingHistory history = new TrainingHistory();
  private final @Nullable JsonLinesLog log;
  private final @Nullable TensorBoardLog tensorBoard;
  private double secondsPerStep;

  private TrainingRecords(ReportOptions options, PrintWriter err) throws IOException {
    this.options = options;
    this.err = err;
    this.log = options.log == null ? null : JsonLinesLog.open(options.log);
    try {
      this.tensorBoard =
          options.tensorBoard == null ? null : TensorBoardLog.open(options.tensorBoard);
    } catch (IOException e) {
      if (log != null) {
        log.close();
      }
      throw e;
    }
    if (log != null) {
      listeners.add(log);
    }
    if (tensorBoard != null) {
      listeners.add(tensorBoard);
    }
    if (options.report != null) {
      listeners.add(history);
    }
  }

  /**
   * Begins the log and the event file.
   *
   * @param err is told if one of them can no longer be written
   */
  public static TrainingRecords open(ReportOptions options, PrintWriter err) throws IOException {
    return new TrainingRecords(options, err);
  }

  @Override
  public void on(TrainingEvent event) {
    if (event instanceof TrainingEvent.EpochEnded ended) {
      secondsPerStep = ended.training().seconds() / Math.max(1, ended.training().examples());
    }
    for (Iterator<TrainingListener> each = listeners.iterator(); each.hasNext(); ) {
      try {
        each.next().on(event);
      } catch (UncheckedIOException e) {
        // Hours of training are worth more than a log of them.
        each.remove();
        err.println("panagrad: " + e.getMessage() + "; the training goes on without it");
        err.flush();
      }
    }
  }

  /**
   * Checks that there will be memory for what the page measures: to be called when the training has
   * taken what it takes, and before it begins.
   *
   * @param set that {@link #finish} will be given
   * @throws org.panagrad.memory.NativeMemoryLimitException if there will not be
   */
  public void requireRoom(TrainingSession session, Dataset set) {
    if (options.report == null) {
      return;
    }
    long measured = TrainingSession.metricsBytes(set) + session.evaluationBytes(set);
    long most = Math.max(measured, session.profileBytes());
    if (!session.keepsGradients()) {
      most = Math.max(most, session.gradientSampleBytes());
    }
    session.requireRoom(most, "with what --report measures at its end");
  }

  /**
   * Writes the page, if one is wanted.
   *
   * @param watched what the set is called that was looked at after each epoch
   * @param measuredOn what {@code set} is called
   */
  public void finish(
      CommandSpec command,
      TrainingSession session,
      Dataset train,
      String watched,
      Dataset set,
      String measuredOn)
      throws IOException {
    if (options.report == null) {
      return;
    }
    HtmlReport report =
        new HtmlReport(history, "Training on " + train.name(), typed(command))
            .watched(watched)
            .measured(measuredOn, set, session.metrics(set))
            .weights(session)
            .timing(session.profile(stepsToTime(session)));
    report.facts("Data", data(train, set, measuredOn));
    report.facts("Network", network(session));
    report.facts("Training", training(session));
    report.facts("Machine", machine(session));
    report.facts("Options", given(command));
    Path file = options.report;
    Interruption.whole(() -> report.write(file));
  }

  private int stepsToTime(TrainingSession session) {
    double seconds = secondsPerStep * session.options().batchSize();
    return (int) Math.clamp(PROFILE_SECONDS / Math.max(seconds, 1e-9), 5, MOST_STEPS_TIMED);
  }

  private static Map<String, String> data(Dataset train, Dataset set, String measuredOn) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("set", train.name());
    facts.put("rows to train on", Integer.toString(train.size()));
    facts.put("rows of the " + measuredOn, Integer.toString(set.size()));
    facts.put("features", Integer.toString(train.featureCount()));
    if (train.picture() != null) {
      facts.put("pictures", train.picture().toString());
    }
    facts.put(
        train.targetKind() == TargetKind.CLASSES ? "classes" : "targets",
        Integer.toString(train.targetCount()));
    return facts;
  }

  private static Map<String, String> network(TrainingSession session) {
    Map<String, String> facts = new LinkedHashMap<>();
    for (Operation op : session.network().graph().operations()) {
      facts.put(op.path(), op.describe() + ", " + op.output().shape().batched());
    }
    facts.put("parameters", Long.toString(session.network().parameterCount()));
    return facts;
  }

  private static Map<String, String> training(TrainingSession session) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("loss", session.options().loss().function().label());
    facts.put("optimizer", session.options().optimizer().toString());
    facts.put("batch size", Integer.toString(session.options().batchSize()));
    facts.put("updates", Long.toString(session.steps()));
    facts.put("seed", Long.toString(session.options().seed()));
    facts.put("native memory", MemorySize.text(session.memoryReport().bytes()));
    return facts;
  }

  private static Map<String, String> machine(TrainingSession session) {
    Machine machine = Machine.read();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Panagrad", Version.text());
    facts.put("BLAS", session.library().version());
    facts.put("core", session.library().coreName());
    facts.put(
        "kernels", session.kernels().name() + ", " + session.kernels().vectorBits() + " bits");
    facts.put("threads", Integer.toString(session.threads()));
    facts.put("partitions", Integer.toString(session.options().partitions()));
    facts.put("Java", machine.java());
    facts.put("processors", machine.processors());
    facts.put("memory", machine.memory());
    return facts;
  }

  /** Every option of the command, also those that were left as they are. */
  private static Map<String, String> given(CommandSpec command) {
    Map<String, String> facts = new LinkedHashMap<>();
    for (OptionSpec option : command.options()) {
      Object value = option.getValue();
      if (!option.usageHelp() && !option.versionHelp() && value != null) {
        facts.put(option.longestName(), text(option, value));
      }
    }
    return facts;
  }

  /** As it was typed, or would be. */
  private static String text(OptionSpec option, Object value) {
    List<String> typed = option.originalStringValues();
    String usual = option.defaultValue();
    return option.typeInfo().isBoolean() || (typed.isEmpty() && usual == null)
        ? value.toString()
        : typed.isEmpty() ? usual : String.join(",", typed);
  }

  /** The command as it was typed. */
  private static String typed(CommandSpec command) {
    return ShellCommand.of(command.root().commandLine().getParseResult().originalArgs());
  }

  @Override
  public void close() throws IOException {
    try {
      if (log != null) {
        log.close();
      }
    } finally {
      if (tensorBoard != null) {
        tensorBoard.close();
      }
    }
  }
}
