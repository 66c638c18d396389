package org.panagrad.kernel;

import static org.panagrad.kernel.Approximations.TINY;
import static org.panagrad.kernel.Bounds.FLOAT;
import static org.panagrad.kernel.OffHeap.ALL;

/** Optimizer updates over one stretch of parameters. */
final class ScalarOptimizers {
  private ScalarOptimizers() {}

  static void sgdRange(long w, long g, int n, float learningRate, float weightDecay) {
    for (int i = 0; i < n; i++) {
      float weight = ALL.get(FLOAT, w + 4L * i);
      float gradient = Math.fma(weightDecay, weight, ALL.get(FLOAT, g + 4L * i));
      ALL.set(FLOAT, w + 4L * i, Math.fma(-learningRate, gradient, weight));
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
    for (int i = 0; i < n; i++) {
      float weight = ALL.get(FLOAT, w + 4L * i);
      float gradient = Math.fma(weightDecay, weight, ALL.get(FLOAT, g + 4L * i) + TINY) - TINY;
      float velocity = Math.fma(momentum, ALL.get(FLOAT, v + 4L * i), gradient + TINY) - TINY;
      ALL.set(FLOAT, v + 4L * i, velocity);
      float step = nesterov ? Math.fma(momentum, velocity, gradient) : velocity;
      ALL.set(FLOAT, w + 4L * i, Math.fma(-learningRate, step, weight));
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
    for (int i = 0; i < n; i++) {
      float weight = ALL.get(FLOAT, w + 4L * i);
      float gradient = Math.fma(weightDecay, weight, ALL.get(FLOAT, g + 4L * i) + TINY) - TINY;
      float added = Math.fma(complement * gradient, gradient, TINY);
      float square = Math.fma(alpha, ALL.get(FLOAT, s + 4L * i), added) - TINY;
      ALL.set(FLOAT, s + 4L * i, square);
      float root = (float) Math.sqrt(square) + epsilon;
      ALL.set(FLOAT, w + 4L * i, weight - learningRate * gradient / root);
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
    for (int i = 0; i < n; i++) {
      float weight = ALL.get(FLOAT, w + 4L * i);
      float gradient = Math.fma(penalty, weight, ALL.get(FLOAT, g + 4L * i) + TINY) - TINY;
      float mean =
          Math.fma(beta1, ALL.get(FLOAT, m + 4L * i), complement1 * gradient + TINY) - TINY;
      float added = Math.fma(complement2 * gradient, gradient, TINY);
      float square = Math.fma(beta2, ALL.get(FLOAT, v + 4L * i), added) - TINY;
      ALL.set(FLOAT, m + 4L * i, mean);
      ALL.set(FLOAT, v + 4L * i, square);
      float shrunk = Math.fma(shrink, weight, weight);
      float root = Math.fma((float) Math.sqrt(square), inverseSqrtCorrection2, epsilon);
      ALL.set(FLOAT, w + 4L * i, shrunk - stepSize * mean / root);
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
