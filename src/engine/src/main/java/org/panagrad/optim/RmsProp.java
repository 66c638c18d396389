package org.panagrad.optim;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Memory;
import org.panagrad.plan.RunState;

/**
 * RMSProp: s = alpha s + (1 - alpha) g^2, w = w - lr g / (sqrt(s) + epsilon), as PyTorch's.
 *
 * @param alpha how much of s is kept; a double, so that 1 - alpha is taken before rounding
 * @param epsilon outside the root
 */
public record RmsProp(float learningRate, double alpha, float epsilon, float weightDecay)
    implements Optimizer {
  public RmsProp {
    Optimizer.check(learningRate, weightDecay);
    Optimizer.belowOne("alpha", alpha);
    Optimizer.inRange("epsilon", epsilon, 0, Float.MAX_VALUE);
  }

  /** With alpha 0.99 and epsilon 1e-8. */
  public RmsProp(float learningRate) {
    this(learningRate, 0.99, 1e-8f, 0);
  }

  @Override
  public String label() {
    return "rmsprop";
  }

  @Override
  public RmsProp withWeightDecay(float decay) {
    return new RmsProp(learningRate, alpha, epsilon, decay);
  }

  @Override
  public int stateSlabs() {
    return 1;
  }

  @Override
  public void prepare(RunState state) {}

  @Override
  public void update(
      Kernels kernels,
      Memory memory,
      long offset,
      MemorySegment gradient,
      long gradientOffset,
      long count,
      boolean decays,
      RunState state) {
    kernels.rmsProp(
        memory.parameters(),
        offset,
        gradient,
        gradientOffset,
        memory.optimizerState().get(0),
        offset,
        count,
        state.learningRate,
        alpha,
        epsilon,
        decays ? weightDecay : 0);
  }
}
