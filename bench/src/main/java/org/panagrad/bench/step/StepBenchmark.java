package org.panagrad.bench.step;

import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

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
import org.panagrad.data.Dataset;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.Sgd;
import org.panagrad.random.SeededRandom;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/**
 * One training step, the copying of the mini-batch included, for the workloads A to F of
 * docs/performance.md. With {@code -prof gc}, gc.alloc.rate.norm is the Java heap a step allocates.
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

  private @Nullable Dataset data;
  private @Nullable TrainingSession session;

  /** Opens the session on rows of uniform noise. */
  @Setup
  public void open() {
    Network network =
        switch (workload) {
          case "A" -> Network.of(784, dense(128), relu(), dense(10));
          case "B", "C", "F" -> Network.of(784, dense(512), relu(), dense(256), relu(), dense(10));
          case "D" -> Network.of(784, dense(2048), relu(), dense(2048), relu(), dense(10));
          case "E" -> Network.of(64, dense(64), relu(), dense(64), relu(), dense(1));
          default -> throw new IllegalArgumentException(workload);
        };
    int batchSize =
        switch (workload) {
          case "A" -> 32;
          case "C" -> 1024;
          case "D" -> 256;
          case "E" -> 64;
          default -> 128;
        };
    Optimizer optimizer = workload.equals("F") ? new Adam(1e-3f) : new Sgd(1e-3f);
    data = noise(network.inputs(), network.outputs(), BATCHES * batchSize);
    session =
        TrainingSession.open(
            network,
            data,
            TrainingOptions.defaults()
                .loss(workload.equals("E") ? Losses.meanSquaredError() : Losses.crossEntropy())
                .optimizer(optimizer)
                .batchSize(batchSize)
                .shuffle(false)
                .threads(threads)
                .partitions(2));
  }

  private static Dataset noise(int inputs, int outputs, int rows) {
    SeededRandom random = SeededRandom.of(1);
    float[][] features = new float[rows][inputs];
    for (float[] row : features) {
      for (int i = 0; i < inputs; i++) {
        row[i] = random.nextFloat();
      }
    }
    if (outputs == 1) {
      float[][] targets = new float[rows][1];
      for (float[] target : targets) {
        target[0] = random.nextFloat();
      }
      return Dataset.ofValues("noise", features, targets);
    }
    int[] labels = new int[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = random.nextInt(outputs);
    }
    return Dataset.ofClasses("noise", features, labels, outputs);
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
