package org.panagrad.kernel;

import static org.panagrad.kernel.Approximations.TINY;
import static org.panagrad.kernel.Bounds.FLOAT;

import java.lang.foreign.MemorySegment;

/** Optimizer updates over one stretch of parameters. */
final class ScalarOptimizers {
  private ScalarOptimizers() {}

  static void sgdRange(
      MemorySegment w,
      long wAt,
      MemorySegment g,
      long gAt,
      int n,
      float learningRate,
      float weightDecay) {
    for (int i = 0; i < n; i++) {
      float weight = w.get(FLOAT, wAt + 4L * i);
      float gradient = Math.fma(weightDecay, weight, g.get(FLOAT, gAt + 4L * i));
      w.set(FLOAT, wAt + 4L * i, Math.fma(-learningRate, gradient, weight));
    }
  }

  static void momentumRange(
      MemorySegment w,
      long wAt,
      MemorySegment g,
      long gAt,
      MemorySegment v,
      long vAt,
      int n,
      float learningRate,
      float momentum,
      boolean nesterov,
      float weightDecay) {
    for (int i = 0; i < n; i++) {
      float weight = w.get(FLOAT, wAt + 4L * i);
      float gradient = Math.fma(weightDecay, weight, g.get(FLOAT, gAt + 4L * i) + TINY) - TINY;
      float velocity = Math.fma(momentum, v.get(FLOAT, vAt + 4L * i), gradient + TINY) - TINY;
      v.set(FLOAT, vAt + 4L * i, velocity);
      float step = nesterov ? Math.fma(momentum, velocity, gradient) : velocity;
      w.set(FLOAT, wAt + 4L * i, Math.fma(-learningRate, step, weight));
    }
  }

  static void rmsPropRange(
      MemorySegment w,
      long wAt,
      MemorySegment g,
      long gAt,
      MemorySegment s,
      long sAt,
      int n,
      float learningRate,
      float alpha,
      float complement,
      float epsilon,
      float weightDecay) {
    for (int i = 0; i < n; i++) {
      float weight = w.get(FLOAT, wAt + 4L * i);
      float gradient = Math.fma(weightDecay, weight, g.get(FLOAT, gAt + 4L * i) + TINY) - TINY;
      float added = Math.fma(complement * gradient, gradient, TINY);
      float square = Math.fma(alpha, s.get(FLOAT, sAt + 4L * i), added) - TINY;
      s.set(FLOAT, sAt + 4L * i, square);
      float root = (float) Math.sqrt(square) + epsilon;
      w.set(FLOAT, wAt + 4L * i, weight - learningRate * gradient / root);
    }
  }

  static void adamRange(
      MemorySegment w,
      long wAt,
      MemorySegment g,
      long gAt,
      MemorySegment m,
      long mAt,
      MemorySegment v,
      long vAt,
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
      float weight = w.get(FLOAT, wAt + 4L * i);
      float gradient = Math.fma(penalty, weight, g.get(FLOAT, gAt + 4L * i) + TINY) - TINY;
      float mean =
          Math.fma(beta1, m.get(FLOAT, mAt + 4L * i), complement1 * gradient + TINY) - TINY;
      float added = Math.fma(complement2 * gradient, gradient, TINY);
      float square = Math.fma(beta2, v.get(FLOAT, vAt + 4L * i), added) - TINY;
      m.set(FLOAT, mAt + 4L * i, mean);
      v.set(FLOAT, vAt + 4L * i, square);
      float shrunk = Math.fma(shrink, weight, weight);
      float root = Math.fma((float) Math.sqrt(square), inverseSqrtCorrection2, epsilon);
      w.set(FLOAT, wAt + 4L * i, shrunk - stepSize * mean / root);
    }
  }

  static void clampRange(MemorySegment g, long gAt, int n, float limit) {
    for (int i = 0; i < n; i++) {
      float clamped = Math.max(-limit, Math.min(limit, g.get(FLOAT, gAt + 4L * i)));
      g.set(FLOAT, gAt + 4L * i, clamped);
    }
  }

  static void signRange(MemorySegment w, long wAt, MemorySegment g, long gAt, int n, float factor) {
    for (int i = 0; i < n; i++) {
      float weight = w.get(FLOAT, wAt + 4L * i);
      // The product serves for zeros and NaN.
      float signed = weight > 0 ? factor : weight < 0 ? -factor : weight * factor;
      g.set(FLOAT, gAt + 4L * i, g.get(FLOAT, gAt + 4L * i) + signed);
    }
  }
}
