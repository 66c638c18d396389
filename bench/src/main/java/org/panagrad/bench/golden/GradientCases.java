package org.panagrad.bench.golden;

import static org.panagrad.bench.golden.Layer.Activation.GELU;
import static org.panagrad.bench.golden.Layer.Activation.SIGMOID;
import static org.panagrad.bench.golden.Layer.Activation.SILU;
import static org.panagrad.bench.golden.Layer.Activation.TANH;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The cases of one forward and one backward pass. */
final class GradientCases {
  private static final int[] WIDTHS = {7, 13, 5};
  private static final int BATCH = 11;

  private GradientCases() {}

  static List<GradientCase> all() {
    List<GradientCase> cases = new ArrayList<>();
    for (Layer.Activation activation : Layer.Activation.values()) {
      cases.add(activation(activation));
    }
    cases.add(loss("half-mean-squared-error", Loss.HALF_MEAN_SQUARED_ERROR));
    cases.add(loss("mean-squared-error", Loss.MEAN_SQUARED_ERROR));
    cases.add(loss("mean-absolute-error", Loss.MEAN_ABSOLUTE_ERROR));
    cases.add(loss("huber-1", Loss.huber(1)));
    cases.add(loss("huber-0.5", Loss.huber(0.5)));
    cases.add(loss("cross-entropy-classes", Loss.CROSS_ENTROPY));
    cases.add(loss("cross-entropy-dense", Loss.CROSS_ENTROPY_OF_DISTRIBUTIONS));
    cases.add(loss("binary-cross-entropy", Loss.BINARY_CROSS_ENTROPY));
    cases.add(extremeLoss("cross-entropy-classes", Loss.CROSS_ENTROPY));
    cases.add(extremeLoss("cross-entropy-dense", Loss.CROSS_ENTROPY_OF_DISTRIBUTIONS));
    cases.add(extremeLoss("binary-cross-entropy", Loss.BINARY_CROSS_ENTROPY));
    cases.add(deep(1));
    cases.add(deep(33));
    return cases;
  }

  /** The first example is all zeros, which with the first bias of zero asks for f and f' at 0. */
  private static GradientCase activation(Layer.Activation activation) {
    Network network = Network.of(WIDTHS, activation);
    Draws draws = new Draws(100);
    float[] x = draws.symmetric(BATCH * network.inputs(), 3);
    Arrays.fill(x, 0, network.inputs(), 0f);
    return new GradientCase(
        "activation-" + activation.label(),
        "The first row of x and the first bias of fc1 are zero: one pre-activation is exactly 0.",
        network,
        Loss.CROSS_ENTROPY,
        NamedTensor.of("x", x, BATCH, network.inputs()),
        Targets.draw(Loss.Targets.CLASSES, BATCH, network.outputs(), draws),
        network.drawParameters(draws));
  }

  /** The last output is 0 whatever the input, so that errors of exactly 0 and +-delta occur. */
  private static GradientCase loss(String name, Loss loss) {
    Network network = Network.of(WIDTHS, TANH);
    Draws draws = new Draws(200);
    List<NamedTensor> parameters = network.drawParameters(draws);
    float[] weight = parameters.get(2).floats();
    Arrays.fill(weight, weight.length - 13, weight.length, 0f);
    parameters.get(3).floats()[network.outputs() - 1] = 0;
    NamedTensor x =
        NamedTensor.of("x", draws.symmetric(BATCH * network.inputs(), 2), BATCH, network.inputs());
    return new GradientCase(
        "loss-" + name,
        "The last row of fc2.weight and the last bias of fc2 are zero: the last output is 0.",
        network,
        loss,
        x,
        Targets.draw(loss.targets(), BATCH, network.outputs(), draws),
        parameters);
  }

  /** Logits of +-90, whose exponentials float32 does not hold. */
  private static GradientCase extremeLoss(String name, Loss loss) {
    Network network = Network.of(WIDTHS, TANH);
    Draws draws = new Draws(300);
    List<NamedTensor> parameters = new ArrayList<>(network.drawParameters(draws));
    parameters.set(
        3, NamedTensor.of("fc2.bias", new float[] {90, -90, 45, 0, -45}, network.outputs()));
    NamedTensor x =
        NamedTensor.of("x", draws.symmetric(BATCH * network.inputs(), 2), BATCH, network.inputs());
    return new GradientCase(
        "loss-" + name + "-extreme",
        "Biases of 90 and -90 at the outputs: exp of the logits overflows float32.",
        network,
        loss,
        x,
        Targets.draw(loss.targets(), BATCH, network.outputs(), draws),
        parameters);
  }

  private static GradientCase deep(int batch) {
    Network network = Network.of(new int[] {9, 8, 7, 6, 3}, GELU, SILU, SIGMOID);
    Draws draws = new Draws(400);
    List<NamedTensor> parameters = network.drawParameters(draws);
    NamedTensor x =
        NamedTensor.of("x", draws.symmetric(batch * network.inputs(), 2), batch, network.inputs());
    return new GradientCase(
        "deep-batch-" + batch,
        "Four dense layers with a different activation after each; batch " + batch + ".",
        network,
        Loss.CROSS_ENTROPY,
        x,
        Targets.draw(Loss.Targets.CLASSES, batch, network.outputs(), draws),
        parameters);
  }
}
