package org.panagrad.graph;

import java.util.List;

/** z = x + y, of equal shapes: a residual connection. */
public record Add(Value x, Value y, Value output) implements Operation {
  @Override
  public List<Value> inputs() {
    return List.of(x, y);
  }

  @Override
  public String describe() {
    return "Add";
  }
}
