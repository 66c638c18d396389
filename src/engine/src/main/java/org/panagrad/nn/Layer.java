package org.panagrad.nn;

import org.panagrad.graph.Value;

/**
 * A piece of network: given a value it adds operations and says which value comes out. Gone once
 * the graph is built.
 */
@FunctionalInterface
public interface Layer {
  /**
   * Adds this layer to the network under construction.
   *
   * @throws org.panagrad.graph.ShapeException if it does not fit behind x
   */
  Value apply(NetworkBuilder network, Value x);
}
