package org.panagrad.kernel;

import static org.panagrad.kernel.Approximations.TINY;
import static org.panagrad.kernel.Bounds.FLOAT;
import static org.panagrad.kernel.OffHeap.ALL;

/** Optimizer updates over one stretch of parameters. */
final class ScalarOptimizers {
  private ScalarOptimizers() {}

  static void sgdRange(long w, long g, int n, float learningRate, float weightDecay) {
    OnHeap arrays = OnHeap.arrays();
    float[] weights = arrays.w;
    float[] gradients = arrays.x;
    for (int from = 0, count; from < n; from += count) {
      count = Math.min(OnHeap.MOST, n - from);
      OnHeap.read(w + 4L * from, weights, count);
      OnHeap.read(g + 4L * from, gradients, count);
      for (int i = 0; i < count; i++) {
        float gradient = Math.fma(weightDecay, weights[i], gradients[i]);
        weights[i] = Math.fma(-learningRate, gradient, weights[i]);
      }
      OnHeap.write(weights, w + 4L * from, count);
    }
  }

  static void momentumRange(
      long w,
      long g,
      long v,
      int n,
      float learningRate,
      float momentum,
      boolean nesterov,
      float weightDecay) {
    OnHeap arrays = OnHeap.arrays();
    float[] weights = arrays.w;
    float[] gradients = arrays.x;
    float[] velocities = arrays.y;
    for (int from = 0, count; from < n; from += count) {
      count = Math.min(OnHeap.MOST, n - from);
      OnHeap.read(w + 4L * from, weights, count);
      OnHeap.read(g + 4L * from, gradients, count);
      OnHeap.read(v + 4L * from, velocities, count);
      for (int i = 0; i < count; i++) {
        float weight = weights[i];
        float gradient = Math.fma(weightDecay, weight, gradients[i] + TINY) - TINY;
        float velocity = Math.fma(momentum, velocities[i], gradient + TINY) - TINY;
        velocities[i] = velocity;
        float step = nesterov ? Math.fma(momentum, velocity, gradient) : velocity;
        weights[i] = Math.fma(-learningRate, step, weight);
      }
      OnHeap.write(velocities, v + 4L * from, count);
      OnHeap.write(weights, w + 4L * from, count);
    }
  }

  static void rmsPropRange(
      long w,
      long g,
      long s,
      int n,
      float learningRate,
      float alpha,
      float complement,
      float epsilon,
      float weightDecay) {
    OnHeap arrays = OnHeap.arrays();
    float[] weights = arrays.w;
    float[] gradients = arrays.x;
    float[] squares = arrays.y;
    for (int from = 0, count; from < n; from += count) {
      count = Math.min(OnHeap.MOST, n - from);
      OnHeap.read(w + 4L * from, weights, count);
      OnHeap.read(g + 4L * from, gradients, count);
      OnHeap.read(s + 4L * from, squares, count);
      for (int i = 0; i < count; i++) {
        float weight = weights[i];
        float gradient = Math.fma(weightDecay, weight, gradients[i] + TINY) - TINY;
        float added = Math.fma(complement * gradient, gradient, TINY);
        float square = Math.fma(alpha, squares[i], added) - TINY;
        squares[i] = square;
        float root = (float) Math.sqrt(square) + epsilon;
        weights[i] = weight - learningRate * gradient / root;
      }
      OnHeap.write(squares, s + 4L * from, count);
      OnHeap.write(weights, w + 4L * from, count);
    }
  }

  static void adamRange(
      long w,
      long g,
      long m,
      long v,
      int n,
      float beta1,
      float complement1,
      float beta2,
      float complement2,
      float epsilon,
      float shrink,
      float penalty,
      float stepSize,
      float inverseSqrtCorrection2) {
    OnHeap arrays = OnHeap.arrays();
    float[] weights = arrays.w;
    float[] gradients = arrays.x;
    float[] means = arrays.y;
    float[] squares = arrays.z;
    for (int from = 0, count; from < n; from += count) {
      count = Math.min(OnHeap.MOST, n - from);
      OnHeap.read(w + 4L * from, weights, count);
      OnHeap.read(g + 4L * from, gradients, count);
      OnHeap.read(m + 4L * from, means, count);
      OnHeap.read(v + 4L * from, squares, count);
      for (int i = 0; i < count; i++) {
        float weight = weights[i];
        float gradient = Math.fma(penalty, weight, gradients[i] + TINY) - TINY;
        float mean = Math.fma(beta1, means[i], complement1 * gradient + TINY) - TINY;
        float added = Math.fma(complement2 * gradient, gradient, TINY);
        float square = Math.fma(beta2, squares[i], added) - TINY;
        means[i] = mean;
        squares[i] = square;
        float shrunk = Math.fma(shrink, weight, weight);
        float root = Math.fma((float) Math.sqrt(square), inverseSqrtCorrection2, epsilon);
        weights[i] = shrunk - stepSize * mean / root;
      }
      OnHeap.write(means, m + 4L * from, count);
      OnHeap.write(squares, v + 4L * from, count);
      OnHeap.write(weights, w + 4L * from, count);
    }
  }

  static void clampRange(long g, int n, float limit) {
    for (int i = 0; i < n; i++) {
      float clamped = Math.max(-limit, Math.min(limit, ALL.get(FLOAT, g + 4L * i)));
      ALL.set(FLOAT, g + 4L * i, clamped);
    }
  }

  static void signRange(long w, long g, int n, float factor) {
    for (int i = 0; i < n; i++) {
      float weight = ALL.get(FLOAT, w + 4L * i);
      // The product serves for zeros and NaN.
      float signed = weight > 0 ? factor : weight < 0 ? -factor : weight * factor;
      ALL.set(FLOAT, g + 4L * i, ALL.get(FLOAT, g + 4L * i) + signed);
    }
  }
}
