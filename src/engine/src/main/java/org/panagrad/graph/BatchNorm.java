package org.panagrad.graph;

import java.util.List;

/**
 * Batch normalisation of each feature (Ioffe and Szegedy 2015): y = (x - mean) / sqrt(var +
 * epsilon) * weight + bias. In training mean and variance are those of the mini-batch, and the
 * running ones move towards them; otherwise they are the running ones.
 *
 * <p>As PyTorch's BatchNorm1d: the biased variance normalises, the unbiased one goes into the
 * running variance.
 *
 * @param x (*, features)
 * @param weight (features)
 * @param bias (features)
 * @param runningMean (features), not trained
 * @param runningVar (features), not trained
 * @param epsilon keeps the root from 0
 * @param momentum the share of a mini-batch in the running statistics
 * @param output (*, features)
 */
public record BatchNorm(
    Value x,
    Value weight,
    Value bias,
    Value runningMean,
    Value runningVar,
    double epsilon,
    double momentum,
    Value output)
    implements Operation {
  @Override
  public List<Value> inputs() {
    return List.of(x, weight, bias, runningMean, runningVar);
  }

  /** Features of a row. */
  public int features() {
    return output.shape().elements();
  }

  @Override
  public String describe() {
    return "BatchNorm " + features();
  }
}
