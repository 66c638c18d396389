package org.panagrad.kernel;

import static org.panagrad.kernel.Bounds.FLOAT;

import java.lang.foreign.MemorySegment;

/** Activations and their derivatives over one row, a loop to each. */
final class ScalarActivations {
  private ScalarActivations() {}

  static void forward(
      Activation f,
      float slope,
      MemorySegment z,
      long zAt,
      float bias,
      boolean keep,
      MemorySegment y,
      long yAt,
      int n) {
    for (int i = 0; i < n; i++) {
      float x = z.get(FLOAT, zAt + 4L * i) + bias;
      if (keep) {
        z.set(FLOAT, zAt + 4L * i, x);
      }
      y.set(FLOAT, yAt + 4L * i, value(f, slope, x));
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
      Activation f,
      float slope,
      MemorySegment saved,
      long savedAt,
      MemorySegment dy,
      long dyAt,
      MemorySegment dx,
      long dxAt,
      int n,
      boolean accumulate) {
    for (int i = 0; i < n; i++) {
      float s = saved.get(FLOAT, savedAt + 4L * i);
      float d = gradient(f, slope, s, dy.get(FLOAT, dyAt + 4L * i));
      dx.set(FLOAT, dxAt + 4L * i, accumulate ? dx.get(FLOAT, dxAt + 4L * i) + d : d);
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
