package org.panagrad.nn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Operation;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;
import org.panagrad.plan.ParameterLayout;
import org.panagrad.random.SeededRandom;

/**
 * A network: its graph, and how its parameters start. Immutable, no memory.
 *
 * <pre>{@code
 * var network = Network.of(784, dense(512), relu(), dense(256), relu(), dense(10));
 * }</pre>
 */
public final class Network {
  /** Starting values that are drawn before they are copied to where they belong. */
  private static final int DRAWN_AT_ONCE = 1 << 14;

  private final Graph graph;
  private final List<NetworkBuilder.Start> starts;
  private final Initializer initializer;

  private Network(Graph graph, List<NetworkBuilder.Start> starts, Initializer initializer) {
    this.graph = graph;
    this.starts = List.copyOf(starts);
    this.initializer = initializer;
  }

  /**
   * A chain of layers.
   *
   * @param inputs features of one example
   * @throws org.panagrad.graph.ShapeException if a layer does not fit behind the one before
   */
  public static Network of(int inputs, Layer... layers) {
    return of(
        Shape.of(inputs),
        (network, x) -> {
          Value y = x;
          for (Layer layer : layers) {
            y = layer.apply(network, y);
          }
          return y;
        });
  }

  /**
   * A multilayer perceptron: hidden layers of these widths, each followed by the activation and, if
   * the probability is above 0, dropout; then a dense layer of the outputs.
   */
  public static Network perceptron(
      int inputs, List<Integer> hidden, Layer activation, float dropout, int outputs) {
    List<Layer> layers = new ArrayList<>();
    for (int width : hidden) {
      layers.add(Layers.dense(width));
      layers.add(activation);
      if (dropout > 0) {
        layers.add(Layers.dropout(dropout));
      }
    }
    layers.add(Layers.dense(outputs));
    return of(inputs, layers.toArray(Layer[]::new));
  }

  /** Any graph: the function adds to the builder and returns the output. */
  public static Network of(Shape input, BiFunction<NetworkBuilder, Value, Value> describe) {
    NetworkBuilder builder = new NetworkBuilder();
    Value x = builder.graph().input("input", input);
    Graph graph = builder.graph().build(describe.apply(builder, x));
    return new Network(graph, builder.starts(), Initializer.FAN_IN_UNIFORM);
  }

  /** The same network, its dense layers started this way unless they say otherwise. */
  public Network initializedBy(Initializer how) {
    return new Network(graph, starts, how);
  }

  /** What it computes. */
  public Graph graph() {
    return graph;
  }

  /** Features of one example. */
  public int inputs() {
    return graph.input().shape().elements();
  }

  /** Outputs per example. */
  public int outputs() {
    return graph.output().shape().elements();
  }

  /** Number of learned floats. */
  public long parameterCount() {
    return graph.parameterCount();
  }

  /** Writes the starting values; the same seed writes the same bits. */
  public void initialize(MemorySegment parameters, ParameterLayout layout, long seed) {
    SeededRandom random = SeededRandom.of(seed, "initial parameters");
    // By stretches: what sets one element of a segment is slow until it is compiled.
    float[] stretch = new float[DRAWN_AT_ONCE];
    for (NetworkBuilder.Start start : starts) {
      Initializer how = start.initializer() == null ? initializer : start.initializer();
      long at = layout.offset(start.parameter());
      int elements = start.parameter().shape().elements();
      for (long from = 0; from < elements; from += stretch.length) {
        int count = (int) Math.min(stretch.length, elements - from);
        if (start.constant() != null) {
          Arrays.fill(stretch, 0, count, start.constant());
        } else if (start.bias()) {
          how.biases(random, start.fanIn(), stretch, count);
        } else {
          how.weights(random, start.fanIn(), start.fanOut(), stretch, count);
        }
        long to = at + from * Float.BYTES;
        MemorySegment.copy(stretch, 0, parameters, ValueLayout.JAVA_FLOAT, to, count);
      }
    }
  }

  /** A line per operation: name, kind, shape out, parameters. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(graph.input().toString());
    for (Operation op : graph.operations()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n%-12s %-20s %s",
              op.path(),
              op.describe(),
              op.output().shape().batched()));
    }
    return text.append(String.format(Locale.ROOT, "%n%,d parameters", parameterCount())).toString();
  }
}
