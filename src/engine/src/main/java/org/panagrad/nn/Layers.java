package org.panagrad.nn;

import java.util.List;
import java.util.Locale;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Activation;

/** The layers by name, to be imported statically. */
public final class Layers {
  private Layers() {}

  /** y = x W^T + b with this many outputs; the inputs are what comes. */
  public static Dense dense(int out) {
    return new Dense(0, out, true, null);
  }

  /** The same with the inputs stated, and checked. */
  public static Dense dense(int in, int out) {
    return new Dense(in, out, true, null);
  }

  /** f(z) = z. */
  public static Layer identity() {
    return (network, x) -> x;
  }

  /** f(z) = max(z, 0). */
  public static Layer relu() {
    return activation(Activation.RELU, 0);
  }

  /** f(z) = z above 0, 0.01 z below. */
  public static Layer leakyRelu() {
    return leakyRelu(0.01f);
  }

  /** f(z) = z above 0, slope z below. */
  public static Layer leakyRelu(float slope) {
    return activation(Activation.LEAKY_RELU, slope);
  }

  /** f(z) = 1 / (1 + exp(-z)). */
  public static Layer sigmoid() {
    return activation(Activation.SIGMOID, 0);
  }

  /** f(z) = tanh z. */
  public static Layer tanh() {
    return activation(Activation.TANH, 0);
  }

  /** f(z) = z Phi(z). */
  public static Layer gelu() {
    return activation(Activation.GELU, 0);
  }

  /** f(z) = z / (1 + exp(-z)). */
  public static Layer silu() {
    return activation(Activation.SILU, 0);
  }

  /** Inverted dropout: in training an element is 0 with this probability. */
  public static Layer dropout(float probability) {
    return (network, x) -> network.graph().dropout(network.nextName("dropout"), probability, x);
  }

  /** Batch normalisation with epsilon 1e-5 and momentum 0.1, PyTorch's. */
  public static Layer batchNorm() {
    return batchNorm(1e-5, 0.1);
  }

  /**
   * Batch normalisation: each feature by mean and variance of the mini-batch in training, by the
   * running ones after it, then scaled by {@code bn1.weight} and shifted by {@code bn1.bias}.
   *
   * <p>A mini-batch of a single row has no variance: a training session refuses to have one.
   *
   * @param epsilon added to the variance
   * @param momentum the share of a mini-batch in {@code bn1.running_mean} and {@code
   *     bn1.running_var}
   */
  public static Layer batchNorm(double epsilon, double momentum) {
    return (network, x) -> {
      String path = network.nextName("bn");
      Shape shape = Shape.of(x.shape().elements());
      return network
          .graph()
          .batchNorm(
              path,
              x,
              network.constant(path + ".weight", shape, 1),
              network.constant(path + ".bias", shape, 0),
              network.statistic(path + ".running_mean", shape, 0),
              network.statistic(path + ".running_var", shape, 1),
              epsilon,
              momentum);
    };
  }

  /** Layer normalisation with epsilon 1e-5, PyTorch's. */
  public static Layer layerNorm() {
    return layerNorm(1e-5);
  }

  /**
   * Layer normalisation: each example by mean and variance of its features, then scaled by {@code
   * ln1.weight} and shifted by {@code ln1.bias}.
   *
   * @param epsilon added to the variance
   */
  public static Layer layerNorm(double epsilon) {
    return (network, x) -> {
      String path = network.nextName("ln");
      Shape shape = Shape.of(x.shape().elements());
      return network
          .graph()
          .layerNorm(
              path,
              x,
              network.constant(path + ".weight", shape, 1),
              network.constant(path + ".bias", shape, 0),
              epsilon);
    };
  }

  /** x + layers(x): a residual block. */
  public static Layer residual(Layer... layers) {
    List<Layer> block = List.of(layers);
    return (network, x) -> {
      Value y = x;
      for (Layer layer : block) {
        y = layer.apply(network, y);
      }
      return network.graph().add(network.nextName("add"), x, y);
    };
  }

  /** The names {@link #activation(String)} knows. */
  public static List<String> activationNames() {
    return List.of("identity", "relu", "leaky-relu", "sigmoid", "tanh", "gelu", "silu");
  }

  /**
   * An activation by its name on the command line.
   *
   * @throws IllegalArgumentException if there is none; the message lists them
   */
  public static Layer activation(String name) {
    return switch (name) {
      case "identity" -> identity();
      case "relu" -> relu();
      case "leaky-relu" -> leakyRelu();
      case "sigmoid" -> sigmoid();
      case "tanh" -> tanh();
      case "gelu" -> gelu();
      case "silu" -> silu();
      default ->
          throw new IllegalArgumentException(
              "activation '" + name + "': expected one of " + String.join(", ", activationNames()));
    };
  }

  /** The names {@link #norm(String)} knows. */
  public static List<String> normNames() {
    return List.of("none", "batch", "layer");
  }

  /**
   * A normalisation by its name on the command line; none does nothing.
   *
   * @throws IllegalArgumentException if there is none of that name; the message lists them
   */
  public static Layer norm(String name) {
    return switch (name) {
      case "none" -> identity();
      case "batch" -> batchNorm();
      case "layer" -> layerNorm();
      default ->
          throw new IllegalArgumentException(
              "normalisation '" + name + "': expected one of " + String.join(", ", normNames()));
    };
  }

  private static Layer activation(Activation function, float slope) {
    String name = function.name().toLowerCase(Locale.ROOT);
    return (network, x) -> network.graph().activate(network.nextName(name), function, slope, x);
  }
}
