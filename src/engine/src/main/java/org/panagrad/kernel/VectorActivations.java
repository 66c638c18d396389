package org.panagrad.kernel;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.NEG;
import static org.panagrad.kernel.Lanes.FLOATS;
import static org.panagrad.kernel.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** The activations and their derivatives over one row: the cheap ones, and the choice of one. */
final class VectorActivations {
  private VectorActivations() {}

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
    if (n < Lanes.LENGTH) { // see VectorMath.exp
      ScalarActivations.forward(f, slope, z, zAt, bias, keep, y, yAt, n);
      return;
    }
    int done =
        switch (f) {
          case IDENTITY -> identity(z, zAt, bias, keep, y, yAt, n);
          case RELU -> relu(z, zAt, bias, keep, y, yAt, n);
          case LEAKY_RELU -> leakyRelu(slope, z, zAt, bias, keep, y, yAt, n);
          case SIGMOID -> VectorSigmoids.sigmoid(z, zAt, bias, keep, y, yAt, n);
          case TANH -> VectorSigmoids.tanh(z, zAt, bias, keep, y, yAt, n);
          case GELU -> VectorNormal.gelu(z, zAt, bias, keep, y, yAt, n);
          case SILU -> VectorSigmoids.silu(z, zAt, bias, keep, y, yAt, n);
        };
    if (done < n) {
      long from = 4L * done;
      ScalarActivations.forward(f, slope, z, zAt + from, bias, keep, y, yAt + from, n - done);
    }
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
    if (n < Lanes.LENGTH) {
      ScalarActivations.backward(f, slope, saved, savedAt, dy, dyAt, dx, dxAt, n, accumulate);
      return;
    }
    int done =
        switch (f) {
          case IDENTITY -> 0;
          case RELU -> reluBackward(saved, savedAt, dy, dyAt, dx, dxAt, n, accumulate);
          case LEAKY_RELU ->
              leakyReluBackward(slope, saved, savedAt, dy, dyAt, dx, dxAt, n, accumulate);
          case SIGMOID -> sigmoidBackward(saved, savedAt, dy, dyAt, dx, dxAt, n, accumulate);
          case TANH -> tanhBackward(saved, savedAt, dy, dyAt, dx, dxAt, n, accumulate);
          case GELU -> VectorNormal.geluBackward(saved, savedAt, dy, dyAt, dx, dxAt, n, accumulate);
          case SILU ->
              VectorSigmoids.siluBackward(saved, savedAt, dy, dyAt, dx, dxAt, n, accumulate);
        };
    if (done < n) {
      long from = 4L * done;
      ScalarActivations.backward(
          f, slope, saved, savedAt + from, dy, dyAt + from, dx, dxAt + from, n - done, accumulate);
    }
  }

  static int identity(
      MemorySegment z, long zAt, float bias, boolean keep, MemorySegment y, long yAt, int n) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, z, zAt + 4L * i, ORDER).add(bias);
      if (keep) {
        x.intoMemorySegment(z, zAt + 4L * i, ORDER);
      }
      FloatVector f = x;

      f.intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    return bound;
  }

  static int relu(
      MemorySegment z, long zAt, float bias, boolean keep, MemorySegment y, long yAt, int n) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, z, zAt + 4L * i, ORDER).add(bias);
      if (keep) {
        x.intoMemorySegment(z, zAt + 4L * i, ORDER);
      }
      FloatVector f = x.blend(0f, x.compare(LE, 0f));

      f.intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    return bound;
  }

  static int leakyRelu(
      float slope,
      MemorySegment z,
      long zAt,
      float bias,
      boolean keep,
      MemorySegment y,
      long yAt,
      int n) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, z, zAt + 4L * i, ORDER).add(bias);
      if (keep) {
        x.intoMemorySegment(z, zAt + 4L * i, ORDER);
      }
      FloatVector f = x.mul(slope).blend(x, x.compare(GT, 0f));

      f.intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    return bound;
  }

  static int reluBackward(
      MemorySegment saved,
      long savedAt,
      MemorySegment dy,
      long dyAt,
      MemorySegment dx,
      long dxAt,
      int n,
      boolean accumulate) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector s = FloatVector.fromMemorySegment(FLOATS, saved, savedAt + 4L * i, ORDER);
      FloatVector d = FloatVector.fromMemorySegment(FLOATS, dy, dyAt + 4L * i, ORDER);
      FloatVector g = d.blend(0f, s.compare(LE, 0f));

      if (accumulate) {
        FloatVector old = FloatVector.fromMemorySegment(FLOATS, dx, dxAt + 4L * i, ORDER);
        old.add(g).intoMemorySegment(dx, dxAt + 4L * i, ORDER);
      } else {
        g.intoMemorySegment(dx, dxAt + 4L * i, ORDER);
      }
    }
    return bound;
  }

  static int leakyReluBackward(
      float slope,
      MemorySegment saved,
      long savedAt,
      MemorySegment dy,
      long dyAt,
      MemorySegment dx,
      long dxAt,
      int n,
      boolean accumulate) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector s = FloatVector.fromMemorySegment(FLOATS, saved, savedAt + 4L * i, ORDER);
      FloatVector d = FloatVector.fromMemorySegment(FLOATS, dy, dyAt + 4L * i, ORDER);
      FloatVector g = d.mul(slope).blend(d, s.compare(GT, 0f));

      if (accumulate) {
        FloatVector old = FloatVector.fromMemorySegment(FLOATS, dx, dxAt + 4L * i, ORDER);
        old.add(g).intoMemorySegment(dx, dxAt + 4L * i, ORDER);
      } else {
        g.intoMemorySegment(dx, dxAt + 4L * i, ORDER);
      }
    }
    return bound;
  }

  static int sigmoidBackward(
      MemorySegment saved,
      long savedAt,
      MemorySegment dy,
      long dyAt,
      MemorySegment dx,
      long dxAt,
      int n,
      boolean accumulate) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector s = FloatVector.fromMemorySegment(FLOATS, saved, savedAt + 4L * i, ORDER);
      FloatVector d = FloatVector.fromMemorySegment(FLOATS, dy, dyAt + 4L * i, ORDER);
      FloatVector g = d.mul(s.lanewise(NEG).fma(s, s));

      if (accumulate) {
        FloatVector old = FloatVector.fromMemorySegment(FLOATS, dx, dxAt + 4L * i, ORDER);
        old.add(g).intoMemorySegment(dx, dxAt + 4L * i, ORDER);
      } else {
        g.intoMemorySegment(dx, dxAt + 4L * i, ORDER);
      }
    }
    return bound;
  }

  static int tanhBackward(
      MemorySegment saved,
      long savedAt,
      MemorySegment dy,
      long dyAt,
      MemorySegment dx,
      long dxAt,
      int n,
      boolean accumulate) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector s = FloatVector.fromMemorySegment(FLOATS, saved, savedAt + 4L * i, ORDER);
      FloatVector d = FloatVector.fromMemorySegment(FLOATS, dy, dyAt + 4L * i, ORDER);
      FloatVector g = d.mul(s.lanewise(NEG).fma(s, FloatVector.broadcast(FLOATS, 1f)));

      if (accumulate) {
        FloatVector old = FloatVector.fromMemorySegment(FLOATS, dx, dxAt + 4L * i, ORDER);
        old.add(g).intoMemorySegment(dx, dxAt + 4L * i, ORDER);
      } else {
        g.intoMemorySegment(dx, dxAt + 4L * i, ORDER);
      }
    }
    return bound;
  }
}
