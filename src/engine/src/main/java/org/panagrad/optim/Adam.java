package org.panagrad.optim;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Memory;
import org.panagrad.plan.RunState;

/**
 * Adam (Kingma and Ba 2015) with bias correction, epsilon outside the root, as PyTorch's; and AdamW
 * (Loshchilov and Hutter 2019), whose decay is apart from the gradient.
 *
 * @param beta1 how much of the first moment is kept; a double, since 1 - 0.999f is off by 1.3e-5
 * @param beta2 how much of the second moment is kept
 * @param decoupled whether this is AdamW
 */
public record Adam(
    float learningRate,
    double beta1,
    double beta2,
    float epsilon,
    float weightDecay,
    boolean decoupled)
    implements Optimizer {
  public Adam {
    Optimizer.check(learningRate, weightDecay);
    Optimizer.belowOne("beta1", beta1);
    Optimizer.belowOne("beta2", beta2);
    Optimizer.inRange("epsilon", epsilon, 0, Float.MAX_VALUE);
  }

  /** Adam with beta1 0.9, beta2 0.999, epsilon 1e-8, no decay. */
  public Adam(float learningRate) {
    this(learningRate, 0.9, 0.999, 1e-8f, 0, false);
  }

  /** AdamW with the same, and this decay. */
  public static Adam adamW(float learningRate, float weightDecay) {
    return new Adam(learningRate, 0.9, 0.999, 1e-8f, weightDecay, true);
  }

  @Override
  public String label() {
    return decoupled ? "adamw" : "adam";
  }

  @Override
  public Adam withWeightDecay(float decay) {
    return new Adam(learningRate, beta1, beta2, epsilon, decay, decoupled);
  }

  @Override
  public boolean hasMomentum() {
    return true;
  }

  @Override
  public int stateSlabs() {
    return 2;
  }

  @Override
  public void prepare(RunState state) {
    double first = Optimizer.momentum(beta1, state);
    state.ruleA = (float) (state.learningRate / (1 - Math.pow(first, (double) state.step)));
    state.ruleB = (float) (1 / Math.sqrt(1 - Math.pow(beta2, (double) state.step)));
  }

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
    kernels.adam(
        memory.parameters(),
        offset,
        gradient,
        gradientOffset,
        memory.optimizerState().get(0),
        offset,
        memory.optimizerState().get(1),
        offset,
        count,
        state.learningRate,
        Optimizer.momentum(beta1, state),
        beta2,
        epsilon,
        decays ? weightDecay : 0,
        decoupled,
        state.ruleA,
        state.ruleB);
  }
}
