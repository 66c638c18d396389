package org.panagrad.plan;

import org.jspecify.annotations.Nullable;

/**
 * What changes from run to run of a program. Written by the caller between runs, read by the
 * workers during them.
 */
public final class RunState {
  /** A state for which everything is yet to be set. */
  public RunState() {}

  /** Rows of this mini-batch, at most the batch size of the plan. */
  public int batch;

  /** Number of this update, from 1. */
  public long step;

  /** Seeds the dropout masks together with the step. */
  public long seed;

  /**
   * Rows that the mean of the loss is over, whose gradients this update sums: those of all its
   * mini-batches where it has several; 0 for those of this mini-batch.
   */
  public int updateRows;

  /**
   * Sum of the weights of those rows, where rows have weights and an update several mini-batches; 0
   * for that of this mini-batch.
   */
  public double updateWeight;

  /** Which of the mini-batches of this update it is, from 0. */
  public int part;

  /** The most mini-batches that an update has. */
  public int parts = 1;

  /** Whether gradients are only summed, and a later mini-batch of the update has the update. */
  public boolean gathering;

  /**
   * Whether an earlier mini-batch of this update has shown that it is not to be made, by a loss
   * that is not finite.
   */
  public boolean refused;

  /** Learning rate of this update. */
  public float learningRate;

  /** Momentum of this update, in place of the update rule's own; NaN for that. */
  public double momentum = Double.NaN;

  /** Set by the update rule for this step, in its own meaning. */
  public float ruleA;

  /** Set by the update rule for this step, in its own meaning. */
  public float ruleB;

  /** Where the mini-batch comes from. */
  public @Nullable BatchSource source;

  /** Rows that the mean of the loss is over. */
  public int meanRows() {
    return updateRows == 0 ? batch : updateRows;
  }

  /** Number of this mini-batch, from 1, which no other has: what random numbers are drawn for. */
  public long draw() {
    return (step - 1) * parts + part + 1;
  }

  /** How many of a tile's [from, to) columns the mini-batch has. */
  public int clip(int from, int to) {
    return Math.clamp(batch - from, 0, to - from);
  }
}
