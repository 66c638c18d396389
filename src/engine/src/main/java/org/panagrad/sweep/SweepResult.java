package org.panagrad.sweep;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a sweep came to.
 *
 * @param ranked the last row of every trial that has one, the best first, failed ones last
 * @param rows all rows, by rung and trial
 * @param best whose model is kept, null if all failed or none has ended
 * @param model the best one's file
 * @param isWhole whether all trials have ended; false if it was stopped
 */
public record SweepResult(
    List<TrialResult> ranked,
    List<TrialResult> rows,
    @Nullable TrialResult best,
    Path model,
    boolean isWhole) {
  public SweepResult {
    ranked = List.copyOf(ranked);
    rows = List.copyOf(rows);
  }
}
