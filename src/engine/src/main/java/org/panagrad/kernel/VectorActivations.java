package org.panagrad.kernel;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.NEG;
import static org.panagrad.kernel.Lanes.FLOATS;
import static org.panagrad.kernel.Lanes.ORDER;
import static org.panagrad.kernel.OffHeap.ALL;

import jdk.incubator.vector.FloatVector;

/** The activations and their derivatives over one row: the cheap ones, and the choice of one. */
final class VectorActivations {
  private VectorActivations() {}

  static void forward(Activation f, float slope, long z, float bias, boolean keep, long y, int n) {
    int done =
        switch (f) {
          case IDENTITY -> identity(z, bias, keep, y, n);
          case RELU -> relu(z, bias, keep, y, n);
          case LEAKY_RELU -> leakyRelu(slope, z, bias, keep, y, n);
          case SIGMOID -> VectorSigmoids.sigmoid(z, bias, keep, y, n);
          case TANH -> VectorSigmoids.tanh(z, bias, keep, y, n);
          case GELU -> VectorNormal.gelu(z, bias, keep, y, n);
          case SILU -> VectorSigmoids.silu(z, bias, keep, y, n);
        };
    if (done < n) {
      long from = 4L * done;
      ScalarActivations.forward(f, slope, z + from, bias, keep, y + from, n - done);
    }
  }

  static void backward(
      Activation f, float slope, long saved, long dy, long dx, int n, boolean accumulate) {
    int done =
        switch (f) {
          case IDENTITY -> 0;
          case RELU -> reluBackward(saved, dy, dx, n, accumulate);
          case LEAKY_RELU -> leakyReluBackward(slope, saved, dy, dx, n, accumulate);
          case SIGMOID -> sigmoidBackward(saved, dy, dx, n, accumulate);
          case TANH -> tanhBackward(saved, dy, dx, n, accumulate);
          case GELU -> VectorNormal.geluBackward(saved, dy, dx, n, accumulate);
          case SILU -> VectorSigmoids.siluBackward(saved, dy, dx, n, accumulate);
        };
    if (done < n) {
      long from = 4L * done;
      ScalarActivations.backward(
          f, slope, saved + from, dy + from, dx + from, n - done, accumulate);
    }
  }

  static int identity(long z, float bias, boolean keep, long y, int n) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, z + 4L * i, ORDER).add(bias);
      if (keep) {
        x.intoMemorySegment(ALL, z + 4L * i, ORDER);
      }
      FloatVector f = x;

      f.intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    return bound;
  }

  static int relu(long z, float bias, boolean keep, long y, int n) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, z + 4L * i, ORDER).add(bias);
      if (keep) {
        x.intoMemorySegment(ALL, z + 4L * i, ORDER);
      }
      FloatVector f = x.blend(0f, x.compare(LE, 0f));

      f.intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    return bound;
  }

  static int leakyRelu(float slope, long z, float bias, boolean keep, long y, int n) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector x = FloatVector.fromMemorySegment(FLOATS, ALL, z + 4L * i, ORDER).add(bias);
      if (keep) {
        x.intoMemorySegment(ALL, z + 4L * i, ORDER);
      }
      FloatVector f = x.mul(slope).blend(x, x.compare(GT, 0f));

      f.intoMemorySegment(ALL, y + 4L * i, ORDER);
    }
    return bound;
  }

  static int reluBackward(long saved, long dy, long dx, int n, boolean accumulate) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector s = FloatVector.fromMemorySegment(FLOATS, ALL, saved + 4L * i, ORDER);
      FloatVector d = FloatVector.fromMemorySegment(FLOATS, ALL, dy + 4L * i, ORDER);
      FloatVector g = d.blend(0f, s.compare(LE, 0f));

      if (accumulate) {
        FloatVector old = FloatVector.fromMemorySegment(FLOATS, ALL, dx + 4L * i, ORDER);
        old.add(g).intoMemorySegment(ALL, dx + 4L * i, ORDER);
      } else {
        g.intoMemorySegment(ALL, dx + 4L * i, ORDER);
      }
    }
    return bound;
  }

  static int leakyReluBackward(
      float slope, long saved, long dy, long dx, int n, boolean accumulate) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector s = FloatVector.fromMemorySegment(FLOATS, ALL, saved + 4L * i, ORDER);
      FloatVector d = FloatVector.fromMemorySegment(FLOATS, ALL, dy + 4L * i, ORDER);
      FloatVector g = d.mul(slope).blend(d, s.compare(GT, 0f));

      if (accumulate) {
        FloatVector old = FloatVector.fromMemorySegment(FLOATS, ALL, dx + 4L * i, ORDER);
        old.add(g).intoMemorySegment(ALL, dx + 4L * i, ORDER);
      } else {
        g.intoMemorySegment(ALL, dx + 4L * i, ORDER);
      }
    }
    return bound;
  }

  static int sigmoidBackward(long saved, long dy, long dx, int n, boolean accumulate) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector s = FloatVector.fromMemorySegment(FLOATS, ALL, saved + 4L * i, ORDER);
      FloatVector d = FloatVector.fromMemorySegment(FLOATS, ALL, dy + 4L * i, ORDER);
      FloatVector g = d.mul(s.lanewise(NEG).fma(s, s));

      if (accumulate) {
        FloatVector old = FloatVector.fromMemorySegment(FLOATS, ALL, dx + 4L * i, ORDER);
        old.add(g).intoMemorySegment(ALL, dx + 4L * i, ORDER);
      } else {
        g.intoMemorySegment(ALL, dx + 4L * i, ORDER);
      }
    }
    return bound;
  }

  static int tanhBackward(long saved, long dy, long dx, int n, boolean accumulate) {
    int bound = FLOATS.loopBound(n);
    for (int i = 0; i < bound; i += Lanes.LENGTH) {
      FloatVector s = FloatVector.fromMemorySegment(FLOATS, ALL, saved + 4L * i, ORDER);
      FloatVector d = FloatVector.fromMemorySegment(FLOATS, ALL, dy + 4L * i, ORDER);
      FloatVector g = d.mul(s.lanewise(NEG).fma(s, FloatVector.broadcast(FLOATS, 1f)));

      if (accumulate) {
        FloatVector old = FloatVector.fromMemorySegment(FLOATS, ALL, dx + 4L * i, ORDER);
        old.add(g).intoMemorySegment(ALL, dx + 4L * i, ORDER);
      } else {
        g.intoMemorySegment(ALL, dx + 4L * i, ORDER);
      }
    }
    return bound;
  }
}
