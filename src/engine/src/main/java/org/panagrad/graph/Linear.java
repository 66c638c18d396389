package org.panagrad.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * y = x W^T + b.
 *
 * @param x (*, in)
 * @param weight (out, in)
 * @param bias (out), or null for none
 * @param output (*, out)
 */
public record Linear(Value x, Value weight, @Nullable Value bias, Value output)
    implements Operation {
  @Override
  public List<Value> inputs() {
    return bias == null ? List.of(x, weight) : List.of(x, weight, bias);
  }

  /** Features in. */
  public int in() {
    return weight.shape().extent(1);
  }

  /** Features out. */
  public int out() {
    return weight.shape().extent(0);
  }

  @Override
  public String describe() {
    return "Dense " + in() + " -> " + out();
  }
}
