package org.panagrad.doctor;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.Activate;
import org.panagrad.graph.Add;
import org.panagrad.graph.BatchNorm;
import org.panagrad.graph.Dropout;
import org.panagrad.graph.Graph;
import org.panagrad.graph.LayerNorm;
import org.panagrad.graph.Linear;
import org.panagrad.graph.Loss;
import org.panagrad.graph.Operation;
import org.panagrad.graph.Softmax;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Activation;
import org.panagrad.kernel.DropoutMask;
import org.panagrad.nn.Parameter;
import org.panagrad.nn.StateDict;

/**
 * A graph computed forward in double, one loop per sum: what the engine's float32 is held against.
 *
 * <p>Values are feature-major, element (feature, row) at feature * rows + row.
 */
final class DoubleForward {
  private final Graph graph;
  private final Map<String, Parameter> parameters;
  private final Loss loss;
  private final @Nullable Long dropoutSeed;
  private final int rows;
  private final double[] targets;
  private final double[] weights; // (rows)
  private final Map<Value, double[]> values = new HashMap<>();
  private final List<Operation> operations;
  private final long[] branches; // per operation, and one for the loss
  private final double lossValue;

  /** A parameter's element that is to be another. */
  private record Nudge(Value parameter, int index, double by) {}

  private DoubleForward(
      Graph graph,
      Map<String, Parameter> parameters,
      Loss loss,
      SampleRows sample,
      @Nullable Long dropoutSeed) {
    this.graph = graph;
    this.parameters = parameters;
    this.loss = loss;
    this.dropoutSeed = dropoutSeed;
    this.rows = sample.size();
    this.targets = sample.targets(graph.output().shape().elements());
    this.weights = sample.weights();
    this.operations = graph.operations();
    this.branches = new long[operations.size() + 1];
    values.put(graph.input(), sample.features());
    for (int i = 0; i < operations.size(); i++) {
      Operation op = operations.get(i);
      values.put(op.output(), compute(op, values, null));
      branches[i] = branch(op, values);
    }
    this.lossValue = DoubleLoss.of(loss, value(graph.output()), targets, weights);
    branches[operations.size()] = lossBranch(value(graph.output()));
  }

  /** As for prediction: nothing dropped. */
  static DoubleForward predicting(
      Graph graph, Map<String, Parameter> parameters, Loss loss, SampleRows sample) {
    return new DoubleForward(graph, parameters, loss, sample, null);
  }

  /** As in the first step of a training with this seed, all rows in one mini-batch. */
  static DoubleForward training(
      Graph graph, Map<String, Parameter> parameters, Loss loss, SampleRows sample, long seed) {
    return new DoubleForward(graph, parameters, loss, sample, seed);
  }

  int rows() {
    return rows;
  }

  double loss() {
    return lossValue;
  }

  /** What was computed, (features, rows). */
  double[] value(Value value) {
    return at(values, value);
  }

  private static double[] at(Map<Value, double[]> values, Value value) {
    return Objects.requireNonNull(values.get(value), value::path);
  }

  /**
   * The loss with one element of a parameter changed by a little; empty if that takes some element
   * over a kink, so that the loss is not smooth between the two.
   */
  OptionalDouble lossWith(Value parameter, int index, double by) {
    Nudge nudge = new Nudge(parameter, index, by);
    Map<Value, double[]> changed = new HashMap<>(values);
    boolean differs = false;
    for (int i = 0; i < operations.size(); i++) {
      Operation op = operations.get(i);
      differs |= op.inputs().contains(parameter);
      if (!differs) {
        continue;
      }
      changed.put(op.output(), compute(op, changed, nudge));
      if (branch(op, changed) != branches[i]) {
        return OptionalDouble.empty();
      }
    }
    double[] y = at(changed, graph.output());
    return lossBranch(y) == branches[operations.size()]
        ? OptionalDouble.of(DoubleLoss.of(loss, y, targets, weights))
        : OptionalDouble.empty();
  }

  private double[] compute(Operation op, Map<Value, double[]> from, @Nullable Nudge nudge) {
    return switch (op) {
      case Linear linear -> linear(linear, at(from, linear.x()), nudge);
      case Activate a ->
          Arrays.stream(at(from, a.x()))
              .map(z -> DoubleActivation.of(a.function(), a.slope(), z))
              .toArray();
      case Dropout dropout -> dropout(dropout, at(from, dropout.x()));
      case Add add -> {
        double[] z = at(from, add.x()).clone();
        double[] y = at(from, add.y());
        for (int i = 0; i < z.length; i++) {
          z[i] += y[i];
        }
        yield z;
      }
      case Softmax softmax -> softmax(at(from, softmax.x()));
      case BatchNorm norm -> batchNorm(norm, at(from, norm.x()), nudge);
      case LayerNorm norm ->
          normalized(at(from, norm.x()), false, norm.weight(), norm.bias(), norm.epsilon(), nudge);
    };
  }

  private double[] elements(Value parameter, int first, int count, @Nullable Nudge nudge) {
    Parameter stored = StateDict.require(parameters, parameter.path());
    double[] elements = new double[count];
    for (int i = 0; i < count; i++) {
      elements[i] = stored.get(first + i);
    }
    if (nudge != null
        && nudge.parameter == parameter
        && nudge.index >= first
        && nudge.index < first + count) {
      elements[nudge.index - first] += nudge.by;
    }
    return elements;
  }

  private double[] linear(Linear op, double[] x, @Nullable Nudge nudge) {
    double[] y = new double[op.out() * rows];
    double[] bias =
        op.bias() == null ? new double[op.out()] : elements(op.bias(), 0, op.out(), nudge);
    for (int o = 0; o < op.out(); o++) {
      double[] w = elements(op.weight(), o * op.in(), op.in(), nudge);
      int row = o * rows;
      Arrays.fill(y, row, row + rows, bias[o]);
      for (int i = 0; i < op.in(); i++) {
        double weight = w[i];
        for (int j = 0; j < rows; j++) {
          y[row + j] += weight * x[i * rows + j];
        }
      }
    }
    return y;
  }

  private double[] dropout(Dropout op, double[] x) {
    if (dropoutSeed == null || op.probability() == 0) {
      return x;
    }
    double[] y = new double[x.length];
    double scale = 1 / (1 - (double) op.probability());
    long key = DropoutMask.key(dropoutSeed, 1, op.index());
    for (int i = 0; i < x.length; i++) {
      // Element (feature, row) of a plan whose batch size is the number of rows.
      y[i] = DropoutMask.keep(key, i, op.probability()) ? x[i] * scale : 0;
    }
    return y;
  }

  private double[] batchNorm(BatchNorm op, double[] x, @Nullable Nudge nudge) {
    if (dropoutSeed != null) {
      return normalized(x, true, op.weight(), op.bias(), op.epsilon(), nudge);
    }
    int features = op.features();
    double[] weight = elements(op.weight(), 0, features, nudge);
    double[] bias = elements(op.bias(), 0, features, nudge);
    double[] mean = elements(op.runningMean(), 0, features, nudge);
    double[] variance = elements(op.runningVar(), 0, features, nudge);
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int r = i / rows;
      y[i] = (x[i] - mean[r]) / Math.sqrt(variance[r] + op.epsilon()) * weight[r] + bias[r];
    }
    return y;
  }

  /** Each feature over the rows, or each row over its features, by its own mean and variance. */
  private double[] normalized(
      double[] x,
      boolean byFeature,
      Value weights,
      Value biases,
      double epsilon,
      @Nullable Nudge nudge) {
    int features = x.length / rows;
    double[] weight = elements(weights, 0, features, nudge);
    double[] bias = elements(biases, 0, features, nudge);
    double[] y = new double[x.length];
    int groups = byFeature ? features : rows;
    int size = byFeature ? rows : features;
    for (int g = 0; g < groups; g++) {
      double mean = 0;
      for (int k = 0; k < size; k++) {
        mean += x[byFeature ? g * rows + k : k * rows + g] / size;
      }
      double variance = 0;
      for (int k = 0; k < size; k++) {
        double off = x[byFeature ? g * rows + k : k * rows + g] - mean;
        variance += off * off / size;
      }
      double inverse = 1 / Math.sqrt(variance + epsilon);
      for (int k = 0; k < size; k++) {
        int i = byFeature ? g * rows + k : k * rows + g;
        y[i] = (x[i] - mean) * inverse * weight[i / rows] + bias[i / rows];
      }
    }
    return y;
  }

  private double[] softmax(double[] x) {
    double[] p = new double[x.length];
    int features = x.length / rows;
    for (int j = 0; j < rows; j++) {
      double max = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < features; k++) {
        max = Math.max(max, x[k * rows + j]);
      }
      double sum = 0;
      for (int k = 0; k < features; k++) {
        sum += Math.exp(x[k * rows + j] - max);
      }
      for (int k = 0; k < features; k++) {
        p[k * rows + j] = Math.exp(x[k * rows + j] - max) / sum;
      }
    }
    return p;
  }

  /** Which side of the kink every element of an activation is on, as a hash. */
  private static long branch(Operation op, Map<Value, double[]> from) {
    if (!(op instanceof Activate a) || !DoubleActivation.hasKink(a.function())) {
      return 0;
    }
    long hash = 1;
    for (double z : at(from, a.x())) {
      hash = hash * 31 + (z > 0 ? 1 : 0);
    }
    return hash;
  }

  private long lossBranch(double[] y) {
    long hash = 1;
    for (int i = 0; i < y.length; i++) {
      hash = hash * 31 + (DoubleLoss.toKink(loss, y[i], targets[i]) > 0 ? 1 : 0);
    }
    return hash;
  }

  /**
   * The rows in which every element keeps this distance from a kink, as a share of the largest
   * element beside it: in the others float32 may be on the other side.
   */
  BitSet rowsClearOfKinks(double share) {
    BitSet clear = new BitSet(rows);
    clear.set(0, rows);
    for (Operation op : operations) {
      if (op instanceof Activate a && DoubleActivation.hasKink(a.function())) {
        double[] z = value(a.x());
        double margin = share * largest(z);
        for (int i = 0; i < z.length; i++) {
          if (Math.abs(z[i]) <= margin) {
            clear.clear(i % rows);
          }
        }
      }
    }
    double[] y = value(graph.output());
    double margin = share * Math.max(largest(y), largest(targets));
    for (int i = 0; i < y.length; i++) {
      if (Math.abs(DoubleLoss.toKink(loss, y[i], targets[i])) <= margin) {
        clear.clear(i % rows);
      }
    }
    return clear;
  }

  /**
   * The largest number that a curved function is taken of: a relative error of u in it is one of so
   * many u in the function's derivative.
   */
  double largestCurvedInput() {
    double largest = largest(value(graph.output()));
    for (Operation op : operations) {
      if (op instanceof Activate a
          && a.function() != Activation.IDENTITY
          && !DoubleActivation.hasKink(a.function())) {
        largest = Math.max(largest, largest(value(a.x())));
      }
      if (op instanceof BatchNorm norm) {
        largest = Math.max(largest, amplified(value(norm.x()), true, norm.epsilon()));
      }
      if (op instanceof LayerNorm norm) {
        largest = Math.max(largest, amplified(value(norm.x()), false, norm.epsilon()));
      }
    }
    return largest;
  }

  /**
   * The largest |x| / sqrt(var + epsilon) of a normalisation: by so much it makes the relative
   * error of x one of what comes out, and of the gradient that goes back.
   */
  private double amplified(double[] x, boolean byFeature, double epsilon) {
    int features = x.length / rows;
    int groups = byFeature ? features : rows;
    int size = byFeature ? rows : features;
    double most = 0;
    for (int g = 0; g < groups; g++) {
      double sum = 0;
      double squares = 0;
      double largest = 0;
      for (int k = 0; k < size; k++) {
        double v = x[byFeature ? g * rows + k : k * rows + g];
        sum += v;
        squares += v * v;
        largest = Math.max(largest, Math.abs(v));
      }
      double variance = Math.max(0, squares / size - sum / size * (sum / size));
      most = Math.max(most, largest / Math.sqrt(variance + epsilon));
    }
    return most;
  }

  static double largest(double[] values) {
    double largest = 0;
    for (double v : values) {
      largest = Math.max(largest, Math.abs(v));
    }
    return largest;
  }
}
