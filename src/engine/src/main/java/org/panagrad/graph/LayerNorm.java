package org.panagrad.graph;

import java.util.List;

/**
 * Layer normalisation of each example (Ba, Kiros and Hinton 2016): y = (x - mean) / sqrt(var +
 * epsilon) * weight + bias, with mean and biased variance over the example's features, in training
 * and after; PyTorch's LayerNorm.
 *
 * @param x (*, features)
 * @param weight (features)
 * @param bias (features)
 * @param epsilon keeps the root from 0
 * @param output (*, features)
 */
public record LayerNorm(Value x, Value weight, Value bias, double epsilon, Value output)
    implements Operation {
  @Override
  public List<Value> inputs() {
    return List.of(x, weight, bias);
  }

  /** Features of a row. */
  public int features() {
    return output.shape().elements();
  }

  @Override
  public String describe() {
    return "LayerNorm " + features();
  }
}
