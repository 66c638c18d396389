package org.panagrad.optim;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Memory;
import org.panagrad.plan.RunState;

/**
 * SGD with momentum: v = mu v + g, w = w - lr v; Nesterov's: w = w - lr (g + mu v). As PyTorch's
 * SGD without dampening, so the first v is the gradient.
 */
public record Momentum(float learningRate, float momentum, boolean nesterov, float weightDecay)
    implements Optimizer {
  public Momentum {
    Optimizer.check(learningRate, weightDecay);
    Optimizer.belowOne("momentum", momentum);
  }

  @Override
  public String label() {
    return nesterov ? "nesterov" : "momentum";
  }

  @Override
  public Momentum withWeightDecay(float decay) {
    return new Momentum(learningRate, momentum, nesterov, decay);
  }

  @Override
  public boolean hasMomentum() {
    return true;
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
    kernels.momentum(
        memory.parameters(),
        offset,
        gradient,
        gradientOffset,
        memory.optimizerState().get(0),
        offset,
        count,
        state.learningRate,
        (float) Optimizer.momentum(momentum, state),
        nesterov,
        decays ? weightDecay : 0);
  }
}
