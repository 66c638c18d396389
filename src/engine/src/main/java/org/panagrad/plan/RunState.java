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

  /** Learning rate of this update. */
  public float learningRate;

  /** Set by the update rule for this step, in its own meaning. */
  public float ruleA;

  /** Set by the update rule for this step, in its own meaning. */
  public float ruleB;

  /** Where the mini-batch comes from. */
  public @Nullable BatchSource source;

  /** How many of a tile's [from, to) columns the mini-batch has. */
  public int clip(int from, int to) {
    return Math.clamp(batch - from, 0, to - from);
  }
}
