package org.panagrad.sweep;

import org.panagrad.train.TrainingEvent;

/** What happens in a sweep. */
public sealed interface SweepEvent {
  /** Something a user should know. */
  record Note(String text) implements SweepEvent {}

  /**
   * Trials are about to be trained.
   *
   * @param rungs of the whole sweep
   * @param trials that take part
   * @param done of those, in an earlier run of this sweep
   */
  record RungStarted(Halving.Rung rung, int rungs, int trials, int done) implements SweepEvent {}

  /**
   * A trial is about to make its first step.
   *
   * @param fromStep 0, or where it goes on from
   * @param epochs that it is to come to
   */
  record TrialStarted(Trial trial, long fromStep, int epochs, int threads) implements SweepEvent {}

  /**
   * A trial has ended an epoch.
   *
   * @param metric on the validation set
   */
  record TrialEpoch(Trial trial, TrainingEvent.EpochEnded epoch, double metric, int epochs)
      implements SweepEvent {}

  /** A trial waits until others give memory back. */
  record TrialWaits(Trial trial, long bytes) implements SweepEvent {}

  /** A trial has come to its end, or to that of its rung; its row is in the table, synced. */
  record TrialEnded(Trial trial, TrialResult result) implements SweepEvent {}

  /** There is a new best model. */
  record NewBest(TrialResult result) implements SweepEvent {}
}
