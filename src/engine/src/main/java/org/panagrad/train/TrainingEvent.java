package org.panagrad.train;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens in a training that a user can listen to; steps have {@link StepListener}. */
public sealed interface TrainingEvent {
  /**
   * Before the first step of this run.
   *
   * @param epochs how many it is to come to, those of an earlier run included
   * @param resumedAtStep the step the run goes on from, 0 if it starts anew
   */
  record Started(TrainingSession session, int epochs, long resumedAtStep)
      implements TrainingEvent {}

  /**
   * The training goes on from a checkpoint; comes before {@link Started}.
   *
   * @param history the epochs that had ended by then
   * @param warnings a line each, of damaged checkpoints passed over and the like
   */
  record Resumed(Path file, long step, List<EpochEnded> history, List<String> warnings)
      implements TrainingEvent {
    public Resumed {
      history = List.copyOf(history);
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Every row has been trained on once more.
   *
   * @param validation on the validation set, null without one
   * @param step number of updates so far
   * @param learningRate of the last step
   */
  record EpochEnded(
      EpochResult training, @Nullable Evaluation validation, long step, float learningRate)
      implements TrainingEvent {}

  /** A checkpoint lies on the disk, synced. */
  record CheckpointWritten(Path file, long step) implements TrainingEvent {}

  /**
   * A loss or gradient was not a finite number.
   *
   * @param where the parameter whose gradient it was first seen in, or "loss"
   * @param batch of the epoch, from 0
   * @param action what was done: stop, skip or rollback
   */
  record NonFinite(String where, int epoch, int batch, long step, String action)
      implements TrainingEvent {}

  /**
   * The run has come to an end, the weights are final.
   *
   * @param reason in words: "all epochs", "early stopping", "interrupted"
   * @param bestEpoch whose weights the session now has, from 1; 0 where none was chosen
   */
  record Stopped(String reason, int epoch, int bestEpoch) implements TrainingEvent {}
}
