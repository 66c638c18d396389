package org.panagrad.graph;

/**
 * A loss on a graph's output.
 *
 * @param delta Huber's threshold; 1 for the others
 */
public record Loss(LossFunction function, float delta) {
  public Loss {
    if (!(delta > 0) || Float.isInfinite(delta)) {
      throw new IllegalArgumentException(
          "Huber delta " + delta + ": expected a finite number above 0");
    }
  }
}
