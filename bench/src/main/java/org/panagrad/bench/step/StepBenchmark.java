package org.panagrad.bench.step;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.panagrad.bench.problem.Problem;
import org.panagrad.data.Dataset;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/**
 * One training step, its rows read in place, for the workloads A to F of bench/README.md. With
 * {@code -prof gc}, gc.alloc.rate.norm is the Java heap a step allocates.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class StepBenchmark {
  private static final int BATCHES = 4;

  @Param({"A", "B", "C", "D", "E", "F"})
  public String workload = "A";

  @Param({"1", "2"})
  public int threads = 1;

  /** What has run in the process before: nothing, or {@link OtherCode}. */
  @Param({"nothing", "arrays"})
  public String before = "nothing";

  private @Nullable Dataset data;
  private @Nullable TrainingSession session;

  /** Opens the session on rows of uniform noise. */
  @Setup
  public void open() {
    switch (before) {
      case "nothing" -> {}
      case "arrays" -> OtherCode.run();
      default ->
          throw new IllegalArgumentException("before: expected nothing or arrays, found " + before);
    }
    Problem problem = Problem.of(Workload.valueOf(workload));
    data = problem.noise(BATCHES * problem.batch());
    session =
        TrainingSession.open(
            problem.network(),
            data,
            TrainingOptions.defaults()
                .loss(problem.loss())
                .optimizer(problem.optimizer())
                .batchSize(problem.batch())
                .shuffle(false)
                .threads(threads)
                .partitions(2));
  }

  /** One step; the loss is returned so that nothing is left out. */
  @Benchmark
  public double step() {
    TrainingSession open = session;
    if (open == null) {
      throw new IllegalStateException("not set up");
    }
    return open.step();
  }

  /** Frees the native memory. */
  @TearDown
  public void close() {
    if (session != null) {
      session.close();
    }
    if (data != null) {
      data.close();
    }
  }
}
