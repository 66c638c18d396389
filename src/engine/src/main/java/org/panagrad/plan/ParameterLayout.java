package org.panagrad.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Value;
import org.panagrad.memory.NativeMemory;

/**
 * Where each parameter lies in the parameters' slab, and so its gradient and its optimizer state in
 * theirs: one after the other in the graph's order, each aligned, the padding zero for ever.
 */
public final class ParameterLayout {
  private final Map<Value, Long> offsets = new LinkedHashMap<>();
  private final long bytes;

  /** The layout of a graph's parameters. */
  public ParameterLayout(Graph graph) {
    long at = 0;
    for (Value parameter : graph.parameters()) {
      offsets.put(parameter, at);
      at = Math.addExact(at, NativeMemory.align((long) parameter.shape().elements() * Float.BYTES));
    }
    bytes = at;
  }

  /** Size of each slab. */
  public long bytes() {
    return bytes;
  }

  /** The parameters in order. */
  public List<Value> parameters() {
    return new ArrayList<>(offsets.keySet());
  }

  /** Byte offset of a parameter. */
  public long offset(Value parameter) {
    Long offset = offsets.get(parameter);
    if (offset == null) {
      throw new IllegalArgumentException(parameter + ": not a parameter of this network");
    }
    return offset;
  }

  /** The parameter, or its gradient, as a buffer: a vector is a single column (n, 1). */
  public Buffer buffer(Value parameter, Buffer.Slab slab) {
    int rows = parameter.shape().extent(0);
    return Buffer.placed(
        (slab == Buffer.Slab.GRADIENTS ? "grad " : "") + parameter.path(),
        slab,
        rows,
        parameter.shape().elements() / rows,
        offset(parameter));
  }
}
