package org.panagrad.kernel;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;
import static org.panagrad.kernel.Approximations.TINY;
import static org.panagrad.kernel.Lanes.FLOATS;
import static org.panagrad.kernel.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Optimizer updates over one stretch of parameters. */
final class VectorOptimizers {
  private VectorOptimizers() {}

  static void sgdRange(
      MemorySegment w,
      long wAt,
      MemorySegment g,
      long gAt,
      int n,
      float learningRate,
      float weightDecay) {
    FloatVector rate = FloatVector.broadcast(FLOATS, -learningRate);
    FloatVector decay = FloatVector.broadcast(FLOATS, weightDecay);
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector weight = FloatVector.fromMemorySegment(FLOATS, w, wAt + 4L * i, ORDER);
      FloatVector gradient =
          decay.fma(weight, FloatVector.fromMemorySegment(FLOATS, g, gAt + 4L * i, ORDER));
      rate.fma(gradient, weight).intoMemorySegment(w, wAt + 4L * i, ORDER);
    }
    if (bound < n) {
      long from = 4L * bound;
      ScalarOptimizers.sgdRange(w, wAt + from, g, gAt + from, n - bound, learningRate, weightDecay);
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
    FloatVector rate = FloatVector.broadcast(FLOATS, -learningRate);
    FloatVector decay = FloatVector.broadcast(FLOATS, weightDecay);
    FloatVector keep = FloatVector.broadcast(FLOATS, momentum);
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector weight = FloatVector.fromMemorySegment(FLOATS, w, wAt + 4L * i, ORDER);
      FloatVector gradient =
          decay
              .fma(weight, FloatVector.fromMemorySegment(FLOATS, g, gAt + 4L * i, ORDER).add(TINY))
              .sub(TINY);
      FloatVector velocity =
          keep.fma(
                  FloatVector.fromMemorySegment(FLOATS, v, vAt + 4L * i, ORDER), gradient.add(TINY))
              .sub(TINY);
      velocity.intoMemorySegment(v, vAt + 4L * i, ORDER);
      if (nesterov) {
        FloatVector step = keep.fma(velocity, gradient);
        rate.fma(step, weight).intoMemorySegment(w, wAt + 4L * i, ORDER);
      } else {
        rate.fma(velocity, weight).intoMemorySegment(w, wAt + 4L * i, ORDER);
      }
    }
    if (bound < n) {
      long from = 4L * bound;
      ScalarOptimizers.momentumRange(
          w,
          wAt + from,
          g,
          gAt + from,
          v,
          vAt + from,
          n - bound,
          learningRate,
          momentum,
          nesterov,
          weightDecay);
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
    FloatVector decay = FloatVector.broadcast(FLOATS, weightDecay);
    FloatVector keep = FloatVector.broadcast(FLOATS, alpha);
    FloatVector tiny = FloatVector.broadcast(FLOATS, TINY);
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector weight = FloatVector.fromMemorySegment(FLOATS, w, wAt + 4L * i, ORDER);
      FloatVector gradient =
          decay
              .fma(weight, FloatVector.fromMemorySegment(FLOATS, g, gAt + 4L * i, ORDER).add(TINY))
              .sub(TINY);
      FloatVector added = gradient.mul(complement).fma(gradient, tiny);
      FloatVector square =
          keep.fma(FloatVector.fromMemorySegment(FLOATS, s, sAt + 4L * i, ORDER), added).sub(TINY);
      square.intoMemorySegment(s, sAt + 4L * i, ORDER);
      FloatVector root = square.sqrt().add(epsilon);
      FloatVector step = gradient.mul(learningRate).div(root);
      weight.sub(step).intoMemorySegment(w, wAt + 4L * i, ORDER);
    }
    if (bound < n) {
      long from = 4L * bound;
      ScalarOptimizers.rmsPropRange(
          w,
          wAt + from,
          g,
          gAt + from,
          s,
          sAt + from,
          n - bound,
          learningRate,
          alpha,
          complement,
          epsilon,
          weightDecay);
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
    FloatVector decay = FloatVector.broadcast(FLOATS, penalty);
    FloatVector shrinking = FloatVector.broadcast(FLOATS, shrink);
    FloatVector keepMean = FloatVector.broadcast(FLOATS, beta1);
    FloatVector keepSquare = FloatVector.broadcast(FLOATS, beta2);
    FloatVector correction = FloatVector.broadcast(FLOATS, inverseSqrtCorrection2);
    FloatVector floor = FloatVector.broadcast(FLOATS, epsilon);
    FloatVector tiny = FloatVector.broadcast(FLOATS, TINY);
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector weight = FloatVector.fromMemorySegment(FLOATS, w, wAt + 4L * i, ORDER);
      FloatVector gradient =
          decay
              .fma(weight, FloatVector.fromMemorySegment(FLOATS, g, gAt + 4L * i, ORDER).add(TINY))
              .sub(TINY);
      FloatVector mean =
          keepMean
              .fma(
                  FloatVector.fromMemorySegment(FLOATS, m, mAt + 4L * i, ORDER),
                  gradient.mul(complement1).add(TINY))
              .sub(TINY);
      FloatVector added = gradient.mul(complement2).fma(gradient, tiny);
      FloatVector square =
          keepSquare
              .fma(FloatVector.fromMemorySegment(FLOATS, v, vAt + 4L * i, ORDER), added)
              .sub(TINY);
      mean.intoMemorySegment(m, mAt + 4L * i, ORDER);
      square.intoMemorySegment(v, vAt + 4L * i, ORDER);
      FloatVector shrunk = shrinking.fma(weight, weight);
      FloatVector root = square.sqrt().fma(correction, floor);
      FloatVector step = mean.mul(stepSize).div(root);
      shrunk.sub(step).intoMemorySegment(w, wAt + 4L * i, ORDER);
    }
    if (bound < n) {
      long from = 4L * bound;
      ScalarOptimizers.adamRange(
          w,
          wAt + from,
          g,
          gAt + from,
          m,
          mAt + from,
          v,
          vAt + from,
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

  static void clampRange(MemorySegment g, long gAt, int n, float limit) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector.fromMemorySegment(FLOATS, g, gAt + 4L * i, ORDER)
          .min(limit)
          .max(-limit)
          .intoMemorySegment(g, gAt + 4L * i, ORDER);
    }
    if (bound < n) {
      ScalarOptimizers.clampRange(g, gAt + 4L * bound, n - bound, limit);
    }
  }

  static void signRange(MemorySegment w, long wAt, MemorySegment g, long gAt, int n, float factor) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector weight = FloatVector.fromMemorySegment(FLOATS, w, wAt + 4L * i, ORDER);
      FloatVector signed =
          weight
              .mul(factor)
              .blend(factor, weight.compare(GT, 0f))
              .blend(-factor, weight.compare(LT, 0f));
      FloatVector.fromMemorySegment(FLOATS, g, gAt + 4L * i, ORDER)
          .add(signed)
          .intoMemorySegment(g, gAt + 4L * i, ORDER);
    }
    if (bound < n) {
      long from = 4L * bound;
      ScalarOptimizers.signRange(w, wAt + from, g, gAt + from, n - bound, factor);
    }
  }
}
