package org.panagrad.kernel;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.NEG;
import static org.panagrad.kernel.Lanes.FLOATS;
import static org.panagrad.kernel.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Backward of the activations over one row, a loop to each. */
final class VectorDerivatives {
  private VectorDerivatives() {}

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
    int done =
        switch (f) {
          case IDENTITY -> 0;
          case RELU -> relu(saved, savedAt, dy, dyAt, dx, dxAt, n, accumulate);
          case LEAKY_RELU -> leakyRelu(slope, saved, savedAt, dy, dyAt, dx, dxAt, n, accumulate);
          case SIGMOID -> sigmoid(saved, savedAt, dy, dyAt, dx, dxAt, n, accumulate);
          case TANH -> tanh(saved, savedAt, dy, dyAt, dx, dxAt, n, accumulate);
          case GELU -> gelu(saved, savedAt, dy, dyAt, dx, dxAt, n, accumulate);
          case SILU -> silu(saved, savedAt, dy, dyAt, dx, dxAt, n, accumulate);
        };
    if (done < n) {
      long from = 4L * done;
      ScalarActivations.backward(
          f, slope, saved, savedAt + from, dy, dyAt + from, dx, dxAt + from, n - done, accumulate);
    }
  }

  private static int relu(
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
      VectorRows.store(d.blend(0f, s.compare(LE, 0f)), dx, dxAt + 4L * i, accumulate);
    }
    return bound;
  }

  private static int leakyRelu(
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
      VectorRows.store(d.mul(slope).blend(d, s.compare(GT, 0f)), dx, dxAt + 4L * i, accumulate);
    }
    return bound;
  }

  private static int sigmoid(
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
      VectorRows.store(d.mul(s.lanewise(NEG).fma(s, s)), dx, dxAt + 4L * i, accumulate);
    }
    return bound;
  }

  private static int tanh(
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
      VectorRows.store(
          d.mul(s.lanewise(NEG).fma(s, FloatVector.broadcast(FLOATS, 1f))),
          dx,
          dxAt + 4L * i,
          accumulate);
    }
    return bound;
  }

  private static int gelu(
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
      VectorRows.store(d.mul(VectorMath.geluDerivative(s)), dx, dxAt + 4L * i, accumulate);
    }
    return bound;
  }

  private static int silu(
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
      VectorRows.store(d.mul(VectorMath.siluDerivative(s)), dx, dxAt + 4L * i, accumulate);
    }
    return bound;
  }
}
