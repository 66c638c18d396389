package org.panagrad.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.Activation;

/**
 * An immutable computation: values, and operations in an order in which each reads only what came
 * before. One input, one output, any fan-out between.
 */
public final class Graph {
  private final List<Value> values;
  private final List<Operation> operations;
  private final Value input;
  private final Value output;

  private Graph(List<Value> values, List<Operation> operations, Value input, Value output) {
    this.values = List.copyOf(values);
    this.operations = List.copyOf(operations);
    this.input = input;
    this.output = output;
  }

  /** All values, by id. */
  public List<Value> values() {
    return values;
  }

  /** The operations, in a legal order. */
  public List<Operation> operations() {
    return operations;
  }

  /** The value fed by the caller. */
  public Value input() {
    return input;
  }

  /** The value the graph is for. */
  public Value output() {
    return output;
  }

  /** What is learned and what is kept besides, in the order it was declared. */
  public List<Value> parameters() {
    List<Value> parameters = new ArrayList<>();
    for (Value value : values) {
      if (value.kind() == Value.Kind.PARAMETER) {
        parameters.add(value);
      }
    }
    return Collections.unmodifiableList(parameters);
  }

  /** The parameters that follow a gradient: all but running statistics. */
  public List<Value> trainedParameters() {
    List<Value> trained = new ArrayList<>();
    for (Value value : values) {
      if (value.isTrained()) {
        trained.add(value);
      }
    }
    return Collections.unmodifiableList(trained);
  }

  /** Number of learned floats. */
  public long parameterCount() {
    long count = 0;
    for (Value value : trainedParameters()) {
      count += value.shape().elements();
    }
    return count;
  }

  /** The operations that read this value. */
  public List<Operation> consumers(Value value) {
    List<Operation> consumers = new ArrayList<>();
    for (Operation op : operations) {
      if (op.inputs().contains(value)) {
        consumers.add(op);
      }
    }
    return Collections.unmodifiableList(consumers);
  }

  /** The operation that produces this value, or null for inputs and parameters. */
  public @Nullable Operation producer(Value value) {
    for (Operation op : operations) {
      if (op.output() == value) {
        return op;
      }
    }
    return null;
  }

  /** The same graph with a softmax over its output. */
  public Graph withSoftmax() {
    Builder builder = new Builder(this);
    return builder.build(builder.softmax(builder.freePath("probabilities"), output));
  }

  /** The same graph with an activation on its output. */
  public Graph withActivation(Activation function) {
    Builder builder = new Builder(this);
    return builder.build(builder.activate(builder.freePath("probabilities"), function, 0, output));
  }

  /** Declares values and operations, checking shapes as it goes. */
  public static final class Builder {
    private final List<Value> values = new ArrayList<>();
    private final List<Operation> operations = new ArrayList<>();
    private final Set<String> paths = new HashSet<>();
    private @Nullable Value input;
    private int dropouts;

    /** An empty graph. */
    public Builder() {}

    private Builder(Graph graph) {
      values.addAll(graph.values);
      operations.addAll(graph.operations);
      values.forEach(v -> paths.add(v.path()));
      input = graph.input;
      dropouts = (int) operations.stream().filter(Dropout.class::isInstance).count();
    }

    /** This name, or with as many marks behind it as make it one that is not taken. */
    private String freePath(String path) {
      return paths.contains(path) ? freePath(path + "'") : path;
    }

    private Value declare(String path, Value.Kind kind, Shape shape) {
      return declare(path, kind, shape, kind == Value.Kind.PARAMETER);
    }

    private Value declare(String path, Value.Kind kind, Shape shape, boolean trained) {
      if (path.isEmpty()) {
        throw new IllegalArgumentException("a value without a name");
      }
      if (!paths.add(path)) {
        throw new IllegalArgumentException(
            path + ": the name is taken in this network; give one of the two another");
      }
      Value value = new Value(values.size(), path, kind, shape, trained);
      values.add(value);
      return value;
    }

    private Value own(Value value) {
      if (value.id() >= values.size() || values.get(value.id()) != value) {
        throw new IllegalArgumentException(value + ": a value of another graph");
      }
      return value;
    }

    /** A value with a row per example, which a parameter is not. */
    private Value example(String path, Value value) {
      if (own(value).kind() == Value.Kind.PARAMETER) {
        throw new ShapeException(
            path + ": input " + value + " is a parameter, expected the input or a layer's output");
      }
      return value;
    }

    /** Declares the input: shape of one example. */
    public Value input(String path, Shape shape) {
      if (input != null) {
        throw new IllegalArgumentException(path + ": the graph has the input " + input);
      }
      input = declare(path, Value.Kind.INPUT, shape);
      return input;
    }

    /** Declares a parameter. */
    public Value parameter(String path, Shape shape) {
      return declare(path, Value.Kind.PARAMETER, shape);
    }

    /** Declares a running statistic: kept and saved with the parameters, but not trained. */
    public Value statistic(String path, Shape shape) {
      return declare(path, Value.Kind.PARAMETER, shape, false);
    }

    /**
     * y = x W^T + b.
     *
     * @throws ShapeException unless x is (*, in), weight (out, in) and bias (out)
     */
    public Value linear(String path, Value x, Value weight, @Nullable Value bias) {
      Shape w = own(weight).shape();
      if (!weight.isTrained() || w.rank() != 2) {
        throw new ShapeException(path + ": weight " + weight + ", expected a parameter (out, in)");
      }
      if (example(path, x).shape().elements() != w.extent(1)) {
        throw new ShapeException(
            path
                + " (Dense "
                + w.extent(1)
                + " -> "
                + w.extent(0)
                + "): input "
                + x.shape().batched()
                + ", expected (*, "
                + w.extent(1)
                + "); produced by "
                + x.path());
      }
      if (bias != null && (!own(bias).isTrained() || !bias.shape().equals(Shape.of(w.extent(0))))) {
        throw new ShapeException(
            path + ": bias " + bias + ", expected a parameter (" + w.extent(0) + ")");
      }
      Value y = declare(path, Value.Kind.ACTIVATION, Shape.of(w.extent(0)));
      operations.add(new Linear(x, weight, bias, y));
      return y;
    }

    /** y = f(x). */
    public Value activate(String path, Activation function, float slope, Value x) {
      if (!Float.isFinite(slope) || slope < 0) {
        // The derivative is taken from the output's sign, which a negative slope would flip.
        throw new IllegalArgumentException(
            path + ": slope " + slope + ", expected a finite number of 0 or more");
      }
      Value y = declare(path, Value.Kind.ACTIVATION, example(path, x).shape());
      operations.add(new Activate(function, slope, x, y));
      return y;
    }

    /** Dropout of this probability. */
    public Value dropout(String path, float probability, Value x) {
      if (!(probability >= 0 && probability < 1)) {
        throw new IllegalArgumentException(
            path + ": dropout probability " + probability + ", expected 0 <= p < 1");
      }
      Value y = declare(path, Value.Kind.ACTIVATION, example(path, x).shape());
      operations.add(new Dropout(probability, dropouts++, x, y));
      return y;
    }

    /**
     * Batch normalisation of each feature.
     *
     * @param epsilon above 0
     * @param momentum the share of a mini-batch in the running statistics, in (0, 1]
     * @throws ShapeException unless weight, bias, runningMean and runningVar are (features), the
     *     last two as {@link #statistic}
     */
    public Value batchNorm(
        String path,
        Value x,
        Value weight,
        Value bias,
        Value runningMean,
        Value runningVar,
        double epsilon,
        double momentum) {
      example(path, x);
      perFeature(path, "weight", weight, x, true);
      perFeature(path, "bias", bias, x, true);
      perFeature(path, "running mean", runningMean, x, false);
      perFeature(path, "running variance", runningVar, x, false);
      requireEpsilon(path, epsilon);
      if (!(momentum > 0 && momentum <= 1)) {
        throw new IllegalArgumentException(
            path + ": momentum " + momentum + ", expected 0 < momentum <= 1");
      }
      Value y = declare(path, Value.Kind.ACTIVATION, x.shape());
      operations.add(new BatchNorm(x, weight, bias, runningMean, runningVar, epsilon, momentum, y));
      return y;
    }

    /**
     * Layer normalisation of each example.
     *
     * @param epsilon above 0
     * @throws ShapeException unless weight and bias are (features)
     */
    public Value layerNorm(String path, Value x, Value weight, Value bias, double epsilon) {
      example(path, x);
      perFeature(path, "weight", weight, x, true);
      perFeature(path, "bias", bias, x, true);
      requireEpsilon(path, epsilon);
      Value y = declare(path, Value.Kind.ACTIVATION, x.shape());
      operations.add(new LayerNorm(x, weight, bias, epsilon, y));
      return y;
    }

    private void perFeature(String path, String what, Value value, Value x, boolean trained) {
      Shape wanted = Shape.of(x.shape().elements());
      if (own(value).kind() != Value.Kind.PARAMETER
          || value.isTrained() != trained
          || !value.shape().equals(wanted)) {
        throw new ShapeException(
            path
                + ": "
                + what
                + " "
                + value
                + ", expected a "
                + (trained ? "parameter " : "statistic ")
                + wanted
                + " for the input "
                + x.shape().batched()
                + " produced by "
                + x.path());
      }
    }

    private static void requireEpsilon(String path, double epsilon) {
      if (!(epsilon > 0 && epsilon <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            path + ": epsilon " + epsilon + ", expected a finite number above 0");
      }
    }

    /** Softmax over the features. */
    public Value softmax(String path, Value x) {
      Value y = declare(path, Value.Kind.ACTIVATION, example(path, x).shape());
      operations.add(new Softmax(x, y));
      return y;
    }

    /**
     * z = x + y.
     *
     * @throws ShapeException if their shapes differ
     */
    public Value add(String path, Value x, Value y) {
      if (!example(path, x).shape().equals(example(path, y).shape())) {
        throw new ShapeException(
            path
                + " (Add): second input "
                + y.shape().batched()
                + ", expected "
                + x.shape().batched()
                + " as produced by "
                + x.path()
                + "; produced by "
                + y.path());
      }
      Value z = declare(path, Value.Kind.ACTIVATION, x.shape());
      operations.add(new Add(x, y, z));
      return z;
    }

    /** The finished graph. */
    public Graph build(Value output) {
      if (input == null) {
        throw new IllegalArgumentException("a network without an input");
      }
      if (own(output).kind() != Value.Kind.ACTIVATION) {
        throw new IllegalArgumentException(
            "a network whose output is " + output + "; add at least one layer");
      }
      for (Value value : values) {
        if (value != output && !isRead(value)) {
          throw new IllegalArgumentException(
              value + ": computed or declared, but nothing reads it; remove it or use it");
        }
      }
      if (isRead(output)) {
        throw new IllegalArgumentException(
            output + ": the output is read inside the network; nothing may come behind the output");
      }
      return new Graph(values, operations, input, output);
    }

    private boolean isRead(Value value) {
      for (Operation op : operations) {
        if (op.inputs().contains(value)) {
          return true;
        }
      }
      return false;
    }
  }
}
