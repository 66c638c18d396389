package org.panagrad.bench.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
import org.panagrad.kernel.ElementLoss;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.ScalarKernels;
import org.panagrad.kernel.VectorKernels;

/**
 * Every kernel on a hidden layer of 512 at batch 128, all of it in the second-level cache; the
 * counter {@code bytes} is in GB/s, read and written, to be held against {@code memoryCopy}'s. That
 * the kernels compute right is the tests' matter: vector and scalar ones give the same bits.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KernelBenchmark {
  private static final int ROWS = 512;
  private static final int COLS = 128;
  private static final int COUNT = ROWS * COLS;
  private static final long BYTES = (long) COUNT * Float.BYTES;

  @Param({"vector", "scalar"})
  public String kernelSet = "scalar";

  private Kernels kernels = new ScalarKernels();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment x = floats(1); // (ROWS, COLS)
  private final MemorySegment y = floats(2); // (ROWS, COLS)
  private final MemorySegment z = floats(3); // (ROWS, COLS)
  private final MemorySegment v = floats(4); // (ROWS, COLS)
  private final MemorySegment zeros = arena.allocate(ROWS * 4L, 64); // (ROWS)
  private final MemorySegment labels = arena.allocate(COLS * 4L, 64); // int32 (COLS)
  private double sink;

  /** Bytes read and written, which JMH divides by the time. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Rate {
    /** Per nanosecond: GB/s. */
    public long bytes;
  }

  private MemorySegment floats(long seed) {
    MemorySegment memory = arena.allocate(BYTES, 64);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < COUNT; i++) {
      memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(0.01, 1));
    }
    return memory;
  }

  @Setup
  public void choose() {
    kernels =
        switch (kernelSet) {
          case "vector" -> new VectorKernels();
          case "scalar" -> new ScalarKernels();
          default ->
              throw new IllegalArgumentException(
                  "kernelSet: expected vector or scalar, found " + kernelSet);
        };
    for (int i = 0; i < COLS; i++) {
      labels.setAtIndex(ValueLayout.JAVA_INT, i, i % ROWS);
    }
  }

  @TearDown
  public void close() {
    arena.close();
  }

  @Benchmark
  public double memoryCopy(Rate rate) {
    MemorySegment.copy(x, 0, y, 0, BYTES);
    rate.bytes += 2L * BYTES;
    return sink;
  }

  @Benchmark
  public double copy(Rate rate) {
    kernels.copy(x, 0, COLS, y, 0, COLS, ROWS, COLS, false);
    rate.bytes += 2L * BYTES;
    return sink;
  }

  @Benchmark
  public double copyAccumulating(Rate rate) {
    kernels.copy(x, 0, COLS, y, 0, COLS, ROWS, COLS, true);
    rate.bytes += 3L * BYTES;
    return sink;
  }

  @Benchmark
  public double add(Rate rate) {
    kernels.add(x, 0, COLS, y, 0, COLS, z, 0, COLS, ROWS, COLS);
    rate.bytes += 3L * BYTES;
    return sink;
  }

  @Benchmark
  public double biasActivateRelu(Rate rate) {
    kernels.biasActivate(Activation.RELU, 0.01f, x, 0, COLS, zeros, 0, x, 0, COLS, ROWS, COLS);
    rate.bytes += 2L * BYTES;
    return sink;
  }

  @Benchmark
  public double activateBackwardRelu(Rate rate) {
    kernels.activateBackward(
        Activation.RELU, 0.01f, x, 0, COLS, y, 0, COLS, z, 0, COLS, ROWS, COLS, false);
    rate.bytes += 3L * BYTES;
    return sink;
  }

  @Benchmark
  public double biasActivateLeakyRelu(Rate rate) {
    kernels.biasActivate(
        Activation.LEAKY_RELU, 0.01f, x, 0, COLS, zeros, 0, y, 0, COLS, ROWS, COLS);
    rate.bytes += 3L * BYTES;
    return sink;
  }

  @Benchmark
  public double activateBackwardLeakyRelu(Rate rate) {
    kernels.activateBackward(
        Activation.LEAKY_RELU, 0.01f, x, 0, COLS, y, 0, COLS, z, 0, COLS, ROWS, COLS, false);
    rate.bytes += 3L * BYTES;
    return sink;
  }

  @Benchmark
  public double biasActivateSigmoid(Rate rate) {
    kernels.biasActivate(Activation.SIGMOID, 0.01f, x, 0, COLS, zeros, 0, y, 0, COLS, ROWS, COLS);
    rate.bytes += 3L * BYTES;
    return sink;
  }

  @Benchmark
  public double activateBackwardSigmoid(Rate rate) {
    kernels.activateBackward(
        Activation.SIGMOID, 0.01f, x, 0, COLS, y, 0, COLS, z, 0, COLS, ROWS, COLS, false);
    rate.bytes += 3L * BYTES;
    return sink;
  }

  @Benchmark
  public double biasActivateTanh(Rate rate) {
    kernels.biasActivate(Activation.TANH, 0.01f, x, 0, COLS, zeros, 0, y, 0, COLS, ROWS, COLS);
    rate.bytes += 3L * BYTES;
    return sink;
  }

  @Benchmark
  public double activateBackwardTanh(Rate rate) {
    kernels.activateBackward(
        Activation.TANH, 0.01f, x, 0, COLS, y, 0, COLS, z, 0, COLS, ROWS, COLS, false);
    rate.bytes += 3L * BYTES;
    return sink;
  }

  @Benchmark
  public double biasActivateGelu(Rate rate) {
    kernels.biasActivate(Activation.GELU, 0.01f, x, 0, COLS, zeros, 0, y, 0, COLS, ROWS, COLS);
    rate.bytes += 3L * BYTES;
    return sink;
  }

  @Benchmark
  public double activateBackwardGelu(Rate rate) {
    kernels.activateBackward(
        Activation.GELU, 0.01f, x, 0, COLS, y, 0, COLS, z, 0, COLS, ROWS, COLS, false);
    rate.bytes += 3L * BYTES;
    return sink;
  }

  @Benchmark
  public double biasActivateSilu(Rate rate) {
    kernels.biasActivate(Activation.SILU, 0.01f, x, 0, COLS, zeros, 0, y, 0, COLS, ROWS, COLS);
    rate.bytes += 3L * BYTES;
    return sink;
  }

  @Benchmark
  public double activateBackwardSilu(Rate rate) {
    kernels.activateBackward(
        Activation.SILU, 0.01f, x, 0, COLS, y, 0, COLS, z, 0, COLS, ROWS, COLS, false);
    rate.bytes += 3L * BYTES;
    return sink;
  }

  @Benchmark
  public double activateTanh(Rate rate) {
    kernels.activate(Activation.TANH, 0, x, 0, COLS, y, 0, COLS, ROWS, COLS);
    rate.bytes += 2L * BYTES;
    return sink;
  }

  @Benchmark
  public double rowSums(Rate rate) {
    kernels.rowSums(x, 0, COLS, y, 0, ROWS, COLS, false);
    rate.bytes += 1L * BYTES;
    return sink;
  }

  @Benchmark
  public double dropout(Rate rate) {
    kernels.dropout(x, 0, COLS, y, 0, COLS, ROWS, COLS, 42, 0, COLS, 0.5f, false);
    rate.bytes += 2L * BYTES;
    return sink;
  }

  @Benchmark
  public double softmax(Rate rate) {
    kernels.softmax(x, 0, COLS, y, 0, COLS, ROWS, COLS);
    rate.bytes += 2L * BYTES;
    return sink;
  }

  @Benchmark
  public double softmaxCrossEntropy(Rate rate) {
    sink = kernels.softmaxCrossEntropy(x, 0, COLS, labels, 0, y, 0, COLS, ROWS, COLS, 1f);
    rate.bytes += 2L * BYTES;
    return sink;
  }

  @Benchmark
  public double softmaxCrossEntropyDense(Rate rate) {
    sink = kernels.softmaxCrossEntropyDense(x, 0, COLS, y, 0, COLS, z, 0, COLS, ROWS, COLS, 1f);
    rate.bytes += 3L * BYTES;
    return sink;
  }

  @Benchmark
  public double squaredLoss(Rate rate) {
    sink =
        kernels.elementLoss(
            ElementLoss.SQUARED, 1, x, 0, COLS, y, 0, COLS, z, 0, COLS, ROWS, COLS, 1f);
    rate.bytes += 3L * BYTES;
    return sink;
  }

  @Benchmark
  public double absoluteLoss(Rate rate) {
    sink =
        kernels.elementLoss(
            ElementLoss.ABSOLUTE, 1, x, 0, COLS, y, 0, COLS, z, 0, COLS, ROWS, COLS, 1f);
    rate.bytes += 3L * BYTES;
    return sink;
  }

  @Benchmark
  public double huberLoss(Rate rate) {
    sink =
        kernels.elementLoss(
            ElementLoss.HUBER, 1, x, 0, COLS, y, 0, COLS, z, 0, COLS, ROWS, COLS, 1f);
    rate.bytes += 3L * BYTES;
    return sink;
  }

  @Benchmark
  public double binaryCrossEntropyLoss(Rate rate) {
    sink =
        kernels.elementLoss(
            ElementLoss.BINARY_CROSS_ENTROPY,
            1,
            x,
            0,
            COLS,
            y,
            0,
            COLS,
            z,
            0,
            COLS,
            ROWS,
            COLS,
            1f);
    rate.bytes += 3L * BYTES;
    return sink;
  }

  @Benchmark
  public double countCorrect(Rate rate) {
    sink = kernels.countCorrect(x, 0, COLS, labels, 0, ROWS, COLS);
    rate.bytes += 1L * BYTES;
    return sink;
  }

  @Benchmark
  public double sgd(Rate rate) {
    kernels.sgd(y, 0, x, 0, COUNT, 1e-9f, 0);
    rate.bytes += 3L * BYTES;
    return sink;
  }

  @Benchmark
  public double momentum(Rate rate) {
    kernels.momentum(y, 0, x, 0, z, 0, COUNT, 1e-9f, 0.9f, false, 0);
    rate.bytes += 5L * BYTES;
    return sink;
  }

  @Benchmark
  public double rmsProp(Rate rate) {
    kernels.rmsProp(y, 0, x, 0, z, 0, COUNT, 1e-9f, 0.99, 1e-8f, 0);
    rate.bytes += 5L * BYTES;
    return sink;
  }

  @Benchmark
  public double adam(Rate rate) {
    kernels.adam(y, 0, x, 0, z, 0, v, 0, COUNT, 1e-9f, 0.9, 0.999, 1e-8f, 0, false, 1e-9f, 1);
    rate.bytes += 7L * BYTES;
    return sink;
  }

  @Benchmark
  public double allFinite(Rate rate) {
    if (!kernels.allFinite(x, 0, COUNT)) {
      throw new IllegalStateException("not finite");
    }
    rate.bytes += 1L * BYTES;
    return sink;
  }

  @Benchmark
  public double sumOfSquares(Rate rate) {
    sink = kernels.sumOfSquares(x, 0, COUNT);
    rate.bytes += 1L * BYTES;
    return sink;
  }

  @Benchmark
  public double bytesToFloats(Rate rate) {
    kernels.bytesToFloats(x, 0, y, 0, COUNT, 1f / 255, 0);
    rate.bytes += BYTES + COUNT;
    return sink;
  }
}
