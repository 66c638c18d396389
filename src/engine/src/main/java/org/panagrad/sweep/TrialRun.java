package org.panagrad.sweep;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.DataException;
import org.panagrad.graph.ShapeException;
import org.panagrad.io.CheckpointFolder;
import org.panagrad.io.ModelFile;
import org.panagrad.memory.NativeMemoryLimitException;
import org.panagrad.train.Evaluation;
import org.panagrad.train.NonFiniteLossException;
import org.panagrad.train.StopReason;
import org.panagrad.train.Trainer;
import org.panagrad.train.TrainingEvent;
import org.panagrad.train.TrainingResult;
import org.panagrad.train.TrainingSession;

/** Brings a trial to the epochs of a rung, from where it is. */
final class TrialRun {
  private final Sweep sweep;
  private final Trial trial;
  private final Halving.Rung rung;
  private final int threads;
  private final MemoryShare memory;
  private final SweepFolder folder;
  private boolean hasMemory;
  private int epochsDone;
  private double seconds;

  TrialRun(
      Sweep sweep,
      Trial trial,
      Halving.Rung rung,
      int threads,
      MemoryShare memory,
      SweepFolder folder) {
    this.sweep = sweep;
    this.trial = trial;
    this.rung = rung;
    this.threads = threads;
    this.memory = memory;
    this.folder = folder;
  }

  /**
   * The trial's row, its model beside it; null if it was stopped before its end.
   *
   * @throws IOException in one line when something cannot be written or read
   */
  @Nullable TrialResult run() throws IOException {
    try (CheckpointFolder checkpoints =
        CheckpointFolder.open(folder.checkpoints(trial.number()), 1)) {
      TrialSetup setup = sweep.setUp(trial);
      memory.begin();
      while (!sweep.isStopping()) {
        try {
          return run(setup, checkpoints);
        } catch (NativeMemoryLimitException tooMuch) {
          if (hasMemory || memory.isAllFree()) {
            throw tooMuch;
          }
          sweep.tell(new SweepEvent.TrialWaits(trial, tooMuch.requestedBytes()));
          memory.awaitMore();
        }
      }
      return null;
    } catch (NonFiniteLossException notFinite) {
      // Not its message, which tells of checkpoints, and those are gone then.
      return failed(
          "not finite at step "
              + notFinite.step()
              + " (epoch "
              + notFinite.epoch()
              + ", batch "
              + notFinite.batch()
              + "), first seen in "
              + notFinite.where()
              + "; try a lower learning rate");
    } catch (DataException
        | ShapeException
        | NativeMemoryLimitException
        | OutOfMemoryError failure) {
      return failed(String.valueOf(failure.getMessage()));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(trial + ": interrupted while it waited", interrupted);
    } finally {
      memory.gaveUp();
    }
  }

  private TrialResult failed(String reason) {
    return TrialResult.failed(trial, rung.number(), epochsDone, reason, seconds);
  }

  private @Nullable TrialResult run(TrialSetup setup, CheckpointFolder checkpoints)
      throws IOException {
    long[] taken = new long[1];
    try (TrainingSession session =
        TrainingSession.open(
            setup.network(),
            setup.train(),
            setup.options().threads(threads).maxNativeBytes(memory.free()))) {
      int epochs = rung.epochs() == 0 ? setup.epochs() : rung.epochs();
      Trainer trainer = new Trainer(session).epochs(epochs).validation(setup.validation());
      setup.control().accept(trainer);
      trainer.checkpoints(checkpoints, sweep.checkpointPolicy()).resume();
      trainer.listener(
          event -> {
            switch (event) {
              case TrainingEvent.Resumed resumed ->
                  resumed.warnings().forEach(w -> sweep.tell(new SweepEvent.Note(w)));
              case TrainingEvent.Started begun -> {
                // All that it needs beyond the plan is taken now.
                taken[0] = session.memoryReport().bytes();
                hasMemory = true;
                epochsDone = session.epochs();
                memory.took(taken[0]);
                sweep.tell(
                    new SweepEvent.TrialStarted(
                        trial, begun.resumedAtStep(), epochs, session.threads()));
              }
              case TrainingEvent.EpochEnded ended -> {
                epochsDone = ended.training().epoch();
                sweep.tell(new SweepEvent.TrialEpoch(trial, ended, metric(setup, ended), epochs));
              }
              default -> {}
            }
          });
      sweep.isRunning(trainer);
      try {
        TrainingResult result = trainer.run();
        return result.reason() == StopReason.INTERRUPTED ? null : ended(setup, session, result);
      } finally {
        sweep.hasEnded(trainer);
      }
    } finally {
      if (hasMemory) {
        memory.gave(taken[0]);
      }
    }
  }

  private double metric(TrialSetup setup, TrainingEvent.EpochEnded epoch) {
    Evaluation validation = epoch.validation();
    return validation == null
        ? Double.NaN
        : sweep.ranking().metric().of(validation, setup.validation(), setup.options().loss());
  }

  private TrialResult ended(TrialSetup setup, TrainingSession session, TrainingResult result)
      throws IOException {
    List<TrainingEvent.EpochEnded> history = result.history();
    TrainingEvent.EpochEnded last = history.getLast();
    TrainingEvent.EpochEnded epoch = last;
    for (TrainingEvent.EpochEnded each : history) {
      seconds += each.training().seconds();
      if (each.training().epoch() == result.bestEpoch()) {
        epoch = each;
      }
    }
    epochsDone = last.training().epoch();
    double metric = metric(setup, epoch);
    Evaluation validation = epoch.validation();
    if (validation == null || !Double.isFinite(metric)) {
      return failed(
          "the validation "
              + sweep.ranking().metric().label()
              + " is "
              + metric
              + " after epoch "
              + epoch.training().epoch()
              + ", expected a finite number; try a lower learning rate");
    }
    String sha256 = ModelFile.write(folder.model(trial.number()), session);
    return new TrialResult(
        trial.number(),
        rung.number(),
        trial.settings(),
        epochsDone,
        epoch.training().epoch(),
        metric,
        epoch.training().loss(),
        validation.loss(),
        validation.accuracy(),
        result.reason().text(),
        false,
        sha256,
        seconds);
  }
}
