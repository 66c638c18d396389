package org.panagrad.train;

/** Told of every training step; takes numbers, so that telling allocates nothing. */
@FunctionalInterface
public interface StepListener {
  /** Nobody. */
  StepListener NONE = (examplesDone, examples, lossSoFar, accuracySoFar) -> {};

  /**
   * A step has ended.
   *
   * @param examplesDone of this epoch
   * @param examples in an epoch
   * @param lossSoFar mean over the examples done
   * @param accuracySoFar over the examples done, NaN where targets are values
   */
  void step(int examplesDone, int examples, double lossSoFar, double accuracySoFar);
}
