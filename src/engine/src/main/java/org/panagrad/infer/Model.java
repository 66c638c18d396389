package org.panagrad.infer;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.panagrad.graph.Graph;
import org.panagrad.memory.NativeMemory;
import org.panagrad.nn.Parameter;
import org.panagrad.nn.StateDict;
import org.panagrad.plan.ParameterLayout;
import org.panagrad.train.ModelDescription;

/**
 * A network with its parameters, not to be changed any more.
 *
 * <p>Owns the parameters' memory; close it after the predictors made from it.
 */
public final class Model implements AutoCloseable {
  private final Graph graph;
  private final ParameterLayout layout;
  private final ModelDescription description;
  private final NativeMemory memory;
  private final MemorySegment parameters;

  /**
   * A model whose parameters are all zero, to be filled by whoever makes it.
   *
   * @param maxNativeBytes the most the parameters may take
   */
  public Model(Graph graph, ModelDescription description, long maxNativeBytes) {
    this.graph = graph;
    this.layout = new ParameterLayout(graph);
    this.description = description;
    this.memory = new NativeMemory("model", maxNativeBytes);
    try {
      this.parameters = memory.allocate("parameters", layout.bytes());
    } catch (Throwable t) {
      memory.close();
      throw t;
    }
  }

  /** What it computes: the output as in training, logits where the loss takes logits. */
  public Graph graph() {
    return graph;
  }

  /** What else the model's file says. */
  public ModelDescription description() {
    return description;
  }

  /** The parameters by path. */
  public Map<String, Parameter> stateDict() {
    return StateDict.of(layout, parameters);
  }

  ParameterLayout layout() {
    return layout;
  }

  MemorySegment parameters() {
    return parameters;
  }

  @Override
  public void close() {
    memory.close();
  }
}
