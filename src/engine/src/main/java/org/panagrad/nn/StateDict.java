package org.panagrad.nn;

import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.panagrad.graph.Value;
import org.panagrad.plan.ParameterLayout;

/** The parameters of a network by path, in the network's order, as PyTorch's state_dict. */
public final class StateDict {
  private StateDict() {}

  /** Views of a slab of this layout; unmodifiable map, modifiable elements. */
  public static Map<String, Parameter> of(ParameterLayout layout, MemorySegment slab) {
    return of(layout, layout.parameters(), slab);
  }

  /** The same of those that are trained, for a slab of gradients. */
  public static Map<String, Parameter> ofTrained(ParameterLayout layout, MemorySegment slab) {
    return of(layout, layout.parameters().stream().filter(Value::isTrained).toList(), slab);
  }

  private static Map<String, Parameter> of(
      ParameterLayout layout, List<Value> values, MemorySegment slab) {
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    for (Value value : values) {
      parameters.put(
          value.path(),
          new Parameter(
              value.path(),
              value.shape(),
              slab.asSlice(layout.offset(value), (long) value.shape().elements() * Float.BYTES)));
    }
    return Collections.unmodifiableMap(parameters);
  }

  /**
   * The parameter of this path.
   *
   * @throws IllegalArgumentException if there is none; the message lists them
   */
  public static Parameter require(Map<String, Parameter> state, String path) {
    Parameter parameter = state.get(path);
    if (parameter == null) {
      throw new IllegalArgumentException(
          "no parameter '" + path + "': expected one of " + String.join(", ", state.keySet()));
    }
    return parameter;
  }
}
