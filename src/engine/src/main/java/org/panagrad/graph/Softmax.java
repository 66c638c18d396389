package org.panagrad.graph;

import java.util.List;

/**
 * Softmax over the features of each example, for inference: no gradient goes through it, because
 * training takes the cross-entropy of the logits.
 */
public record Softmax(Value x, Value output) implements Operation {
  @Override
  public List<Value> inputs() {
    return List.of(x);
  }

  @Override
  public String describe() {
    return "softmax";
  }
}
