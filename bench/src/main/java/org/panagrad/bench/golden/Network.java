package org.panagrad.bench.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A chain of dense layers {@code fc1}, {@code fc2}, ... with an activation between each two. */
record Network(int inputs, int outputs, List<Layer> layers) {

  /**
   * Chains dense layers and activations.
   *
   * @param widths inputs, the widths of the dense layers, outputs
   * @param activations one fewer than there are dense layers
   */
  static Network of(int[] widths, Layer.Activation... activations) {
    if (activations.length != widths.length - 2) {
      throw new IllegalArgumentException(
          "%d widths need %d activations, found %d"
              .formatted(widths.length, widths.length - 2, activations.length));
    }
    List<Layer> layers = new ArrayList<>();
    for (int i = 1; i < widths.length; i++) {
      layers.add(new Layer.Dense("fc" + i, widths[i - 1], widths[i]));
      if (i <= activations.length) {
        layers.add(activations[i - 1]);
      }
    }
    return new Network(widths[0], widths[widths.length - 1], List.copyOf(layers));
  }

  List<Layer.Dense> denseLayers() {
    return layers.stream()
        .filter(Layer.Dense.class::isInstance)
        .map(Layer.Dense.class::cast)
        .toList();
  }

  List<Map<String, Object>> description() {
    return layers.stream().map(Layer::description).toList();
  }

  /**
   * Weights of a variance that keeps the activations' (uniform in +-sqrt(3 / in)) and biases
   * uniform in +-0.5, in the order fc1.weight, fc1.bias, fc2.weight, ... The first bias of all is
   * 0, so that an input of zeros meets every activation at 0 exactly.
   */
  List<NamedTensor> drawParameters(Draws draws) {
    List<NamedTensor> parameters = new ArrayList<>();
    for (Layer.Dense dense : denseLayers()) {
      float bound = (float) Math.sqrt(3.0 / dense.in());
      float[] weight = draws.symmetric(dense.out() * dense.in(), bound);
      float[] bias = draws.symmetric(dense.out(), 0.5f);
      if (parameters.isEmpty()) {
        bias[0] = 0;
      }
      parameters.add(NamedTensor.of(dense.name() + ".weight", weight, dense.out(), dense.in()));
      parameters.add(NamedTensor.of(dense.name() + ".bias", bias, dense.out()));
    }
    return parameters;
  }

  /**
   * Runs the layers one after the other.
   *
   * @param x (batch, inputs)
   * @param parameters weight and bias per dense layer
   * @return (batch, outputs)
   */
  Tensor forward(Tensor x, List<Tensor> parameters) {
    Tensor y = x;
    int next = 0;
    for (Layer layer : layers) {
      y =
          switch (layer) {
            case Layer.Dense dense ->
                torch.linear(y, parameters.get(next++), parameters.get(next++));
            case Layer.Activation activation -> activation.apply(y);
          };
    }
    return y;
  }
}
