package org.panagrad.kernel;

import static org.panagrad.kernel.Bounds.FLOAT;
import static org.panagrad.kernel.OffHeap.ALL;

/** Activations and their derivatives over one row, a loop to each. */
final class ScalarActivations {
  private ScalarActivations() {}

  static void forward(Activation f, float slope, long z, float bias, boolean keep, long y, int n) {
    for (int i = 0; i < n; i++) {
      float x = ALL.get(FLOAT, z + 4L * i) + bias;
      if (keep) {
        ALL.set(FLOAT, z + 4L * i, x);
      }
      ALL.set(FLOAT, y + 4L * i, value(f, slope, x));
    }
  }

  private static float value(Activation f, float slope, float x) {
    return switch (f) {
      case IDENTITY -> x;
      case RELU -> x <= 0f ? 0f : x;
      case LEAKY_RELU -> x > 0f ? x : slope * x;
      case SIGMOID -> ScalarMath.sigmoid(x);
      case TANH -> ScalarMath.tanh(x);
      case GELU -> ScalarMath.gelu(x);
      case SILU -> ScalarMath.silu(x);
    };
  }

  static void backward(
      Activation f, float slope, long saved, long dy, long dx, int n, boolean accumulate) {
    for (int i = 0; i < n; i++) {
      float s = ALL.get(FLOAT, saved + 4L * i);
      float d = gradient(f, slope, s, ALL.get(FLOAT, dy + 4L * i));
      ALL.set(FLOAT, dx + 4L * i, accumulate ? ALL.get(FLOAT, dx + 4L * i) + d : d);
    }
  }

  private static float gradient(Activation f, float slope, float s, float dy) {
    return switch (f) {
      case IDENTITY -> dy;
      case RELU -> s <= 0f ? 0f : dy;
      case LEAKY_RELU -> s > 0f ? dy : slope * dy;
      case SIGMOID -> dy * Math.fma(-s, s, s);
      case TANH -> dy * Math.fma(-s, s, 1f);
      case GELU -> dy * ScalarMath.geluDerivative(s);
      case SILU -> dy * ScalarMath.siluDerivative(s);
    };
  }
}
