package org.panagrad.optim;

import java.lang.foreign.MemorySegment;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Memory;
import org.panagrad.plan.RunState;
import org.panagrad.plan.UpdateRule;

/**
 * An optimizer with penalties that it does not have itself.
 *
 * @param shrinks whether the optimizer's decay is taken off the weights here, before its step
 * @param vectors whether parameters of one dimension are penalized
 */
record PenalizedRule(Optimizer optimizer, float l1, boolean shrinks, boolean vectors)
    implements UpdateRule {
  @Override
  public int stateSlabs() {
    return optimizer.stateSlabs();
  }

  @Override
  public void prepare(RunState state) {
    optimizer.prepare(state);
  }

  @Override
  public boolean decays(Value parameter) {
    return vectors || parameter.shape().rank() > 1;
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
    if (decays && l1 != 0) {
      kernels.addSigns(memory.parameters(), offset, gradient, gradientOffset, count, l1);
    }
    if (decays && shrinks) {
      float kept = 1 - state.learningRate * optimizer.weightDecay();
      kernels.scaleShift(memory.parameters(), offset, count, kept, -0f);
    }
    optimizer.update(
        kernels, memory, offset, gradient, gradientOffset, count, decays && !shrinks, state);
  }

  @Override
  public boolean fusesIntoProduct() {
    return optimizer.fusesIntoProduct() && l1 == 0 && !shrinks;
  }

  @Override
  public float productAlpha(RunState state) {
    return optimizer.productAlpha(state);
  }

  @Override
  public float productBeta(boolean decays, RunState state) {
    return optimizer.productBeta(decays, state);
  }
}
