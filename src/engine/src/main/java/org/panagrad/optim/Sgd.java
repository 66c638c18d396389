package org.panagrad.optim;

import java.lang.foreign.MemorySegment;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Memory;
import org.panagrad.plan.RunState;

/**
 * Stochastic gradient descent: w = w - lr (g + decay w). Full-batch descent is this with one batch.
 *
 * <p>Since w is linear in the gradient, the plan makes the update the gradient's own product.
 */
public record Sgd(float learningRate, float weightDecay) implements Optimizer {
  public Sgd {
    Optimizer.check(learningRate, weightDecay);
  }

  /** Without weight decay. */
  public Sgd(float learningRate) {
    this(learningRate, 0);
  }

  @Override
  public String label() {
    return "sgd";
  }

  @Override
  public Sgd withWeightDecay(float decay) {
    return new Sgd(learningRate, decay);
  }

  @Override
  public int stateSlabs() {
    return 0;
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
    kernels.sgd(
        memory.parameters(),
        offset,
        gradient,
        gradientOffset,
        count,
        state.learningRate,
        decays ? weightDecay : 0);
  }

  @Override
  public boolean fusesIntoProduct() {
    return true;
  }

  @Override
  public float productAlpha(RunState state) {
    return -state.learningRate;
  }

  @Override
  public float productBeta(boolean decays, RunState state) {
    return decays ? 1 - state.learningRate * weightDecay : 1;
  }
}
