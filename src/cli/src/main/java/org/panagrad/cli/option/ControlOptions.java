package org.panagrad.cli.option;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.terminal.ShellCommand;
import org.panagrad.io.CheckpointFolder;
import org.panagrad.train.CheckpointPolicy;
import org.panagrad.train.EarlyStopping;
import org.panagrad.train.Monitor;
import org.panagrad.train.OnNonFinite;
import org.panagrad.train.Trainer;
import org.panagrad.train.TrainingOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** When training ends, and what is kept of it on the way. */
public final class ControlOptions {
  @Option(
      names = "--checkpoint-dir",
      paramLabel = "DIR",
      description =
          "Keep checkpoints there, from which --resume goes on to the same bits; also on Ctrl-C and"
              + " SIGTERM.")
  @Nullable Path checkpointDir;

  @Option(
      names = "--checkpoint-every-steps",
      paramLabel = "N",
      description = "Write one after every N steps.")
  @Nullable Long everySteps;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "TIME",
      converter = TimeSpan.Converter.class,
      description = "Write one so long after the last, as in 30s, 10m or 1h. Default: 10m.")
  @Nullable TimeSpan every;

  @Option(
      names = "--keep-checkpoints",
      paramLabel = "K",
      description = "How many of the newest to keep. Default: 3.")
  @Nullable Integer keep;

  @Option(
      names = "--resume",
      description =
          "Go on from the newest checkpoint, or begin anew where there is none; the other options"
              + " must be what they were.")
  boolean resume;

  @Option(
      names = "--resume-anyway",
      description =
          "The same, also with other --partitions or another OpenBLAS, which gives other bits.")
  boolean resumeAnyway;

  @Option(
      names = "--on-non-finite",
      paramLabel = "WHAT",
      defaultValue = "stop",
      description =
          "When a loss or gradient is no finite number: 'stop'; 'skip' the update; 'rollback' to"
              + " the epoch's beginning, with half the learning rate. Default: ${DEFAULT-VALUE}.")
  String onNonFinite;

  @Option(
      names = "--early-stopping",
      paramLabel = "PATIENCE",
      description =
          "End after so many epochs without a better one on the validation set, with the weights of"
              + " the best.")
  @Nullable Integer patience;

  @Option(
      names = "--monitor",
      paramLabel = "WHAT",
      description = "What an epoch is judged by for that: 'loss' or 'accuracy'. Default: loss.")
  @Nullable String monitor;

  @Spec(Spec.Target.MIXEE)
  CommandSpec spec;

  /** Checks what can be checked without data. */
  public void check() {
    if (everySteps != null && everySteps < 1) {
      throw usage("--checkpoint-every-steps " + everySteps + ": expected 1 or more");
    }
    if (keep != null && keep < 1) {
      throw usage("--keep-checkpoints " + keep + ": expected 1 or more");
    }
    if (monitor != null && patience == null) {
      throw usage("--monitor " + monitor + ": expected --early-stopping PATIENCE with it");
    }
    if (patience != null) {
      try {
        earlyStopping(patience);
      } catch (IllegalArgumentException e) {
        throw usage(String.valueOf(e.getMessage()));
      }
    }
    if (checkpointDir == null) {
      List<String> alone = new ArrayList<>();
      for (String option :
          List.of(
              "--checkpoint-every-steps",
              "--checkpoint-every",
              "--keep-checkpoints",
              "--resume",
              "--resume-anyway")) {
        if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
          alone.add(option);
        }
      }
      if (!alone.isEmpty()) {
        throw usage(String.join(", ", alone) + ": expected --checkpoint-dir DIR with it");
      }
    }
  }

  /**
   * The options with what is to be done when a number is not finite.
   *
   * @throws IllegalArgumentException with a line that says what is wrong
   */
  public TrainingOptions on(TrainingOptions options) {
    return options.onNonFinite(OnNonFinite.byName(onNonFinite));
  }

  /** The folder of the checkpoints, null if none are kept. */
  public @Nullable CheckpointFolder open() throws IOException {
    return checkpointDir == null
        ? null
        : CheckpointFolder.open(checkpointDir, keep == null ? 3 : keep);
  }

  private EarlyStopping earlyStopping(int epochs) {
    return new EarlyStopping(monitor == null ? Monitor.LOSS : Monitor.byName(monitor), epochs, 0);
  }

  /** Has a trainer stop early, if it is to; there is a validation set to look at. */
  public void stopEarly(Trainer trainer) {
    if (patience != null) {
      trainer.earlyStopping(earlyStopping(patience));
    }
  }

  /**
   * Sets a trainer up.
   *
   * @param validates whether there is a validation set, and not only a test set
   */
  public void apply(Trainer trainer, @Nullable CheckpointFolder folder, boolean validates) {
    if (patience != null && !validates) {
      throw usage(
          "--early-stopping "
              + patience
              + ": expected a validation set to look at, as the test set is to judge by; give"
              + " --validation or --validation-split");
    }
    stopEarly(trainer);
    if (folder != null) {
      trainer.checkpoints(folder, policy());
      if (resumeAnyway) {
        trainer.resumeAnyway();
      } else if (resume) {
        trainer.resume();
      }
    }
  }

  private CheckpointPolicy policy() {
    if (everySteps == null && every == null) {
      return CheckpointPolicy.USUAL;
    }
    return new CheckpointPolicy(
        everySteps == null ? 0 : everySteps, every == null ? Duration.ZERO : every.duration());
  }

  /** The command that goes on with this one. */
  public String resumeCommand() {
    List<String> words = spec.root().commandLine().getParseResult().originalArgs();
    return ShellCommand.of(words) + (resume || resumeAnyway ? "" : " --resume");
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
