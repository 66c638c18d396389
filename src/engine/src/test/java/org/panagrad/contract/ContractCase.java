package org.panagrad.contract;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.Loss;
import org.panagrad.graph.LossFunction;
import org.panagrad.nn.Network;

/**
 * One line of the registry.
 *
 * @param labels whether targets are classes
 * @param loss or null where only prediction is possible
 * @param weighted whether examples have weights
 */
record ContractCase(
    String name,
    boolean labels,
    @Nullable Loss loss,
    boolean weighted,
    Function<Sizes, Network> network) {
  ContractCase(String name, boolean labels, @Nullable Loss loss, Function<Sizes, Network> network) {
    this(name, labels, loss, false, network);
  }

  /** Whether the plan reads float targets. */
  boolean denseTargets() {
    return loss != null && !(labels && loss.function() == LossFunction.CROSS_ENTROPY);
  }

  @Override
  public String toString() {
    return name;
  }
}
