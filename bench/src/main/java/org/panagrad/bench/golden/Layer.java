package org.panagrad.bench.golden;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A layer as PyTorch computes it and as the metadata of a golden file names it. */
sealed interface Layer {
  /** What stands in the metadata's list of layers. */
  Map<String, Object> description();

  /** y = x weight^T + bias, with weight (out, in) and bias (out). */
  record Dense(String name, int in, int out) implements Layer {
    @Override
    public Map<String, Object> description() {
      Map<String, Object> description = new LinkedHashMap<>();
      description.put("type", "dense");
      description.put("name", name);
      description.put("in", in);
      description.put("out", out);
      return description;
    }
  }

  /** An element-wise function. */
  enum Activation implements Layer {
    IDENTITY("identity"),
    RELU("relu"),
    LEAKY_RELU("leakyRelu"),
    SIGMOID("sigmoid"),
    TANH("tanh"),
    /** PyTorch's default, x Phi(x), and not the approximation by tanh. */
    GELU("gelu"),
    SILU("silu");

    private static final double SLOPE = 0.01;

    private final String label;

    Activation(String label) {
      this.label = label;
    }

    Tensor apply(Tensor x) {
      return switch (this) {
        case IDENTITY -> x;
        case RELU -> torch.relu(x);
        case LEAKY_RELU -> torch.leaky_relu(x, new Scalar(SLOPE));
        case SIGMOID -> torch.sigmoid(x);
        case TANH -> torch.tanh(x);
        case GELU -> torch.gelu(x);
        case SILU -> torch.silu(x);
      };
    }

    String label() {
      return label;
    }

    @Override
    public Map<String, Object> description() {
      Map<String, Object> description = new LinkedHashMap<>();
      description.put("type", label);
      if (this == LEAKY_RELU) {
        description.put("slope", SLOPE);
      }
      return description;
    }
  }
}
