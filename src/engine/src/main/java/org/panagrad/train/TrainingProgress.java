package org.panagrad.train;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a training has come: all of it that is not in native memory.
 *
 * @param position of the session
 * @param epochsBefore epochs the session had been trained for before any the history tells of
 * @param epochSeconds spent on the epoch that the history does not tell of yet
 * @param epochWaitSeconds how much of it steps waited for data
 * @param firstLoss mean loss of the first step, NaN before it
 * @param rollbackTo where the training goes back to; null if nowhere
 * @param rollbacks how often it has gone back
 * @param history every epoch that has ended, oldest first
 */
public record TrainingProgress(
    TrainingPosition position,
    int epochsBefore,
    double epochSeconds,
    double epochWaitSeconds,
    double firstLoss,
    @Nullable TrainingPosition rollbackTo,
    int rollbacks,
    List<TrainingEvent.EpochEnded> history) {
  public TrainingProgress {
    history = List.copyOf(history);
  }
}
