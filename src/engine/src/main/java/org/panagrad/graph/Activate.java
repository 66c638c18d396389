package org.panagrad.graph;

import java.util.List;
import java.util.Locale;
import org.panagrad.kernel.Activation;

/**
 * y = f(x), element by element.
 *
 * @param slope the slope of the leaky ReLU, 0 for the others
 */
public record Activate(Activation function, float slope, Value x, Value output)
    implements Operation {
  @Override
  public List<Value> inputs() {
    return List.of(x);
  }

  @Override
  public String describe() {
    return function.name().toLowerCase(Locale.ROOT).replace('_', '-')
        + (function == Activation.LEAKY_RELU ? "(" + slope + ")" : "");
  }
}
