package org.panagrad.nn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;

/** A network under construction: the graph, names for its parts, and how parameters start. */
public final class NetworkBuilder {
  /**
   * How one parameter starts.
   *
   * @param constant all its elements, or null where they are drawn
   */
  record Start(
      Value parameter,
      boolean bias,
      int fanIn,
      int fanOut,
      @Nullable Initializer initializer,
      @Nullable Float constant) {}

  private final Graph.Builder graph = new Graph.Builder();
  private final Map<String, Integer> counts = new HashMap<>();
  private final List<Start> starts = new ArrayList<>();

  NetworkBuilder() {}

  /** The graph, to add operations to. */
  public Graph.Builder graph() {
    return graph;
  }

  /** The next name of a kind: fc1, fc2, ... */
  public String nextName(String kind) {
    return kind + counts.merge(kind, 1, Integer::sum);
  }

  /** Declares a learned value, and how it starts. */
  public Value parameter(
      String path,
      Shape shape,
      boolean bias,
      int fanIn,
      int fanOut,
      @Nullable Initializer initializer) {
    Value parameter = graph.parameter(path, shape);
    starts.add(new Start(parameter, bias, fanIn, fanOut, initializer, null));
    return parameter;
  }

  /** Declares a learned value whose elements all start at this one. */
  public Value constant(String path, Shape shape, float start) {
    return starting(graph.parameter(path, shape), start);
  }

  /** Declares a running statistic, kept with the parameters and not trained. */
  public Value statistic(String path, Shape shape, float start) {
    return starting(graph.statistic(path, shape), start);
  }

  private Value starting(Value parameter, float start) {
    starts.add(new Start(parameter, false, 0, 0, null, start));
    return parameter;
  }

  List<Start> starts() {
    return starts;
  }
}
