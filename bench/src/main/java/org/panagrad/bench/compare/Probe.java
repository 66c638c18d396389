package org.panagrad.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Watches the machine: fixed arithmetic on all processors at once. Where it takes long, somebody
 * else has the processors, and what is measured then is not a contender.
 */
public final class Probe implements AutoCloseable {
  private static final int STEPS = 6_000_000;
  private static final double ALLOWED = 1.10;

  private final int processors = Runtime.getRuntime().availableProcessors();
  private final ExecutorService pool = Executors.newFixedThreadPool(processors);
  private double best = Double.POSITIVE_INFINITY;

  /** Learns what the machine gives when it is quiet. */
  public Probe() {
    for (int i = 0; i < 30; i++) {
      nanos();
    }
  }

  /** Whether the machine gives us all it has given before, within a tenth. */
  public boolean quiet() {
    return nanos() <= ALLOWED * best;
  }

  /** The fastest so far, milliseconds. */
  double bestMilliseconds() {
    return best / 1e6;
  }

  private double nanos() {
    List<Future<Long>> runs = new ArrayList<>();
    for (int i = 0; i < processors; i++) {
      runs.add(pool.submit(this::arithmetic));
    }
    double slowest = 0;
    try {
      for (Future<Long> run : runs) {
        slowest = Math.max(slowest, run.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ContenderException("interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    best = Math.min(best, slowest);
    return slowest;
  }

  /** Four chains of multiply-adds: as good as no memory is touched. */
  private long arithmetic() {
    long begin = System.nanoTime();
    double a = 1, b = 2, c = 3, d = 4;
    for (int i = 0; i < STEPS; i++) {
      a = a * 0.999 + 0.001;
      b = b * 0.999 + 0.001;
      c = c * 0.999 + 0.001;
      d = d * 0.999 + 0.001;
    }
    if (!(a + b + c + d >= 3.9)) {
      throw new IllegalStateException("the probe computed " + (a + b + c + d));
    }
    return System.nanoTime() - begin;
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
