package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.dropout;
import static org.panagrad.nn.Layers.gelu;
import static org.panagrad.nn.Layers.relu;
import static org.panagrad.nn.Layers.residual;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.panagrad.data.Dataset;
import org.panagrad.nn.Network;
import org.panagrad.optim.Optimizers;

/** A training step allocates nothing on the heap, on no thread. */
class ZeroAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int STEPS = 1_000;

  /** Counts the caller's bytes over the last steps of an epoch, allocating nothing itself. */
  private static final class Counter implements StepListener {
    private final long[] workers;
    private int step;
    private long callerBytes;
    private long workerBytes;

    Counter() {
      this.workers =
          Thread.getAllStackTraces().keySet().stream()
              .filter(t -> t.getName().startsWith("panagrad-worker"))
              .mapToLong(Thread::threadId)
              .toArray();
    }

    private long workers() {
      long bytes = 0;
      for (long id : workers) {
        bytes += THREADS.getThreadAllocatedBytes(id);
      }
      return bytes;
    }

    @Override
    public void step(int examplesDone, int examples, double lossSoFar, double accuracySoFar) {
      step++;
      if (step == 1) {
        workerBytes = workers();
        callerBytes = THREADS.getCurrentThreadAllocatedBytes();
      } else if (step == STEPS + 1) {
        callerBytes = THREADS.getCurrentThreadAllocatedBytes() - callerBytes;
        workerBytes = workers() - workerBytes;
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"sgd, 1", "sgd, 2", "momentum, 2", "rmsprop, 2", "adam, 1", "adam, 2", "adamw, 2"})
  void trainingStepsAllocateNothing(String optimizer, int threads) {
    Network network =
        Network.of(
            20, dense(64), relu(), dropout(0.2f), residual(dense(64), gelu()), dense(40), dense(5));
    try (Dataset data = Problems.clouds(4 * (STEPS + 1), 20, 5, 1);
        TrainingSession session =
            TrainingSession.open(
                network,
                data,
                TrainingOptions.defaults()
                    .optimizer(Optimizers.byName(optimizer, 1e-3f, 0.9f, 0.01f))
                    .batchSize(4)
                    .threads(threads)
                    .partitions(4))) {
      Counter counter = new Counter();
      // Until the compilers have been through it: interpreted, a call of a method handle boxes.
      for (int epoch = 0; epoch < 60; epoch++) {
        counter = new Counter();
        session.epoch(counter);
        if (epoch > 10 && counter.callerBytes == 0 && counter.workerBytes == 0) {
          break;
        }
      }
      assertEquals(STEPS + 1, counter.step);
      assertEquals(threads - 1, counter.workers.length);
      assertEquals(
          List.of(0L, 0L),
          List.of(counter.callerBytes, counter.workerBytes),
          "bytes over " + STEPS + " steps on the caller and on the workers");
    }
  }
}
