package org.panagrad.train;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run of a {@link Trainer} came to.
 *
 * @param reason why it ended
 * @param history every epoch, those before a resumption included
 * @param bestEpoch whose weights the session now has, from 1; 0 where none was chosen
 * @param checkpoint the newest one, null if none are kept
 */
public record TrainingResult(
    StopReason reason,
    List<TrainingEvent.EpochEnded> history,
    int bestEpoch,
    @Nullable Path checkpoint) {
  public TrainingResult {
    history = List.copyOf(history);
  }
}
