package org.panagrad.kernel;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static org.panagrad.kernel.Lanes.FLOATS;
import static org.panagrad.kernel.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Activations over one row, a loop to each so that each is compiled on its own. */
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
    int done =
        switch (f) {
          case IDENTITY -> identity(z, zAt, bias, keep, y, yAt, n);
          case RELU -> relu(z, zAt, bias, keep, y, yAt, n);
          case LEAKY_RELU -> leakyRelu(slope, z, zAt, bias, keep, y, yAt, n);
          case SIGMOID -> sigmoid(z, zAt, bias, keep, y, yAt, n);
          case TANH -> tanh(z, zAt, bias, keep, y, yAt, n);
          case GELU -> gelu(z, zAt, bias, keep, y, yAt, n);
          case SILU -> silu(z, zAt, bias, keep, y, yAt, n);
        };
    if (done < n) {
      long from = 4L * done;
      ScalarActivations.forward(f, slope, z, zAt + from, bias, keep, y, yAt + from, n - done);
    }
  }

  private static int identity(
      MemorySegment z, long zAt, float bias, boolean keep, MemorySegment y, long yAt, int n) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = biased(z, zAt + 4L * i, bias, keep);
      x.intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    return bound;
  }

  private static int relu(
      MemorySegment z, long zAt, float bias, boolean keep, MemorySegment y, long yAt, int n) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = biased(z, zAt + 4L * i, bias, keep);
      x.blend(0f, x.compare(LE, 0f)).intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    return bound;
  }

  private static int leakyRelu(
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
      FloatVector x = biased(z, zAt + 4L * i, bias, keep);
      x.mul(slope).blend(x, x.compare(GT, 0f)).intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    return bound;
  }

  private static int sigmoid(
      MemorySegment z, long zAt, float bias, boolean keep, MemorySegment y, long yAt, int n) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = biased(z, zAt + 4L * i, bias, keep);
      VectorMath.sigmoid(x).intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    return bound;
  }

  private static int tanh(
      MemorySegment z, long zAt, float bias, boolean keep, MemorySegment y, long yAt, int n) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = biased(z, zAt + 4L * i, bias, keep);
      VectorMath.tanh(x).intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    return bound;
  }

  private static int gelu(
      MemorySegment z, long zAt, float bias, boolean keep, MemorySegment y, long yAt, int n) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = biased(z, zAt + 4L * i, bias, keep);
      VectorMath.gelu(x).intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    return bound;
  }

  private static int silu(
      MemorySegment z, long zAt, float bias, boolean keep, MemorySegment y, long yAt, int n) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = biased(z, zAt + 4L * i, bias, keep);
      VectorMath.silu(x).intoMemorySegment(y, yAt + 4L * i, ORDER);
    }
    return bound;
  }

  private static FloatVector biased(MemorySegment z, long at, float bias, boolean keep) {
    FloatVector x = FloatVector.fromMemorySegment(FLOATS, z, at, ORDER).add(bias);
    if (keep) {
      x.intoMemorySegment(z, at, ORDER);
    }
    return x;
  }
}
