package org.panagrad.bench.golden;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Ten steps of an optimizer, each on a mini-batch of its own.
 *
 * @param x (steps, batch, inputs)
 * @param labels (steps, batch)
 */
record OptimizerCase(
    String name,
    Rule rule,
    Network network,
    NamedTensor x,
    NamedTensor labels,
    List<NamedTensor> parameters)
    implements Case {
  private static final int STEPS = 10;
  private static final int BATCH = 16;
  private static final List<Integer> RECORDED = List.of(1, 2, 5, 10);

  static List<OptimizerCase> all() {
    return List.of(
        of("sgd", Rule.sgd(0.1, 0)),
        of("sgd-decay", Rule.sgd(0.1, 0.01)),
        of("momentum", Rule.momentum(0.05, 0.9, 0)),
        of("momentum-decay", Rule.momentum(0.05, 0.9, 0.01)),
        of("nesterov", Rule.nesterov(0.05, 0.9, 0)),
        of("nesterov-decay", Rule.nesterov(0.05, 0.9, 0.01)),
        of("rmsProp", Rule.rmsProp(0.001, 0.99, 1e-8, 0)),
        of("rmsProp-decay", Rule.rmsProp(0.001, 0.99, 1e-8, 0.01)),
        of("adam", Rule.adam(0.001, 0)),
        of("adam-decay", Rule.adam(0.01, 0.01)),
        of("adamW", Rule.adamW(0.01, 0.01)));
  }

  /** The same start and the same mini-batches for every optimizer. */
  private static OptimizerCase of(String name, Rule rule) {
    Network network = Network.of(new int[] {7, 13, 5}, Layer.Activation.RELU);
    Draws draws = new Draws(500);
    List<NamedTensor> parameters = network.drawParameters(draws);
    float[] x = draws.symmetric(STEPS * BATCH * network.inputs(), 2);
    int[] labels = new int[STEPS * BATCH];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = positives(x, i * network.inputs(), network.outputs() - 1);
    }
    return new OptimizerCase(
        "optimizer-" + name,
        rule,
        network,
        NamedTensor.of("x", x, STEPS, BATCH, network.inputs()),
        NamedTensor.of("labels", labels, STEPS, BATCH),
        parameters);
  }

  /** A rule that can be learned: how many of the first inputs are positive. */
  private static int positives(float[] x, int from, int count) {
    int positives = 0;
    for (int i = from; i < from + count; i++) {
      positives += x[i] > 0 ? 1 : 0;
    }
    return positives;
  }

  @Override
  public Map<String, Object> description() {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("description", "Step k is taken on x[k] and labels[k].");
    description.put("layers", network.description());
    description.put("loss", Loss.CROSS_ENTROPY.description());
    description.put("optimizer", rule.description());
    description.put("recordedSteps", RECORDED);
    return description;
  }

  @Override
  public List<NamedTensor> given() {
    List<NamedTensor> given = new ArrayList<>();
    given.add(x);
    given.add(labels);
    given.addAll(parameters);
    return given;
  }

  @Override
  public List<NamedTensor> compute(ScalarType type) {
    List<Tensor> leaves =
        parameters.stream().map(p -> Torch.tensor(p, type).set_requires_grad(true)).toList();
    Optimizer optimizer = rule.create().apply(new TensorVector(leaves.toArray(Tensor[]::new)));
    List<NamedTensor> results = new ArrayList<>();
    float[] losses = new float[STEPS];
    for (int step = 1; step <= STEPS; step++) {
      optimizer.zero_grad();
      Tensor logits = network.forward(batch(step, type), leaves);
      Tensor loss = Loss.CROSS_ENTROPY.of(logits, classes(step, type));
      loss.backward();
      optimizer.step();
      losses[step - 1] = (float) loss.item_double();
      if (RECORDED.contains(step)) {
        for (int i = 0; i < leaves.size(); i++) {
          results.add(
              Torch.named("step%d.%s".formatted(step, parameters.get(i).name()), leaves.get(i)));
        }
      }
    }
    results.addFirst(NamedTensor.of("losses", losses, STEPS));
    return results;
  }

  private Tensor batch(int step, ScalarType type) {
    int size = BATCH * network.inputs();
    float[] rows = Arrays.copyOfRange(x.floats(), (step - 1) * size, step * size);
    return Torch.tensor(NamedTensor.of("x", rows, BATCH, network.inputs()), type);
  }

  private Tensor classes(int step, ScalarType type) {
    int[] classes = Arrays.copyOfRange(labels.ints(), (step - 1) * BATCH, step * BATCH);
    return Torch.tensor(NamedTensor.of("labels", classes, BATCH), type);
  }
}
