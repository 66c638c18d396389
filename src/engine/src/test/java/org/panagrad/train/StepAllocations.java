package org.panagrad.train;

import static org.panagrad.nn.Layers.batchNorm;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.dropout;
import static org.panagrad.nn.Layers.gelu;
import static org.panagrad.nn.Layers.layerNorm;
import static org.panagrad.nn.Layers.relu;
import static org.panagrad.nn.Layers.residual;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.panagrad.data.Dataset;
import org.panagrad.data.RecordFile;
import org.panagrad.data.RecordWriter;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;
import org.panagrad.optim.CosineDecay;
import org.panagrad.optim.Momentum;
import org.panagrad.optim.OneCycle;
import org.panagrad.optim.Optimizers;
import org.panagrad.optim.Penalties;
import org.panagrad.optim.ReduceOnPlateau;
import org.panagrad.optim.Sgd;
import org.panagrad.optim.StepDecay;

/** A program that trains and prints what a thousand steps allocate, a line per optimizer. */
final class StepAllocations {
  static final int STEPS = 1_000;

  // More steps to an epoch than are counted: what reads ahead is then not in the next one, whose
  // order takes an object or two.
  private static final int STEPS_OF_EPOCH = STEPS + 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long MOST_NANOS = 60_000_000_000L;

  private StepAllocations() {}

  /** Takes the bytes of all threads after the first step and after the last. */
  private static final class Counter implements StepListener {
    private final long[] workers =
        Thread.getAllStackTraces().keySet().stream()
            .filter(
                t ->
                    t.getName().startsWith("panagrad-worker")
                        || t.getName().equals("panagrad-reader"))
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

  /** Plain SGD on rows that stay in a file, which a thread reads ahead: it is counted too. */
  static final String IN_FILE = "infile";

  /** Plain SGD on a weight so large that its gradients go through it once. */
  static final String LARGE = "large";

  /** Prints name, threads counted besides the caller, steps, caller's and others' bytes. */
  public static void main(String[] names) throws IOException {
    for (String name : names) {
      for (int threads = 1; threads <= 2; threads++) {
        boolean large = name.equals(LARGE);
        int batch = large ? 16 : 4;
        TrainingOptions options =
            options(name).batchSize(batch).threads(threads).partitions(large ? 2 : 4);
        int rows = batch * STEPS_OF_EPOCH * options.accumulate();
        try (Dataset data = Problems.clouds(rows, 20, 5, 1)) {
          if (name.equals(IN_FILE)) {
            measureMapped(data, options);
          } else {
            measure(name, data, options);
          }
        }
      }
    }
  }

  private static void measureMapped(Dataset data, TrainingOptions options) throws IOException {
    Path file = Files.createTempFile("panagrad-rows", ".pgd");
    try {
      RecordWriter.write(file, data.stream());
      try (Dataset stored = RecordFile.inFile(file)) {
        measure(IN_FILE, stored, options);
      }
    } finally {
      Files.delete(file);
    }
  }

  private static TrainingOptions options(String name) {
    TrainingOptions options = TrainingOptions.defaults();
    return switch (name) {
      case "norm" ->
          options
              .optimizer(new Momentum(1e-3f, 0.9f, false, 0.01f))
              .schedule(new CosineDecay(100, 1_000_000, 0))
              .clipNorm(0.1f);
      case "value" ->
          options.optimizer(new Adam(1e-3f)).schedule(new OneCycle(1_000_000)).clipValue(0.01f);
      case "gathered" ->
          options
              .optimizer(new Sgd(1e-3f))
              .schedule(new ReduceOnPlateau())
              .accumulate(3)
              .clipNorm(0.1f);
      case "penalized" ->
          options
              .optimizer(new Momentum(1e-3f, 0.9f, true, 0.01f))
              .schedule(new StepDecay(100, 0.99))
              .penalties(new Penalties(1e-4f, true, false));
      case IN_FILE -> options;
      case LARGE -> options.optimizer(new Sgd(1e-3f));
      default -> options.optimizer(Optimizers.byName(name, 1e-3f, 0.9f, 0.01f));
    };
  }

  private static Network network(String name) {
    return name.equals(LARGE)
        ? Network.of(20, dense(1100), relu(), dense(1000), relu(), dense(5))
        : Network.of(
            20,
            dense(64),
            batchNorm(),
            relu(),
            dropout(0.2f),
            residual(dense(64), gelu()),
            dense(40),
            layerNorm(),
            dense(5));
  }

  private static void measure(String name, Dataset data, TrainingOptions options) {
    try (TrainingSession session = TrainingSession.open(network(name), data, options)) {
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
          name
              + " "
              + counter.workers.length
              + " "
              + Math.min(STEPS, counter.step - 1)
              + " "
              + counter.callerBytes
              + " "
              + counter.workerBytes);
    }
  }
}
