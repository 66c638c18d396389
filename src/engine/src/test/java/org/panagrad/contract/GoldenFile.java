package org.panagrad.contract;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.Loss;
import org.panagrad.io.Json;
import org.panagrad.io.SafetensorsFile;
import org.panagrad.io.StoredTensor;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Layer;
import org.panagrad.nn.Layers;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Momentum;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.RmsProp;
import org.panagrad.optim.Sgd;

/** One file of golden values, read whole; {@code bench/golden/README.md} is the format. */
final class GoldenFile {
  private final Map<String, float[]> floats = new LinkedHashMap<>();
  private final Map<String, long[]> shapes = new LinkedHashMap<>();
  private final Map<String, Json> description;
  private int[] labels = {};

  GoldenFile(Path path) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      for (StoredTensor tensor : file.tensors()) {
        shapes.put(tensor.name(), tensor.shape());
        if (tensor.name().equals("labels")) {
          labels =
              tensor
                  .data()
                  .toArray(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN));
        } else {
          floats.put(
              tensor.name(),
              tensor
                  .data()
                  .toArray(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN)));
        }
      }
      description = object(Json.parse(Objects.requireNonNull(file.metadata().get("case"))));
    }
  }

  private static Map<String, Json> object(@Nullable Json json) {
    return ((Json.Obj) Objects.requireNonNull(json)).members();
  }

  private static String string(Map<String, Json> object, String name) {
    return ((Json.Str) Objects.requireNonNull(object.get(name))).value();
  }

  private static double number(Map<String, Json> object, String name) {
    return switch (object.get(name)) {
      case Json.Real real -> real.value();
      case Json.Int integer -> integer.value();
      case null, default -> throw new IllegalStateException("no number " + name);
    };
  }

  private static List<Json> array(Map<String, Json> object, String name) {
    return ((Json.Arr) Objects.requireNonNull(object.get(name))).elements();
  }

  boolean has(String tensor) {
    return floats.containsKey(tensor);
  }

  float[] floats(String tensor) {
    return Objects.requireNonNull(floats.get(tensor), tensor);
  }

  /** Of the examples, or empty. */
  float[] weights() {
    return floats.getOrDefault("weights", new float[0]);
  }

  int[] labels() {
    return labels;
  }

  long[] shape(String tensor) {
    return Objects.requireNonNull(shapes.get(tensor), tensor);
  }

  /** The network its layers describe. */
  Network network() {
    int inputs = 0;
    List<Layer> layers = new ArrayList<>();
    for (Json json : array(description, "layers")) {
      Map<String, Json> layer = object(json);
      if (inputs == 0) {
        inputs = (int) number(layer, layer.containsKey("in") ? "in" : "features");
      }
      layers.add(layer(layer));
    }
    return Network.of(inputs, layers.toArray(Layer[]::new));
  }

  private static Layer layer(Map<String, Json> layer) {
    String type = string(layer, "type");
    return switch (type) {
      case "dense" -> {
        Dense dense = Layers.dense((int) number(layer, "in"), (int) number(layer, "out"));
        yield layer.containsKey("bias") ? dense.withoutBias() : dense;
      }
      case "leakyRelu" -> Layers.leakyRelu((float) number(layer, "slope"));
      case "batchNorm" -> Layers.batchNorm(number(layer, "epsilon"), number(layer, "momentum"));
      case "layerNorm" -> Layers.layerNorm(number(layer, "epsilon"));
      default -> Layers.activation(type);
    };
  }

  Loss loss() {
    Map<String, Json> loss = object(description.get("loss"));
    Loss plain = loss(string(loss, "name"), loss);
    List<Float> weights =
        loss.containsKey("classWeights")
            ? array(loss, "classWeights").stream().map(GoldenFile::toFloat).toList()
            : List.of();
    double smoothing = loss.containsKey("labelSmoothing") ? number(loss, "labelSmoothing") : 0;
    return plain.withClassWeights(weights).withLabelSmoothing(smoothing);
  }

  private static Float toFloat(Json json) {
    return (float) number(Map.of("weight", json), "weight");
  }

  private static Loss loss(String name, Map<String, Json> loss) {
    return switch (name) {
      case "halfMeanSquaredError" -> Losses.halfMeanSquaredError();
      case "meanSquaredError" -> Losses.meanSquaredError();
      case "meanAbsoluteError" -> Losses.meanAbsoluteError();
      case "huber" -> Losses.huber((float) number(loss, "delta"));
      case "crossEntropy" -> Losses.crossEntropy();
      case "binaryCrossEntropy" -> Losses.binaryCrossEntropy();
      default -> throw new IllegalStateException("no loss " + name);
    };
  }

  boolean classes() {
    return string(object(description.get("loss")), "targets").equals("classes");
  }

  Optimizer optimizer() {
    Map<String, Json> o = object(description.get("optimizer"));
    float rate = (float) number(o, "learningRate");
    float decay = (float) number(o, "weightDecay");
    String name = string(o, "name");
    return switch (name) {
      case "sgd" -> new Sgd(rate, decay);
      case "momentum", "nesterov" ->
          new Momentum(rate, (float) number(o, "momentum"), name.equals("nesterov"), decay);
      case "rmsProp" -> new RmsProp(rate, number(o, "alpha"), (float) number(o, "epsilon"), decay);
      case "adam", "adamW" ->
          new Adam(
              rate,
              number(o, "beta1"),
              number(o, "beta2"),
              (float) number(o, "epsilon"),
              decay,
              name.equals("adamW"));
      default -> throw new IllegalStateException("no optimizer " + name);
    };
  }

  /** A number of the training's description. */
  double training(String name) {
    return number(object(description.get("training")), name);
  }

  /** A word of the training's description. */
  String trainingWord(String name) {
    return string(object(description.get("training")), name);
  }

  /** Whether the training's description says so. */
  boolean trainingIs(String name) {
    return ((Json.Bool) Objects.requireNonNull(object(description.get("training")).get(name)))
        .value();
  }

  List<Integer> recordedSteps() {
    return array(description, "recordedSteps").stream()
        .map(json -> (int) ((Json.Int) json).value())
        .toList();
  }
}
