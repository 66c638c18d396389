package org.panagrad.bench.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.panagrad.kernel.Activation;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.ScalarKernels;
import org.panagrad.kernel.VectorKernels;

/** Bias and activation in one pass over a hidden layer of 512 at batch 128. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ActivationBenchmark {
  private static final int FEATURES = 512;
  private static final int BATCH = 128;
  private static final long ALIGNMENT = 64;

  @Param({"RELU", "TANH", "GELU"})
  public Activation activation = Activation.RELU;

  @Param({"vector", "scalar"})
  public String kernelSet = "scalar";

  private Kernels kernels = new ScalarKernels();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment z = floats(FEATURES * BATCH); // (features, batch)
  private final MemorySegment y = floats(FEATURES * BATCH); // (features, batch)
  private final MemorySegment bias = floats(FEATURES); // (features), zero: z stays as it is

  private MemorySegment floats(int count) {
    return arena.allocate((long) count * Float.BYTES, ALIGNMENT);
  }

  /** A benchmark of a wrong answer is worth nothing, so one pass is compared with double. */
  @Setup
  public void fillAndCheck() {
    kernels =
        switch (kernelSet) {
          case "vector" -> new VectorKernels();
          case "scalar" -> new ScalarKernels();
          default ->
              throw new IllegalArgumentException(
                  "kernelSet: expected vector or scalar, found " + kernelSet);
        };
    for (int i = 0; i < FEATURES * BATCH; i++) {
      z.setAtIndex(ValueLayout.JAVA_FLOAT, i, (i % 1024 - 512) / 128f);
    }
    biasActivate();
    for (int i = 0; i < FEATURES * BATCH; i++) {
      double expected = expected(z.getAtIndex(ValueLayout.JAVA_FLOAT, i));
      float found = y.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      if (!(Math.abs(found - expected) <= 1e-5)) {
        throw new IllegalStateException(
            "%s at element %d: expected %s, found %s".formatted(activation, i, expected, found));
      }
    }
  }

  private double expected(double z) {
    return switch (activation) {
      case RELU -> Math.max(z, 0);
      case TANH -> Math.tanh(z);
      case GELU -> z * normalDistribution(z);
      case IDENTITY, LEAKY_RELU, SIGMOID, SILU ->
          throw new IllegalArgumentException("no reference for " + activation + " here; add one");
    };
  }

  /** Phi(z) by its Taylor series about 0, which converges fast for |z| below 5. */
  private static double normalDistribution(double z) {
    double term = z;
    double sum = z;
    for (int k = 1; k < 100; k++) {
      term *= -z * z / (2 * k);
      sum += term / (2 * k + 1);
    }
    return 0.5 + sum / Math.sqrt(2 * Math.PI);
  }

  @TearDown
  public void close() {
    arena.close();
  }

  @Benchmark
  public MemorySegment biasActivate() {
    kernels.biasActivate(activation, 0f, z, 0, BATCH, bias, 0, y, 0, BATCH, FEATURES, BATCH);
    return y;
  }
}
