package org.panagrad.cli.option;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.Loss;
import org.panagrad.graph.LossFunction;
import org.panagrad.nn.Initializer;
import org.panagrad.nn.Layer;
import org.panagrad.nn.Layers;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import picocli.CommandLine.Option;

/** What is trained, and towards what. */
public final class NetworkOptions {
  @Option(
      names = "--hidden",
      paramLabel = "N,N",
      converter = HiddenWidths.Converter.class,
      description =
          "Widths of the hidden layers; 'none' for a linear model. Default: 512,256; 64,32 for"
              + " tables.")
  @Nullable HiddenWidths hidden;

  @Option(
      names = "--activation",
      paramLabel = "NAME",
      defaultValue = "relu",
      completionCandidates = Names.Activations.class,
      description =
          "Behind each hidden layer: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  public String activation;

  @Option(
      names = "--norm",
      paramLabel = "NAME",
      defaultValue = "none",
      completionCandidates = Names.Norms.class,
      description =
          "Normalisation of each hidden layer, before its activation: ${COMPLETION-CANDIDATES}."
              + " Default: ${DEFAULT-VALUE}.")
  String norm;

  @Option(
      names = "--output-activation",
      paramLabel = "NAME",
      defaultValue = "identity",
      description =
          "Behind the last layer, for a loss that takes values rather than logits. Default:"
              + " ${DEFAULT-VALUE}.")
  public String outputActivation;

  @Option(
      names = "--loss",
      paramLabel = "NAME",
      completionCandidates = Names.LossLabels.class,
      description =
          "${COMPLETION-CANDIDATES}. Default: cross-entropy for classes, mse for numbers.")
  public @Nullable String loss;

  @Option(
      names = "--init",
      paramLabel = "NAME",
      defaultValue = "fan-in-uniform",
      completionCandidates = Names.Initializers.class,
      description = "How weights start: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  public String init;

  @Option(
      names = "--dropout",
      paramLabel = "P",
      defaultValue = "0",
      description =
          "Share of each hidden layer's outputs dropped in training. Default: ${DEFAULT-VALUE}.")
  public float dropout;

  /**
   * Checks what can be checked before any data is there.
   *
   * @throws IllegalArgumentException with a line that says what is wrong
   */
  public void check() {
    Layers.activation(activation);
    Layers.activation(outputActivation);
    Layers.norm(norm);
    Initializer.byName(init);
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("--dropout " + dropout + ": expected 0 or more, below 1");
    }
    if (loss != null) {
      checkOutput(Losses.byName(loss));
    }
  }

  /** Checks that the output is what the loss takes. */
  void checkOutput(Loss chosen) {
    LossFunction function = chosen.function();
    boolean logits =
        function == LossFunction.CROSS_ENTROPY || function == LossFunction.BINARY_CROSS_ENTROPY;
    if (logits && !outputActivation.equals("identity")) {
      throw new IllegalArgumentException(
          "--output-activation "
              + outputActivation
              + " with --loss "
              + function.label()
              + ": expected identity, as this loss takes logits and has its own "
              + (function == LossFunction.CROSS_ENTROPY ? "softmax" : "sigmoid")
              + " inside; leave the option out, or take --loss half-mse");
    }
  }

  /** The loss as far as it is known without data: most data has classes. */
  public Loss loss() {
    return loss == null ? Losses.crossEntropy() : Losses.byName(loss);
  }

  public Loss loss(Defaults defaults) {
    return loss == null ? defaults.loss() : Losses.byName(loss);
  }

  public HiddenWidths hidden(Defaults defaults) {
    return hidden == null ? defaults.hidden() : hidden;
  }

  /** The network for rows of so many features. */
  public Network network(int inputs, int outputs, Defaults defaults) {
    List<Layer> layers = new ArrayList<>();
    for (int width : hidden(defaults).widths()) {
      layers.add(Layers.dense(width));
      layers.add(Layers.norm(norm));
      layers.add(Layers.activation(activation));
      if (dropout > 0) {
        layers.add(Layers.dropout(dropout));
      }
    }
    layers.add(Layers.dense(outputs));
    layers.add(Layers.activation(outputActivation));
    return Network.of(inputs, layers.toArray(Layer[]::new)).initializedBy(Initializer.byName(init));
  }
}
