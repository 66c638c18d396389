package org.panagrad.kernel;

/** Activations and their derivatives over one row, a loop to each. */
final class ScalarActivations {
  private ScalarActivations() {}

  static void forward(Activation f, float slope, long z, float bias, boolean keep, long y, int n) {
    float[] x = OnHeap.arrays().x;
    for (int from = 0, count; from < n; from += count) {
      count = Math.min(OnHeap.MOST, n - from);
      OnHeap.read(z + 4L * from, x, count);
      for (int i = 0; i < count; i++) {
        x[i] += bias;
      }
      if (keep) {
        OnHeap.write(x, z + 4L * from, count);
      }
      activate(f, slope, x, count);
      OnHeap.write(x, y + 4L * from, count);
    }
  }

  private static void activate(Activation f, float slope, float[] x, int n) {
    switch (f) {
      case IDENTITY -> {}
      case RELU -> {
        for (int i = 0; i < n; i++) {
          x[i] = x[i] <= 0f ? 0f : x[i];
        }
      }
      case LEAKY_RELU -> {
        for (int i = 0; i < n; i++) {
          x[i] = x[i] > 0f ? x[i] : slope * x[i];
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          x[i] = ScalarMath.sigmoid(x[i]);
        }
      }
      case TANH -> {
        for (int i = 0; i < n; i++) {
          x[i] = ScalarMath.tanh(x[i]);
        }
      }
      case GELU -> {
        for (int i = 0; i < n; i++) {
          x[i] = ScalarMath.gelu(x[i]);
        }
      }
      case SILU -> {
        for (int i = 0; i < n; i++) {
          x[i] = ScalarMath.silu(x[i]);
        }
      }
    }
  }

  static void backward(
      Activation f, float slope, long saved, long dy, long dx, int n, boolean accumulate) {
    OnHeap arrays = OnHeap.arrays();
    float[] s = arrays.x;
    float[] d = arrays.y;
    float[] sum = arrays.z;
    for (int from = 0, count; from < n; from += count) {
      count = Math.min(OnHeap.MOST, n - from);
      OnHeap.read(saved + 4L * from, s, count);
      OnHeap.read(dy + 4L * from, d, count);
      derive(f, slope, s, d, count);
      if (accumulate) {
        OnHeap.read(dx + 4L * from, sum, count);
        for (int i = 0; i < count; i++) {
          d[i] = sum[i] + d[i];
        }
      }
      OnHeap.write(d, dx + 4L * from, count);
    }
  }

  /** Multiplies gradients by the derivative, which is told from what was saved. */
  private static void derive(Activation f, float slope, float[] s, float[] d, int n) {
    switch (f) {
      case IDENTITY -> {}
      case RELU -> {
        for (int i = 0; i < n; i++) {
          d[i] = s[i] <= 0f ? 0f : d[i];
        }
      }
      case LEAKY_RELU -> {
        for (int i = 0; i < n; i++) {
          d[i] = s[i] > 0f ? d[i] : slope * d[i];
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          d[i] *= Math.fma(-s[i], s[i], s[i]);
        }
      }
      case TANH -> {
        for (int i = 0; i < n; i++) {
          d[i] *= Math.fma(-s[i], s[i], 1f);
        }
      }
      case GELU -> {
        for (int i = 0; i < n; i++) {
          d[i] *= ScalarMath.geluDerivative(s[i]);
        }
      }
      case SILU -> {
        for (int i = 0; i < n; i++) {
          d[i] *= ScalarMath.siluDerivative(s[i]);
        }
      }
    }
  }
}
