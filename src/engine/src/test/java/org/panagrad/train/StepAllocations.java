package org.panagrad.train;

import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.dropout;
import static org.panagrad.nn.Layers.gelu;
import static org.panagrad.nn.Layers.relu;
import static org.panagrad.nn.Layers.residual;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.panagrad.data.Dataset;
import org.panagrad.nn.Network;
import org.panagrad.optim.Optimizers;

/** A program that trains and prints what a thousand steps allocate, a line per optimizer. */
final class StepAllocations {
  static final int STEPS = 1_000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long MOST_NANOS = 60_000_000_000L;

  private StepAllocations() {}

  /** Takes the bytes of all threads after the first step and after the last. */
  private static final class Counter implements StepListener {
    private final long[] workers =
        Thread.getAllStackTraces().keySet().stream()
            .filter(t -> t.getName().startsWith("panagrad-worker"))
            .mapToLong(Thread::threadId)
            .toArray();
    private int step;
    private long callerBytes;
    private long workerBytes;

    private long ofWorkers() {
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
        workerBytes = ofWorkers();
        callerBytes = THREADS.getCurrentThreadAllocatedBytes();
      } else if (step == STEPS + 1) {
        callerBytes = THREADS.getCurrentThreadAllocatedBytes() - callerBytes;
        workerBytes = ofWorkers() - workerBytes;
      }
    }
  }

  /** Prints optimizer, threads counted besides the caller, steps, caller's and workers' bytes. */
  public static void main(String[] optimizers) {
    for (String optimizer : optimizers) {
      for (int threads = 1; threads <= 2; threads++) {
        measure(optimizer, threads);
      }
    }
  }

  private static void measure(String optimizer, int threads) {
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
      // Until the compilers have been through it: interpreted, vectors and the calls of method
      // handles are objects. On a busy machine the compilers' queue takes many seconds, so the
      // bound
      // is one of time, and generous.
      long begin = System.nanoTime();
      do {
        counter = new Counter();
        session.epoch(counter);
      } while (counter.callerBytes + counter.workerBytes != 0
          && System.nanoTime() - begin < MOST_NANOS);
      System.out.println(
          optimizer
              + " "
              + counter.workers.length
              + " "
              + (counter.step - 1)
              + " "
              + counter.callerBytes
              + " "
              + counter.workerBytes);
    }
  }
}
