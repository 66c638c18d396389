package org.panagrad.plan;

import java.lang.foreign.MemorySegment;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Kernels;

/** How a parameter follows from its gradient: what an optimizer is to a plan. */
public interface UpdateRule {
  /** How many state slabs of the parameters' layout the rule keeps. */
  int stateSlabs();

  /** Sets {@link RunState#ruleA} and {@link RunState#ruleB} for the step about to run. */
  void prepare(RunState state);

  /** Whether this parameter is held small: by weight decay, or whatever else the rule has. */
  default boolean decays(Value parameter) {
    return true;
  }

  /**
   * Updates {@code count} floats of the parameters.
   *
   * @param offset in bytes, the same in the parameters and in every state slab
   * @param gradient where the gradient lies, from {@code gradientOffset} on; the rule may change it
   * @param decays what {@link #decays(Value)} says of the parameter
   */
  void update(
      Kernels kernels,
      Memory memory,
      long offset,
      MemorySegment gradient,
      long gradientOffset,
      long count,
      boolean decays,
      RunState state);

  /**
   * Whether w = beta w + alpha dW is the whole rule, so that it can be the product dW itself and no
   * gradient is ever stored.
   */
  default boolean fusesIntoProduct() {
    return false;
  }

  /** The factor on the gradient, if the rule fuses. */
  default float productAlpha(RunState state) {
    throw new UnsupportedOperationException("this rule does not fuse");
  }

  /** The factor on the weight, if the rule fuses. */
  default float productBeta(boolean decays, RunState state) {
    throw new UnsupportedOperationException("this rule does not fuse");
  }
}
