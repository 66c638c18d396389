package org.panagrad.train;

import java.time.Duration;

/**
 * When checkpoints are written; besides, one always is when a run ends.
 *
 * @param everySteps after every so many steps of the training, 0 for never
 * @param every so long after the last one, zero for never
 */
public record CheckpointPolicy(long everySteps, Duration every) {
  /** Every ten minutes. */
  public static final CheckpointPolicy USUAL = new CheckpointPolicy(0, Duration.ofMinutes(10));

  /** Some 292 years, the most that nanoseconds in a long count; what is longer never comes. */
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  public CheckpointPolicy {
    if (everySteps < 0) {
      throw new IllegalArgumentException(
          "a checkpoint every " + everySteps + " steps: expected 0 or more");
    }
    if (every.isNegative()) {
      throw new IllegalArgumentException("a checkpoint every " + every + ": expected 0 or more");
    }
  }

  /**
   * Whether one is to be written after this step.
   *
   * @param stepWritten the one that the last was written after: a step that makes no update, as one
   *     that is skipped, does not count twice
   */
  boolean isDue(long step, long stepWritten, long nanosSinceLast) {
    return (everySteps > 0 && step != stepWritten && step % everySteps == 0)
        || (!every.isZero() && every.compareTo(LONGEST) <= 0 && nanosSinceLast >= every.toNanos());
  }
}
