package org.panagrad.cli.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.data.DataSets;
import org.panagrad.cli.option.FilesApart;
import org.panagrad.cli.option.MemorySize;
import org.panagrad.cli.option.TimeSpan;
import org.panagrad.cli.option.TrainingSetup;
import org.panagrad.cli.output.SweepColumns;
import org.panagrad.cli.output.SweepDisplay;
import org.panagrad.cli.output.SweepReport;
import org.panagrad.cli.terminal.HangingIndent;
import org.panagrad.cli.terminal.Interruption;
import org.panagrad.cli.terminal.ShellCommand;
import org.panagrad.cli.terminal.Terminal;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;
import org.panagrad.sweep.Halving;
import org.panagrad.sweep.Metric;
import org.panagrad.sweep.Ranking;
import org.panagrad.sweep.Sweep;
import org.panagrad.sweep.SweepResult;
import org.panagrad.sweep.Trial;
import org.panagrad.sweep.TrialResult;
import org.panagrad.sweep.TrialSetup;
import org.panagrad.train.CheckpointPolicy;
import org.panagrad.train.TrainingSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains many networks and keeps the best. */
@Command(
    name = "sweep",
    description = "Trains many networks, side by side, and keeps a table of them and the best.")
public final class SweepCommand implements Callable<Integer> {
  @Option(
      names = "--spec",
      paramLabel = "FILE",
      required = true,
      description = "What to try, as JSON; see docs/sweep.md.")
  Path specFile;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "panagrad-sweep",
      description =
          "Where table and best model go: results.jsonl and best.safetensors. Default:"
              + " ${DEFAULT-VALUE}.")
  Path out;

  @Option(
      names = "--resume",
      description = "Go on with the sweep in --out, or begin anew where there is none.")
  boolean resume;

  @Option(names = "--keep-models", description = "Keep every trial's model, not only the best.")
  boolean keepModels;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "Trainings side by side; they never change the result. Default: the spec's.")
  @Nullable Integer parallel;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute, of all trainings together. Default: the processors.")
  @Nullable Integer threads;

  @Option(
      names = "--max-memory",
      paramLabel = "SIZE",
      converter = MemorySize.Converter.class,
      description =
          "What data and trainings may take off the heap together, as in 2g: a trial that does not"
              + " fit waits, or fails if it never will. Default: no limit.")
  @Nullable MemorySize maxMemory;

  @Option(
      names = "--checkpoint-every-steps",
      paramLabel = "N",
      description = "Write a checkpoint of a trial after every N steps.")
  @Nullable Long everySteps;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "TIME",
      converter = TimeSpan.Converter.class,
      description = "Write one so long after the last, as in 30s, 10m or 1h. Default: 1m.")
  @Nullable TimeSpan every;

  @Option(names = "--json", paramLabel = "FILE", description = "Write a report there.")
  @Nullable Path json;

  @Spec CommandSpec spec;

  SweepCommand() {}

  @Override
  public Integer call() throws IOException {
    PrintWriter terminal = spec.commandLine().getOut();
    check();
    TrialOptions known = new TrialOptions(terminal);
    SweepSpec sweepSpec = SweepSpecFile.read(specFile, known);
    Map<String, String> options = shared(sweepSpec);
    List<Trial> trials = trials(sweepSpec);
    TrainCommand first = checked(known, options, trials.getFirst());
    for (Trial trial : trials) {
      if (!checked(known, options, trial).readsAs(first)) {
        throw usage(
            specFile
                + ": search.loss: "
                + trial
                + " and "
                + trials.getFirst()
                + " would read the target in two ways; expected losses for classes only, or for"
                + " numbers only");
      }
    }
    FilesApart files = new FilesApart(spec).readsAs(first.spec);
    Sweep.filesIn(out).forEach(file -> files.writes("--out", file));
    files.replaces("--json", json);
    TrainingSession.beginLoading();
    try (DataSets sets = first.load()) {
      Dataset validation = sets.validation();
      if (validation == null) {
        throw new DataException(
            specFile
                + ": no rows to compare the trials on; give \"validation-split\": 0.1 in options,"
                + " or a file as \"validation\"");
      }
      Ranking ranking = sweepSpec.ranking() == null ? usual(validation) : sweepSpec.ranking();
      ranking.metric().check(validation);
      Sweep sweep =
          new Sweep(out, trials, trial -> setup(known, options, trial, sets, validation))
              .ranking(ranking)
              .parallel(parallel == null ? sweepSpec.parallel() : parallel)
              .threads(totalThreads())
              .maxNativeBytes(memory(sets))
              .checkpoints(checkpoints())
              .describedBy(facts(sweepSpec, options, sets, validation));
      if (sweepSpec.strategy().halving() != null) {
        sweep.halving(sweepSpec.strategy().halving());
      }
      if (resume) {
        sweep.resume();
      }
      if (keepModels) {
        sweep.keepModels();
      }
      SweepColumns columns = new SweepColumns(trials, ranking.metric(), Terminal.columns());
      head(sweepSpec, trials, sets, sweep)
          .forEach(line -> terminal.println(HangingIndent.fit(line)));
      terminal.flush();
      SweepResult result = run(sweep, columns, terminal);
      SweepReport report =
          new SweepReport(
              result,
              columns,
              ranking.metric().label(),
              again(known, options, result.best(), sweepSpec.strategy().halving(), trials.size()));
      report.lines().forEach(terminal::println);
      terminal.flush();
      if (json != null) {
        report.json().write(json);
      }
      return result.best() == null ? 1 : 0;
    }
  }

  private void check() {
    if (parallel != null && parallel < 1) {
      throw usage("--parallel " + parallel + ": expected 1 or more");
    }
    if (threads != null && threads < 1) {
      throw usage("--threads " + threads + ": expected 1 or more");
    }
    if (everySteps != null && everySteps < 1) {
      throw usage("--checkpoint-every-steps " + everySteps + ": expected 1 or more");
    }
  }

  private int totalThreads() {
    return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
  }

  /** What all trials have; the partition width among it, as it decides the bits. */
  private static Map<String, String> shared(SweepSpec spec) {
    Map<String, String> options = new LinkedHashMap<>(spec.options());
    if (spec.strategy().halving() != null) {
      options.put("epochs", Integer.toString(spec.strategy().halving().maxEpochs()));
    }
    if (!spec.space().ranges().containsKey("partitions")) {
      options.putIfAbsent(
          "partitions", Integer.toString(Runtime.getRuntime().availableProcessors()));
    }
    return options;
  }

  private List<Trial> trials(SweepSpec spec) {
    try {
      return spec.trials();
    } catch (IllegalArgumentException e) {
      throw usage(specFile + ": search: " + e.getMessage());
    }
  }

  /** The train command of a trial. */
  private TrainCommand checked(TrialOptions known, Map<String, String> options, Trial trial) {
    try {
      TrainCommand command = known.parse(TrialOptions.join(options, trial.settings()));
      command.check();
      return command;
    } catch (ParameterException e) {
      throw usage(specFile + ": " + trial + ": " + e.getMessage());
    }
  }

  private static TrialSetup setup(
      TrialOptions known,
      Map<String, String> options,
      Trial trial,
      DataSets sets,
      Dataset validation) {
    TrainCommand command = known.parse(TrialOptions.join(options, trial.settings()));
    try {
      TrainingSetup.Job job = command.job(sets);
      return new TrialSetup(
          job.network(),
          sets.train(),
          validation,
          job.options(),
          job.epochs(),
          command.control::stopEarly);
    } catch (ParameterException e) {
      // Options that are wrong for this data.
      throw new DataException(String.valueOf(e.getMessage()));
    }
  }

  private static Ranking usual(Dataset validation) {
    return new Ranking(
        validation.targetKind() == TargetKind.CLASSES ? Metric.ACCURACY : Metric.LOSS);
  }

  private long memory(DataSets sets) {
    if (maxMemory == null) {
      return Long.MAX_VALUE;
    }
    long left = maxMemory.bytes() - sets.nativeBytes();
    if (left <= 0) {
      throw new DataException(
          "--max-memory "
              + MemorySize.text(maxMemory.bytes())
              + ": the data alone takes "
              + MemorySize.text(sets.nativeBytes())
              + "; expected more");
    }
    return left;
  }

  private CheckpointPolicy checkpoints() {
    if (everySteps == null && every == null) {
      return new CheckpointPolicy(0, Duration.ofMinutes(1));
    }
    return new CheckpointPolicy(
        everySteps == null ? 0 : everySteps, every == null ? Duration.ZERO : every.duration());
  }

  /** What must be the same when the sweep is gone on with. */
  private static Map<String, String> facts(
      SweepSpec spec, Map<String, String> options, DataSets sets, Dataset validation) {
    Map<String, String> facts = new LinkedHashMap<>();
    options.forEach((name, value) -> facts.put("options." + name, value));
    facts.put("strategy", spec.strategy().toString());
    facts.put("training data", sets.train().size() + " rows, checksum " + sets.train().checksum());
    facts.put("validation data", validation.size() + " rows, checksum " + validation.checksum());
    return facts;
  }

  private List<String> head(SweepSpec sweepSpec, List<Trial> trials, DataSets sets, Sweep sweep) {
    List<String> lines = new ArrayList<>();
    sets.notes().forEach(note -> lines.add("note      " + note));
    int side = sweep.sideBySide();
    lines.add(
        "sweep     "
            + trials.size()
            + (trials.size() == 1 ? " trial" : " trials")
            + (sweepSpec.space().ranges().isEmpty()
                ? ""
                : " of " + String.join(", ", sweepSpec.space().ranges().keySet())));
    lines.add("strategy  " + sweepSpec.strategy());
    lines.add(
        "data      " + sweepSpec.options().getOrDefault("data", "digits") + ", " + rows(sets));
    lines.add(
        "running   "
            + side
            + " side by side, "
            + Math.max(1, totalThreads() / side)
            + (totalThreads() / side > 1 ? " threads each" : " thread each"));
    int asked = parallel == null ? sweepSpec.parallel() : parallel;
    if (asked > totalThreads()) {
      lines.add(
          "note      not "
              + asked
              + " side by side, as there are only "
              + totalThreads()
              + " threads for all");
    }
    lines.add("table in  " + out.resolve("results.jsonl"));
    lines.add("");
    return lines;
  }

  private static String rows(DataSets sets) {
    Dataset validation = sets.validation();
    return String.format(
        Locale.ROOT,
        "%,d rows and %,d to compare on",
        sets.train().size(),
        validation == null ? 0 : validation.size());
  }

  private SweepResult run(Sweep sweep, SweepColumns columns, PrintWriter terminal)
      throws IOException {
    Interruption.stopBy(sweep::stop, true);
    try (SweepDisplay display = new SweepDisplay(terminal, columns, Terminal.isInteractive())) {
      SweepResult result = sweep.listener(display).run();
      if (!result.isWhole()) {
        Interruption.advise("go on with: " + resumeCommand());
        Interruption.check();
      }
      return result;
    } finally {
      Interruption.stopBy(() -> {}, false);
    }
  }

  private String resumeCommand() {
    List<String> words = spec.root().commandLine().getParseResult().originalArgs();
    return ShellCommand.of(words) + (resume ? "" : " --resume");
  }

  /**
   * The command that trains the best trial again, to the same bits; null where that was trained
   * only for the epochs of a rung before the last.
   */
  static @Nullable String again(
      TrialOptions known,
      Map<String, String> options,
      @Nullable TrialResult best,
      @Nullable Halving halving,
      int trials) {
    if (best == null || (halving != null && best.rung() < halving.rungs(trials).size())) {
      return null;
    }
    return ShellCommand.name()
        + " train "
        + known.typed(TrialOptions.join(options, best.settings()));
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
