package org.panagrad.contract;

import static org.panagrad.nn.Layers.batchNorm;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.dropout;
import static org.panagrad.nn.Layers.gelu;
import static org.panagrad.nn.Layers.layerNorm;
import static org.panagrad.nn.Layers.relu;
import static org.panagrad.nn.Layers.residual;
import static org.panagrad.nn.Layers.sigmoid;
import static org.panagrad.nn.Layers.silu;
import static org.panagrad.nn.Layers.tanh;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.panagrad.graph.Loss;
import org.panagrad.graph.LossFunction;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Activation;
import org.panagrad.nn.Layer;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.nn.NetworkBuilder;

/** The registry: what every layer, activation and loss must pass is run on each of its lines. */
final class Cases {
  static final List<ContractCase> ALL = all();

  private Cases() {}

  private static List<ContractCase> all() {
    List<ContractCase> cases = new ArrayList<>();
    for (Activation f : Activation.values()) {
      String name = f.name();
      Layer layer = activation(f);
      cases.add(chain(name + " behind dense", s -> list(dense(s.hidden()), layer, dense(s.out()))));
      cases.add(chain(name + " on the input", s -> list(layer, dense(s.out()))));
      cases.add(
          values(
              name + " as output",
              Losses.halfMeanSquaredError(),
              s -> list(dense(s.out()), layer)));
      cases.add(values(name + " alone", Losses.meanSquaredError(), s -> list(layer)));
    }
    for (LossFunction function : LossFunction.values()) {
      Loss loss = new Loss(function, function == LossFunction.HUBER ? 0.5f : 1);
      Function<Sizes, List<Layer>> layers = s -> list(dense(s.hidden()), tanh(), dense(s.out()));
      cases.add(values(function.label() + " on values", loss, layers));
      cases.add(of(function.label() + " on classes", true, loss, layers));
    }
    cases.add(chain("dense", s -> list(dense(s.out()))));
    cases.add(
        chain("no bias", s -> list(dense(s.hidden()).withoutBias(), relu(), noBias(s.out()))));
    cases.add(chain("no bias, no activation", s -> list(noBias(s.hidden()), noBias(s.out()))));
    cases.add(
        chain(
            "deep",
            s -> list(dense(s.hidden()), gelu(), dense(7), silu(), dense(17), dense(s.out()))));
    cases.add(
        chain(
            "leaky relu of slope 1.5", s -> list(dense(s.hidden()), leaky(1.5f), dense(s.out()))));
    cases.add(
        chain("two activations", s -> list(dense(s.hidden()), sigmoid(), relu(), dense(s.out()))));
    cases.add(chain("gelu of silu", s -> list(dense(s.hidden()), silu(), gelu(), dense(s.out()))));
    cases.add(
        chain("dropout", s -> list(dense(s.hidden()), relu(), dropout(0.25f), dense(s.out()))));
    cases.add(chain("dropout on the input", s -> list(dropout(0.5f), dense(s.out()))));
    cases.add(
        values("dropout as output", Losses.huber(), s -> list(dense(s.out()), dropout(0.3f))));
    cases.add(
        values("dropout of 0 as output", Losses.huber(), s -> list(dense(s.out()), dropout(0))));
    cases.add(values("dropout of 0 alone", Losses.huber(), s -> list(dropout(0))));
    cases.add(
        chain(
            "dropout between activations",
            s -> list(dense(s.hidden()), sigmoid(), dropout(0.5f), tanh(), dense(s.out()))));
    cases.add(
        chain(
            "dropout of 0 between activations",
            s -> list(dense(s.hidden()), sigmoid(), dropout(0), tanh(), dense(s.out()))));
    cases.add(
        chain(
            "two dropouts",
            s -> list(dense(s.hidden()), dropout(0.2f), dropout(0.4f), dense(s.out()))));
    cases.add(
        chain(
            "residual",
            s ->
                list(
                    dense(s.hidden()),
                    residual(dense(s.hidden()), relu(), dense(s.hidden())),
                    dense(s.out()))));
    cases.add(chain("residual on the input", s -> list(residual(dense(s.in())), dense(s.out()))));
    cases.add(
        chain(
            "residual of an activation on the input", s -> list(residual(tanh()), dense(s.out()))));
    cases.add(
        values("residual as output", Losses.huber(), s -> list(dense(s.out()), residual(gelu()))));
    cases.add(chain("input added to itself", s -> list(residual(), dense(s.out()))));
    cases.add(
        chain("added to itself", s -> list(dense(s.hidden()), relu(), residual(), dense(s.out()))));
    cases.add(
        chain(
            "residuals in a residual",
            s ->
                list(
                    dense(s.hidden()),
                    residual(relu(), residual(sigmoid()), residual(dense(s.hidden()))),
                    silu(),
                    dense(s.out()))));
    for (float p : new float[] {0, 0.5f}) {
      cases.add(
          chain(
              "dropout of " + p + " and relu in a residual",
              s -> list(dense(s.hidden()), residual(dropout(p), relu()), dense(s.out()))));
      cases.add(
          chain(
              "dropout of " + p + " and relu in a residual on the input",
              s -> list(residual(dropout(p), relu()), residual(tanh()), dense(s.out()))));
    }
    cases.add(graph("fan-out to three", Cases::fanOut));
    cases.add(graph("shared weight", Cases::sharedWeight));
    cases.add(graph("shared weight on the input", Cases::sharedOnInput));
    cases.add(graph("input of two axes", Cases::matrixInput));
    cases.add(
        new ContractCase(
            "softmax",
            false,
            null,
            s -> {
              return Network.of(
                  Shape.of(s.in()), (b, x) -> b.graph().softmax("p", dense(s.out()).apply(b, x)));
            }));
    cases.add(
        new ContractCase(
            "softmax of the input",
            false,
            null,
            s -> Network.of(Shape.of(s.in()), (b, x) -> b.graph().softmax("p", x))));
    addNorms(cases);
    addWeights(cases);
    addRepeated(cases);
    return List.copyOf(cases);
  }

  /** Small enough that every lane computes the gradient behind the last layer for itself. */
  private static void addRepeated(List<ContractCase> cases) {
    cases.add(repeated(Activation.TANH, 1));
    cases.add(repeated(Activation.SIGMOID, 1));
    cases.add(repeated(Activation.GELU, 2));
  }

  private static ContractCase repeated(Activation f, int outputs) {
    return values(
        outputs + " behind two layers of 64 with " + f,
        Losses.meanSquaredError(),
        s -> list(dense(64), activation(f), dense(64), activation(f), dense(outputs)));
  }

  private static void addNorms(List<ContractCase> cases) {
    Map<String, Layer> norms = new LinkedHashMap<>();
    norms.put("batch norm", batchNorm());
    norms.put("batch norm of epsilon 0.5", batchNorm(0.5, 0.3));
    norms.put("layer norm", layerNorm());
    norms.put("layer norm of epsilon 0.5", layerNorm(0.5));
    norms.forEach(
        (name, norm) -> {
          cases.add(chain(name, s -> list(dense(s.hidden()), norm, relu(), dense(s.out()))));
          cases.add(
              chain(
                  name + ", dropout, activation",
                  s -> list(dense(s.hidden()), norm, dropout(0.3f), tanh(), dense(s.out()))));
          cases.add(chain(name + " on the input", s -> list(norm, dense(s.out()))));
          cases.add(values(name + " as output", Losses.huber(), s -> list(dense(s.out()), norm)));
          cases.add(
              chain(
                  name + " in a residual",
                  s -> list(dense(s.hidden()), residual(norm, silu()), dense(s.out()))));
          // In a batch of two or three what is nearly equal is blown up by 1 / sqrt(epsilon), each
          // time: no bound on that is tight.
          if (!name.equals("batch norm")) {
            cases.add(
                chain(
                    name + " behind an activation",
                    s -> list(dense(s.hidden()), gelu(), norm, dense(s.out()))));
            cases.add(
                chain(
                    name + " twice",
                    s -> list(dense(s.hidden()), norm, sigmoid(), norm, relu(), dense(s.out()))));
          }
        });
    cases.add(graph("batch norms that share their parameters", Cases::sharedNorm));
  }

  private static void addWeights(List<ContractCase> cases) {
    List<Float> weights =
        IntStream.range(0, 65).mapToObj(k -> k % 7 == 5 ? 0 : 0.5f + 0.75f * (k % 3)).toList();
    Function<Sizes, List<Layer>> layers = s -> list(dense(s.hidden()), tanh(), dense(s.out()));
    Loss smooth = Losses.crossEntropy().withLabelSmoothing(0.1);
    cases.add(of("label smoothing on classes", true, smooth, layers));
    cases.add(values("label smoothing on values", smooth, layers));
    for (LossFunction function : LossFunction.values()) {
      String name = function.label();
      Loss loss = new Loss(function, function == LossFunction.HUBER ? 0.5f : 1);
      Loss weighing = loss.withClassWeights(weights);
      cases.add(of("class weights with " + name, true, weighing, layers));
      cases.add(weighted("example weights with " + name + " on values", false, loss, layers));
      cases.add(weighted("example and class weights with " + name, true, weighing, layers));
    }
    Loss all = smooth.withClassWeights(weights);
    cases.add(weighted("label smoothing and all weights", true, all, layers));
  }

  private static ContractCase weighted(
      String name, boolean labels, Loss loss, Function<Sizes, List<Layer>> layers) {
    return new ContractCase(
        name, labels, loss, true, s -> Network.of(s.in(), layers.apply(s).toArray(Layer[]::new)));
  }

  private static Value sharedNorm(Sizes s, NetworkBuilder b, Value x) {
    Shape shape = Shape.of(s.hidden());
    Value w = b.constant("shared.weight", shape, 1);
    Value bias = b.constant("shared.bias", shape, 0);
    Value mean = b.statistic("shared.running_mean", shape, 0);
    Value var = b.statistic("shared.running_var", shape, 1);
    Value y = dense(s.hidden()).apply(b, x);
    Value once = b.graph().batchNorm("once", y, w, bias, mean, var, 4, 0.1);
    Value twice = b.graph().batchNorm("twice", tanh().apply(b, once), w, bias, mean, var, 4, 0.1);
    return dense(s.out()).apply(b, b.graph().layerNorm("third", twice, w, bias, 4));
  }

  private static Value fanOut(Sizes s, NetworkBuilder b, Value x) {
    Value h = relu().apply(b, dense(s.hidden()).apply(b, x));
    Value one = dense(s.out()).apply(b, h);
    Value two = dense(s.out()).apply(b, tanh().apply(b, h));
    Value three = dense(s.out()).apply(b, sigmoid().apply(b, h));
    return b.graph().add("sum", b.graph().add("part", one, two), three);
  }

  private static Value sharedWeight(Sizes s, NetworkBuilder b, Value x) {
    int h = s.hidden();
    Value w = b.parameter("shared.weight", Shape.of(h, h), false, h, h, null);
    Value bias = b.parameter("shared.bias", Shape.of(h), true, h, h, null);
    Value y = tanh().apply(b, dense(h).apply(b, x));
    Value once = b.graph().linear("once", y, w, bias);
    Value twice = b.graph().linear("twice", relu().apply(b, once), w, bias);
    return dense(s.out()).apply(b, silu().apply(b, twice));
  }

  /** The two uses are cut differently: one has an input gradient, the other may have none. */
  private static Value sharedOnInput(Sizes s, NetworkBuilder b, Value x) {
    int in = s.in();
    Value w = b.parameter("shared.weight", Shape.of(in, in), false, in, in, null);
    Value once = b.graph().linear("once", x, w, null);
    Value twice = b.graph().linear("twice", tanh().apply(b, once), w, null);
    return dense(s.out()).apply(b, b.graph().add("both", x, twice));
  }

  private static Value matrixInput(Sizes s, NetworkBuilder b, Value x) {
    return dense(s.out()).apply(b, gelu().apply(b, x));
  }

  private static ContractCase graph(String name, Description description) {
    return new ContractCase(
        name,
        true,
        Losses.crossEntropy(),
        s ->
            Network.of(
                name.contains("two axes") ? Shape.of(s.in(), 2) : Shape.of(s.in()),
                (b, x) -> description.describe(s, b, x)));
  }

  @FunctionalInterface
  private interface Description {
    Value describe(Sizes sizes, NetworkBuilder builder, Value x);
  }

  private static ContractCase chain(String name, Function<Sizes, List<Layer>> layers) {
    return of(name, true, Losses.crossEntropy(), layers);
  }

  private static ContractCase values(String name, Loss loss, Function<Sizes, List<Layer>> layers) {
    return of(name, false, loss, layers);
  }

  private static ContractCase of(
      String name, boolean labels, Loss loss, Function<Sizes, List<Layer>> layers) {
    return new ContractCase(
        name, labels, loss, s -> Network.of(s.in(), layers.apply(s).toArray(Layer[]::new)));
  }

  private static Layer noBias(int out) {
    return dense(out).withoutBias();
  }

  private static List<Layer> list(Layer... layers) {
    return List.of(layers);
  }

  private static Layer activation(Activation f) {
    float slope = f == Activation.LEAKY_RELU ? 0.1f : 0;
    return (b, x) -> b.graph().activate(b.nextName(f.name().toLowerCase(Locale.ROOT)), f, slope, x);
  }

  private static Layer leaky(float slope) {
    return org.panagrad.nn.Layers.leakyRelu(slope);
  }
}
