package org.panagrad.bench.product;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.panagrad.bench.contender.Workload;
import org.panagrad.blas.Matrix;
import org.panagrad.blas.NativeBlas;

/**
 * Every product of the workloads A to E (F has B's), whole, on one thread; the counter {@code
 * flops} is in GFLOP/s. Activations lie row-major or feature-major, the weight as (out, in).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class ProductBenchmark {
  @Param({
    "A forward 0",
    "A weightGradient 0",
    "A forward 1",
    "A inputGradient 1",
    "A weightGradient 1",
    "B forward 0",
    "B weightGradient 0",
    "B forward 1",
    "B inputGradient 1",
    "B weightGradient 1",
    "B forward 2",
    "B inputGradient 2",
    "B weightGradient 2",
    "C forward 0",
    "C weightGradient 0",
    "C forward 1",
    "C inputGradient 1",
    "C weightGradient 1",
    "C forward 2",
    "C inputGradient 2",
    "C weightGradient 2",
    "D forward 0",
    "D weightGradient 0",
    "D forward 1",
    "D inputGradient 1",
    "D weightGradient 1",
    "D forward 2",
    "D inputGradient 2",
    "D weightGradient 2",
    "E forward 0",
    "E weightGradient 0",
    "E forward 1",
    "E inputGradient 1",
    "E weightGradient 1",
    "E forward 2",
    "E inputGradient 2",
    "E weightGradient 2"
  })
  public String product = "A forward 0";

  @Param({"row", "feature"})
  public String major = "row";

  private final Arena arena = Arena.ofShared();
  private final NativeBlas blas = NativeBlas.load();
  private @Nullable Operands operands;

  /** Floating-point operations, which JMH divides by the time. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Rate {
    /** Per nanosecond: GFLOP/s. */
    public long flops;
  }

  /** c (m, n) = op(a) op(b), summed over k. */
  private record Operands(
      boolean transA, boolean transB, int m, int n, int k, Matrix a, Matrix b, Matrix c) {}

  @Setup
  public void allocate() {
    String[] words = product.split(" ", -1);
    Workload w = Workload.valueOf(words[0]);
    int layer = Integer.parseInt(words[2]);
    int batch = w.batch();
    int in = w.in(layer);
    int out = w.out(layer);
    boolean byFeature = major.equals("feature");
    Matrix weight = random(out, in);
    Matrix x = byFeature ? random(in, batch) : random(batch, in);
    Matrix y = byFeature ? random(out, batch) : random(batch, out);
    operands =
        switch (words[1]) {
          case "forward" ->
              byFeature
                  ? new Operands(false, false, out, batch, in, weight, x, y)
                  : new Operands(false, true, batch, out, in, x, weight, y);
          case "inputGradient" ->
              byFeature
                  ? new Operands(true, false, in, batch, out, weight, y, x)
                  : new Operands(false, false, batch, in, out, y, weight, x);
          case "weightGradient" ->
              byFeature
                  ? new Operands(false, true, out, in, batch, y, x, weight)
                  : new Operands(true, false, out, in, batch, y, x, weight);
          default -> throw new IllegalArgumentException(product);
        };
    check();
  }

  private Matrix random(int rows, int cols) {
    MemorySegment memory = arena.allocate((long) rows * cols * Float.BYTES, 64);
    SplittableRandom random = new SplittableRandom(rows * 31L + cols);
    for (long i = 0; i < (long) rows * cols; i++) {
      memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-1, 1));
    }
    return Matrix.of(memory, 0, rows, cols, cols);
  }

  /** The last element against a sum in double. */
  private void check() {
    Operands o = operands();
    run();
    double expected = 0;
    for (int i = 0; i < o.k; i++) {
      float left = o.transA ? o.a.get(i, o.m - 1) : o.a.get(o.m - 1, i);
      float right = o.transB ? o.b.get(o.n - 1, i) : o.b.get(i, o.n - 1);
      expected += (double) left * right;
    }
    float found = o.c.get(o.m - 1, o.n - 1);
    if (!(Math.abs(found - expected) <= 1e-5 * o.k)) {
      throw new IllegalStateException(product + ": found " + found + ", expected " + expected);
    }
  }

  private Operands operands() {
    Operands o = operands;
    if (o == null) {
      throw new IllegalStateException("not set up");
    }
    return o;
  }

  private void run() {
    Operands o = operands();
    blas.sgemm(o.transA, o.transB, o.m, o.n, o.k, 1, o.a, o.b, 0, o.c);
  }

  @Benchmark
  public void sgemm(Rate rate) {
    run();
    Operands o = operands();
    rate.flops += 2L * o.m * o.n * o.k;
  }

  @TearDown
  public void close() {
    arena.close();
  }
}
