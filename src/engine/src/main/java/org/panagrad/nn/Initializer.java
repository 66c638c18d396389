package org.panagrad.nn;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.panagrad.random.SeededRandom;

/** How a dense layer's weight (out, in) and bias (out) start. fan_in is in, fan_out is out. */
public enum Initializer {
  /** U(+-1/sqrt(fan_in)) for both: what PyTorch's nn.Linear does, and what is taken unless told. */
  FAN_IN_UNIFORM("fan-in-uniform"),
  /** N(0, 2/fan_in), bias 0: He et al. 2015, for ReLU. */
  HE_NORMAL("he-normal"),
  /** U(+-sqrt(6/fan_in)), bias 0: He et al. 2015. */
  HE_UNIFORM("he-uniform"),
  /** N(0, 2/(fan_in + fan_out)), bias 0: Glorot and Bengio 2010. */
  GLOROT_NORMAL("glorot-normal"),
  /** U(+-sqrt(6/(fan_in + fan_out))), bias 0: Glorot and Bengio 2010. */
  GLOROT_UNIFORM("glorot-uniform"),
  /** N(0, 1) for both: Nielsen's first network. */
  NORMAL("normal"),
  /** 0 for both: the book's single layer. */
  ZEROS("zeros");

  private final String label;

  Initializer(String label) {
    this.label = label;
  }

  /** The name on the command line. */
  public String label() {
    return label;
  }

  /**
   * The initialiser of this name.
   *
   * @throws IllegalArgumentException if there is none; the message lists them
   */
  public static Initializer byName(String name) {
    for (Initializer initializer : values()) {
      if (initializer.label.equals(name)) {
        return initializer;
      }
    }
    throw new IllegalArgumentException(
        "initialiser '" + name + "': expected one of " + String.join(", ", labels()));
  }

  /** All names. */
  public static List<String> labels() {
    return Arrays.stream(values()).map(Initializer::label).collect(Collectors.toList());
  }

  /** Draws the next weights. */
  void weights(SeededRandom random, int fanIn, int fanOut, float[] to, int count) {
    switch (this) {
      case FAN_IN_UNIFORM -> random.fillUniform(to, count, 1 / Math.sqrt(fanIn));
      case HE_NORMAL -> normal(random, Math.sqrt(2.0 / fanIn), to, count);
      case HE_UNIFORM -> random.fillUniform(to, count, Math.sqrt(6.0 / fanIn));
      case GLOROT_NORMAL -> normal(random, Math.sqrt(2.0 / ((double) fanIn + fanOut)), to, count);
      case GLOROT_UNIFORM ->
          random.fillUniform(to, count, Math.sqrt(6.0 / ((double) fanIn + fanOut)));
      case NORMAL -> normal(random, 1, to, count);
      case ZEROS -> Arrays.fill(to, 0, count, 0);
    }
  }

  /** Draws the next biases. */
  void biases(SeededRandom random, int fanIn, float[] to, int count) {
    switch (this) {
      case FAN_IN_UNIFORM -> random.fillUniform(to, count, 1 / Math.sqrt(fanIn));
      case NORMAL -> normal(random, 1, to, count);
      case HE_NORMAL, HE_UNIFORM, GLOROT_NORMAL, GLOROT_UNIFORM, ZEROS ->
          Arrays.fill(to, 0, count, 0);
    }
  }

  private static void normal(SeededRandom random, double deviation, float[] to, int count) {
    for (int i = 0; i < count; i++) {
      to[i] = (float) (random.nextGaussian() * deviation);
    }
  }
}
