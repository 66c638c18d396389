package org.panagrad.sweep;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a trial came to, in one rung of a sweep: a row of its table.
 *
 * @param trial its number
 * @param rung from 1; 1 where the sweep has no more
 * @param settings what was tried
 * @param epochs that it was trained for
 * @param bestEpoch whose weights it has, from 1; that of its last epoch unless early stopping chose
 *     another
 * @param metric on the validation set, which it is ranked by; NaN if it failed
 * @param trainLoss of that epoch, as are the following; NaN if it failed
 * @param validationLoss mean over the validation set
 * @param validationAccuracy share of labels hit, NaN where targets are values
 * @param ended why, in words: "all epochs", "early stopping"; or why it failed
 * @param isFailed whether it has no model
 * @param parametersSha256 of its model, empty if it failed
 * @param seconds of training, evaluations not counted
 */
public record TrialResult(
    int trial,
    int rung,
    Map<String, String> settings,
    int epochs,
    int bestEpoch,
    double metric,
    double trainLoss,
    double validationLoss,
    double validationAccuracy,
    String ended,
    boolean isFailed,
    String parametersSha256,
    double seconds) {
  public TrialResult {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /** Of a trial that came to nothing. */
  static TrialResult failed(Trial trial, int rung, int epochs, String reason, double seconds) {
    double none = Double.NaN;
    return new TrialResult(
        trial.number(),
        rung,
        trial.settings(),
        epochs,
        0,
        none,
        none,
        none,
        none,
        reason,
        true,
        "",
        seconds);
  }
}
