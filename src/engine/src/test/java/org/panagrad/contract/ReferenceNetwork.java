package org.panagrad.contract;

import static org.panagrad.contract.Bounded.U;
import static org.panagrad.contract.Bounded.gamma;

import java.util.LinkedHashMap;
import java.util.Map;
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
import org.panagrad.kernel.DropoutMask;

/**
 * A graph computed the plain way in double, forward and in reverse, as the books have it: one loop
 * per sum, no tile, no buffer shared. Every number comes with a bound on the error of a float32
 * engine, see {@link Bounded}.
 *
 * <p>Values are feature-major, element (feature, example) at feature * batch + example; parameters
 * row-major.
 */
final class ReferenceNetwork {
  private final Graph graph;
  private final @Nullable Loss loss;
  private final boolean training;
  private final long seed;
  private final long step;
  private final int maskStride;

  /**
   * @param training whether dropout drops, by the masks of seed and step, and batch normalisation
   *     takes the mini-batch's statistics; only then are there gradients
   * @param maskStride the batch size the engine's plan is for: a mask is indexed by it
   */
  ReferenceNetwork(
      Graph graph, @Nullable Loss loss, boolean training, long seed, long step, int maskStride) {
    this.graph = graph;
    this.loss = loss;
    this.training = training;
    this.seed = seed;
    this.step = step;
    this.maskStride = maskStride;
  }

  /**
   * @param gradients of the parameters and the input; empty without a loss
   * @param branches a hash of which side of each kink every element was on
   */
  record Result(
      Bounded output,
      double loss,
      double lossError,
      Map<Value, Bounded> gradients,
      long branches) {}

  /**
   * @param parameters by value
   * @param x feature-major
   * @param labels or null
   * @param targets feature-major, or null where there are labels
   * @param weights of the examples, or null
   */
  Result run(
      Map<Value, double[]> parameters,
      double[] x,
      int @Nullable [] labels,
      double @Nullable [] targets,
      double @Nullable [] weights,
      int batch) {
    return new Run(parameters, x, batch).result(labels, targets, weights);
  }

  private final class Run {
    private final int n;
    private final Map<Value, double[]> parameters;
    private final Map<Value, Bounded> values = new LinkedHashMap<>();
    private final Map<Value, Bounded> gradients = new LinkedHashMap<>();
    private final Map<Value, ReferenceNorm> norms = new LinkedHashMap<>();
    private long branches;

    Run(Map<Value, double[]> parameters, double[] x, int batch) {
      this.n = batch;
      this.parameters = parameters;
      values.put(graph.input(), new Bounded(x, new double[x.length]));
    }

    Result result(
        int @Nullable [] labels, double @Nullable [] targets, double @Nullable [] weights) {
      for (Operation op : graph.operations()) {
        values.put(op.output(), forward(op));
      }
      Bounded output = Draws.at(values, graph.output());
      if (loss == null) {
        return new Result(output, 0, 0, Map.of(), branches);
      }
      ReferenceLoss at = ReferenceLoss.of(loss, output, labels, targets, weights, n);
      branches = branches * 31 + at.branches();
      if (!training) {
        return new Result(output, at.loss(), at.error(), Map.of(), branches);
      }
      gradients.put(graph.output(), at.gradient());
      for (Operation op : graph.operations().reversed()) {
        backward(op, Draws.at(gradients, op.output()));
      }
      gradients.keySet().removeIf(v -> v.kind() == Value.Kind.ACTIVATION);
      return new Result(output, at.loss(), at.error(), gradients, branches);
    }

    private Bounded forward(Operation op) {
      return switch (op) {
        case Linear linear -> linear(linear);
        case Activate a -> ReferenceActivation.forward(a, Draws.at(values, a.x()));
        case Dropout d -> mask(d, Draws.at(values, d.x()));
        case Add add -> {
          Bounded z = new Bounded(size(add.output()));
          for (int i = 0; i < z.value().length; i++) {
            z.set(i, Draws.at(values, add.x()).value()[i], Draws.at(values, add.x()).error()[i]);
            z.add(i, Draws.at(values, add.y()).value()[i], Draws.at(values, add.y()).error()[i]);
          }
          yield z;
        }
        case Softmax s -> ReferenceLoss.softmax(Draws.at(values, s.x()), n);
        case BatchNorm norm -> batchNorm(norm);
        case LayerNorm norm -> {
          ReferenceNorm at =
              new ReferenceNorm(Draws.at(values, norm.x()), n, false, norm.epsilon());
          norms.put(norm.output(), at);
          yield at.forward(parameter(norm.weight()), parameter(norm.bias()));
        }
      };
    }

    private double[] parameter(Value value) {
      return Draws.at(parameters, value);
    }

    private Bounded batchNorm(BatchNorm op) {
      Bounded x = Draws.at(values, op.x());
      if (!training) {
        return ReferenceNorm.running(
            x,
            n,
            parameter(op.weight()),
            parameter(op.bias()),
            parameter(op.runningMean()),
            parameter(op.runningVar()),
            op.epsilon());
      }
      ReferenceNorm at = new ReferenceNorm(x, n, true, op.epsilon());
      norms.put(op.output(), at);
      return at.forward(parameter(op.weight()), parameter(op.bias()));
    }

    private void normBackward(Operation op, Value x, Value weight, Value bias, Bounded dy) {
      Draws.at(norms, op.output())
          .backward(parameter(weight), dy, gradient(x), gradient(weight), gradient(bias));
    }

    private int size(Value value) {
      return value.shape().elements() * n;
    }

    private Bounded gradient(Value value) {
      int size = value.kind() == Value.Kind.PARAMETER ? value.shape().elements() : size(value);
      return gradients.computeIfAbsent(value, v -> new Bounded(size));
    }

    private Bounded linear(Linear op) {
      double[] w = Draws.at(parameters, op.weight());
      double[] b = op.bias() == null ? null : Draws.at(parameters, op.bias());
      Bounded x = Draws.at(values, op.x());
      Bounded y = new Bounded(size(op.output()));
      for (int o = 0; o < op.out(); o++) {
        for (int j = 0; j < n; j++) {
          double sum = b == null ? 0 : b[o];
          double terms = Math.abs(sum);
          double carried = 0;
          for (int i = 0; i < op.in(); i++) {
            double wi = w[o * op.in() + i];
            sum += wi * x.value()[i * n + j];
            terms += Math.abs(wi) * x.reach(i * n + j);
            carried += Math.abs(wi) * x.error()[i * n + j];
          }
          y.set(o * n + j, sum, carried + gamma(op.in() + 2) * terms);
        }
      }
      return y;
    }

    /** y = mask x / (1 - p): the factor is rounded twice, the product once. */
    private Bounded mask(Dropout op, Bounded x) {
      if (!training || op.probability() == 0) {
        return x;
      }
      Bounded y = new Bounded(x.value().length);
      double scale = 1 / (1 - (double) op.probability());
      long key = DropoutMask.key(seed, step, op.index());
      for (int r = 0; r < op.output().shape().elements(); r++) {
        for (int c = 0; c < n; c++) {
          int i = r * n + c;
          if (DropoutMask.keep(key, r * maskStride + c, op.probability())) {
            double v = x.value()[i] * scale;
            y.set(i, v, x.error()[i] * scale + 4 * U * x.reach(i) * scale);
          }
        }
      }
      return y;
    }

    private void backward(Operation op, Bounded dy) {
      switch (op) {
        case Linear linear -> linearBackward(linear, dy);
        case Activate a -> {
          Bounded d =
              ReferenceActivation.derivative(
                  a, Draws.at(values, a.x()), Draws.at(values, a.output()));
          if (ReferenceActivation.hasKink(a)) {
            for (double v : d.value()) {
              branches = branches * 31 + Double.hashCode(v);
            }
          }
          Bounded dx = gradient(a.x());
          for (int i = 0; i < d.value().length; i++) {
            double e =
                Math.abs(dy.value()[i]) * d.error()[i]
                    + dy.error()[i] * d.reach(i)
                    + U * dy.reach(i) * d.reach(i);
            dx.add(i, dy.value()[i] * d.value()[i], e);
          }
        }
        case Dropout d -> addAll(gradient(d.x()), mask(d, dy));
        case Add add -> {
          addAll(gradient(add.x()), dy);
          addAll(gradient(add.y()), dy);
        }
        case BatchNorm norm -> normBackward(norm, norm.x(), norm.weight(), norm.bias(), dy);
        case LayerNorm norm -> normBackward(norm, norm.x(), norm.weight(), norm.bias(), dy);
        case Softmax s -> throw new IllegalStateException("no gradient through " + s.path());
      }
    }

    private static void addAll(Bounded to, Bounded from) {
      for (int i = 0; i < from.value().length; i++) {
        to.add(i, from.value()[i], from.error()[i]);
      }
    }

    private void linearBackward(Linear op, Bounded dz) {
      double[] w = Draws.at(parameters, op.weight());
      Bounded x = Draws.at(values, op.x());
      Bounded dx = gradient(op.x());
      for (int i = 0; i < op.in(); i++) {
        for (int j = 0; j < n; j++) {
          double sum = 0;
          double terms = 0;
          double carried = 0;
          for (int o = 0; o < op.out(); o++) {
            double wo = w[o * op.in() + i];
            sum += wo * dz.value()[o * n + j];
            terms += Math.abs(wo) * dz.reach(o * n + j);
            carried += Math.abs(wo) * dz.error()[o * n + j];
          }
          dx.add(i * n + j, sum, carried + gamma(op.out() + 1) * terms);
        }
      }
      Bounded dw = gradient(op.weight());
      for (int o = 0; o < op.out(); o++) {
        for (int i = 0; i < op.in(); i++) {
          double sum = 0;
          double terms = 0;
          double carried = 0;
          for (int j = 0; j < n; j++) {
            int a = o * n + j;
            int b = i * n + j;
            sum += dz.value()[a] * x.value()[b];
            terms += dz.reach(a) * x.reach(b);
            carried += dz.reach(a) * x.error()[b] + dz.error()[a] * Math.abs(x.value()[b]);
          }
          dw.add(o * op.in() + i, sum, carried + gamma(n + 1) * terms);
        }
      }
      if (op.bias() != null) {
        Bounded db = gradient(op.bias());
        for (int o = 0; o < op.out(); o++) {
          double sum = 0;
          double terms = 0;
          double carried = 0;
          for (int j = 0; j < n; j++) {
            sum += dz.value()[o * n + j];
            terms += dz.reach(o * n + j);
            carried += dz.error()[o * n + j];
          }
          db.add(o, sum, carried + gamma(n) * terms);
        }
      }
    }
  }
}
