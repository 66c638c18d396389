package org.panagrad.bench.kernel;

import java.lang.foreign.Arena;
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
import org.panagrad.kernel.KernelSets;
import org.panagrad.kernel.PanelCopies;

/**
 * The copies into panels that products are made of on processors without AVX-512, of as many
 * columns or rows and terms as a block has; {@code bytes} as in {@link KernelBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PanelCopyBenchmark {
  private static final int MOST = 320;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

  @Param({"64", "320"})
  public int count = MOST;

  @Param({"64", "320"})
  public int terms = MOST;

  private final PanelCopies copies = KernelSets.panelCopies();
  private final Arena arena = Arena.ofShared();
  private final long from = arena.allocate(4L * MOST * MOST, 64).address();
  private final long to = arena.allocate(4L * MOST * MOST, 64).address();

  /** Until they are compiled: before, nothing is copied. */
  @Setup
  public void warmUp() {
    long end = System.nanoTime() + PATIENCE;
    while (columns(false) + columns(true) + rows(false) + rows(true) < 4 * count) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "nothing is copied after 30 s; expected vectors of 256 bits, and the module"
                + " jdk.incubator.vector");
      }
    }
  }

  @TearDown
  public void close() {
    arena.close();
  }

  @Benchmark
  public int columns(KernelBenchmark.Rate rate) {
    return counted(rate, columns(false));
  }

  @Benchmark
  public int columnsTransposed(KernelBenchmark.Rate rate) {
    return counted(rate, columns(true));
  }

  @Benchmark
  public int rows(KernelBenchmark.Rate rate) {
    return counted(rate, rows(false));
  }

  @Benchmark
  public int rowsTransposed(KernelBenchmark.Rate rate) {
    return counted(rate, rows(true));
  }

  private int columns(boolean isTransposed) {
    return copies.columns(isTransposed, count, terms, from, isTransposed ? terms : count, to);
  }

  private int rows(boolean isTransposed) {
    return copies.rows(isTransposed, count, terms, from, isTransposed ? count : terms, to);
  }

  private int counted(KernelBenchmark.Rate rate, int copied) {
    rate.bytes += 2L * Float.BYTES * copied * terms;
    return copied;
  }
}
