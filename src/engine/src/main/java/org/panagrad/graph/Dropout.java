package org.panagrad.graph;

import java.util.List;

/**
 * Inverted dropout in training, identity at inference.
 *
 * @param probability of dropping an element, in [0, 1)
 * @param index which of the graph's dropouts this is, so that each draws its own mask
 */
public record Dropout(float probability, int index, Value x, Value output) implements Operation {
  @Override
  public List<Value> inputs() {
    return List.of(x);
  }

  @Override
  public String describe() {
    return "Dropout " + probability;
  }
}
