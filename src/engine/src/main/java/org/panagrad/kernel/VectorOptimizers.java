package org.panagrad.kernel;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.panagrad.kernel.Approximations.TINY;
import static org.panagrad.kernel.Lanes.FLOATS;
import static org.panagrad.kernel.Lanes.ORDER;
import static org.panagrad.kernel.OffHeap.ALL;

import jdk.incubator.vector.FloatVector;

/** Optimizer updates over one stretch of parameters. */
final class VectorOptimizers {
  private VectorOptimizers() {}

  static void sgdRange(long w, long g, int n, float learningRate, float weightDecay) {
    FloatVector rate = FloatVector.broadcast(FLOATS, -learningRate);
    FloatVector decay = FloatVector.broadcast(FLOATS, weightDecay);
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector weight = FloatVector.fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER);
      FloatVector gradient =
          decay.fma(weight, FloatVector.fromMemorySegment(FLOATS, ALL, g + 4L * i, ORDER));
      rate.fma(gradient, weight).intoMemorySegment(ALL, w + 4L * i, ORDER);
    }
    if (bound < n) {
      long from = 4L * bound;
      ScalarOptimizers.sgdRange(w + from, g + from, n - bound, learningRate, weightDecay);
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
    FloatVector rate = FloatVector.broadcast(FLOATS, -learningRate);
    FloatVector decay = FloatVector.broadcast(FLOATS, weightDecay);
    FloatVector keep = FloatVector.broadcast(FLOATS, momentum);
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector weight = FloatVector.fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER);
      FloatVector gradient =
          decay
              .fma(weight, FloatVector.fromMemorySegment(FLOATS, ALL, g + 4L * i, ORDER).add(TINY))
              .sub(TINY);
      FloatVector velocity =
          keep.fma(
                  FloatVector.fromMemorySegment(FLOATS, ALL, v + 4L * i, ORDER), gradient.add(TINY))
              .sub(TINY);
      velocity.intoMemorySegment(ALL, v + 4L * i, ORDER);
      if (nesterov) {
        FloatVector step = keep.fma(velocity, gradient);
        rate.fma(step, weight).intoMemorySegment(ALL, w + 4L * i, ORDER);
      } else {
        rate.fma(velocity, weight).intoMemorySegment(ALL, w + 4L * i, ORDER);
      }
    }
    if (bound < n) {
      long from = 4L * bound;
      ScalarOptimizers.momentumRange(
          w + from, g + from, v + from, n - bound, learningRate, momentum, nesterov, weightDecay);
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
    FloatVector decay = FloatVector.broadcast(FLOATS, weightDecay);
    FloatVector keep = FloatVector.broadcast(FLOATS, alpha);
    FloatVector tiny = FloatVector.broadcast(FLOATS, TINY);
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector weight = FloatVector.fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER);
      FloatVector gradient =
          decay
              .fma(weight, FloatVector.fromMemorySegment(FLOATS, ALL, g + 4L * i, ORDER).add(TINY))
              .sub(TINY);
      FloatVector added = gradient.mul(complement).fma(gradient, tiny);
      FloatVector square =
          keep.fma(FloatVector.fromMemorySegment(FLOATS, ALL, s + 4L * i, ORDER), added).sub(TINY);
      square.intoMemorySegment(ALL, s + 4L * i, ORDER);
      FloatVector root = square.sqrt().add(epsilon);
      FloatVector step = gradient.mul(learningRate).div(root);
      weight.sub(step).intoMemorySegment(ALL, w + 4L * i, ORDER);
    }
    if (bound < n) {
      long from = 4L * bound;
      ScalarOptimizers.rmsPropRange(
          w + from,
          g + from,
          s + from,
          n - bound,
          learningRate,
          alpha,
          complement,
          epsilon,
          weightDecay);
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
    FloatVector decay = FloatVector.broadcast(FLOATS, penalty);
    FloatVector shrinking = FloatVector.broadcast(FLOATS, shrink);
    FloatVector keepMean = FloatVector.broadcast(FLOATS, beta1);
    FloatVector keepSquare = FloatVector.broadcast(FLOATS, beta2);
    FloatVector correction = FloatVector.broadcast(FLOATS, inverseSqrtCorrection2);
    FloatVector floor = FloatVector.broadcast(FLOATS, epsilon);
    FloatVector tiny = FloatVector.broadcast(FLOATS, TINY);
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector weight = FloatVector.fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER);
      FloatVector gradient =
          decay
              .fma(weight, FloatVector.fromMemorySegment(FLOATS, ALL, g + 4L * i, ORDER).add(TINY))
              .sub(TINY);
      FloatVector mean =
          keepMean
              .fma(
                  FloatVector.fromMemorySegment(FLOATS, ALL, m + 4L * i, ORDER),
                  gradient.mul(complement1).add(TINY))
              .sub(TINY);
      FloatVector added = gradient.mul(complement2).fma(gradient, tiny);
      FloatVector square =
          keepSquare
              .fma(FloatVector.fromMemorySegment(FLOATS, ALL, v + 4L * i, ORDER), added)
              .sub(TINY);
      mean.intoMemorySegment(ALL, m + 4L * i, ORDER);
      square.intoMemorySegment(ALL, v + 4L * i, ORDER);
      FloatVector shrunk = shrinking.fma(weight, weight);
      FloatVector root = square.sqrt().fma(correction, floor);
      FloatVector step = mean.mul(stepSize).div(root);
      shrunk.sub(step).intoMemorySegment(ALL, w + 4L * i, ORDER);
    }
    if (bound < n) {
      long from = 4L * bound;
      ScalarOptimizers.adamRange(
          w + from,
          g + from,
          m + from,
          v + from,
          n - bound,
          beta1,
          complement1,
          beta2,
          complement2,
          epsilon,
          shrink,
          penalty,
          stepSize,
          inverseSqrtCorrection2);
    }
  }

  static void clampRange(long g, int n, float limit) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector.fromMemorySegment(FLOATS, ALL, g + 4L * i, ORDER)
          .min(limit)
          .max(-limit)
          .intoMemorySegment(ALL, g + 4L * i, ORDER);
    }
    if (bound < n) {
      ScalarOptimizers.clampRange(g + 4L * bound, n - bound, limit);
    }
  }

  static void signRange(long w, long g, int n, float factor) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector weight = FloatVector.fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER);
      FloatVector signed =
          weight
              .mul(factor)
              .blend(factor, weight.compare(GT, 0f))
              .blend(-factor, weight.compare(LT, 0f));
      FloatVector.fromMemorySegment(FLOATS, ALL, g + 4L * i, ORDER)
          .add(signed)
          .intoMemorySegment(ALL, g + 4L * i, ORDER);
    }
    if (bound < n) {
      long from = 4L * bound;
      ScalarOptimizers.signRange(w + from, g + from, n - bound, factor);
    }
  }
}
