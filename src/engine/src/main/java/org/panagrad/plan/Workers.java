package org.panagrad.plan;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.ProductThreads;

/**
 * A fixed set of platform threads that run programs, the caller being one of them.
 *
 * <p>Between phases the threads meet at a spinning barrier: a phase lasts microseconds, parking
 * costs tens of them. A thread that has waited long yields, and between runs it parks. With more
 * threads than processors nobody spins.
 *
 * <p>A short program's runs are the caller's alone as long as that is faster, which is tried now
 * and then ({@link Pace}).
 *
 * <p>One program runs at a time: a second caller waits. A tile that throws ends the run: the other
 * threads finish the phase they are in, nothing more is started, and the caller is thrown the first
 * failure.
 */
public final class Workers implements AutoCloseable {
  private static final int SPINS = 2_000;
  private static final int YIELDS = 200;

  private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);
  // Each counter has two cache lines to itself, as the prefetcher takes them in pairs.
  private static final int ARRIVED = 32;
  private static final int GENERATION = 64;
  private static final int RUN = 96;

  private final ProductThreads products;
  private final int[] counters = new int[128];
  private final int threads;
  private final int spins;
  private final Thread[] workers;
  private final boolean[] parked;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private @Nullable Program program;
  private @Nullable RunState state;
  private boolean closed;

  /**
   * Starts {@code threads - 1} threads.
   *
   * @param name for the threads' names
   * @param wanted at least 1, the caller's included; more than {@link ProductThreads#MOST} are as
   *     many as these, as no more may be in products at once
   */
  public Workers(String name, int wanted) {
    if (wanted < 1) {
      throw new IllegalArgumentException(wanted + " threads: expected 1 or more");
    }
    int threads = Math.min(wanted, ProductThreads.MOST);
    this.threads = threads;
    this.spins = threads <= Runtime.getRuntime().availableProcessors() ? SPINS : 0;
    this.parked = new boolean[threads];
    this.workers = new Thread[threads - 1];
    for (int i = 1; i < threads; i++) {
      int index = i;
      Thread worker =
          new Thread(null, () -> serve(index), name + "-" + i, ProductThreads.STACK_BYTES);
      worker.setDaemon(true);
      workers[i - 1] = worker;
    }
    this.products = ProductThreads.open(threads);
    try {
      for (Thread worker : workers) {
        worker.start();
      }
    } catch (Throwable refused) {
      close();
      throw refused;
    }
  }

  /** Number of threads, the caller's included. */
  public int threads() {
    return threads;
  }

  /** Runs a program to its end. */
  public synchronized void run(Program next, RunState with) {
    if (closed) {
      throw new IllegalStateException("the workers are closed");
    }
    next.requireAlive();
    boolean alone = threads == 1 || next.serial();
    Pace pace = next.pace();
    if (alone || pace == null) {
      run(next, with, alone);
      return;
    }
    long begin = pace.isTiming() ? System.nanoTime() : 0;
    run(next, with, pace.alone());
    pace.ran(pace.isTiming() ? System.nanoTime() - begin : 0);
  }

  private void run(Program next, RunState with, boolean alone) {
    int entered = ProductThreads.enter(alone ? 1 : threads);
    try {
      if (alone) {
        next.run(with);
      } else {
        runTogether(next, with);
      }
    } finally {
      ProductThreads.leave(entered);
    }
  }

  private void runTogether(Program next, RunState with) {
    program = next;
    state = with;
    failure.setPlain(null);
    INTS.setVolatile(counters, RUN, (int) INTS.getAcquire(counters, RUN) + 1);
    for (int i = 1; i < threads; i++) {
      if ((boolean) PARKED.getVolatile(parked, i)) {
        LockSupport.unpark(workers[i - 1]);
      }
    }
    participate(0, next, with);
    Throwable thrown = failure.get();
    if (thrown != null) {
      rethrow(thrown);
    }
  }

  private static final VarHandle PARKED = MethodHandles.arrayElementVarHandle(boolean[].class);

  private static void rethrow(Throwable thrown) {
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
    throw new IllegalStateException(thrown);
  }

  private void serve(int index) {
    int seen = 0;
    while (true) {
      awaitRun(seen, index);
      seen++;
      Program next = program;
      RunState with = state;
      if (next == null || with == null) {
        return;
      }
      participate(index, next, with);
    }
  }

  private void participate(int index, Program next, RunState with) {
    int phases = next.phases();
    for (int phase = 0; phase < phases; phase++) {
      if (failure.getAcquire() == null) {
        try {
          next.run(phase, index, threads, with);
        } catch (Throwable t) {
          failure.compareAndSet(null, t);
        }
      }
      meet();
    }
  }

  /** Returns when all threads have come. */
  // Yielding is not for correctness: it gives the processor to whoever is awaited.
  @SuppressWarnings("ThreadPriorityCheck")
  private void meet() {
    int generation = (int) INTS.getAcquire(counters, GENERATION);
    if ((int) INTS.getAndAdd(counters, ARRIVED, 1) == threads - 1) {
      INTS.setOpaque(counters, ARRIVED, 0);
      INTS.setRelease(counters, GENERATION, generation + 1);
      return;
    }
    int tries = 0;
    while ((int) INTS.getAcquire(counters, GENERATION) == generation) {
      if (tries < spins) {
        tries++;
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  @SuppressWarnings("ThreadPriorityCheck")
  private void awaitRun(int seen, int index) {
    for (int tries = 0; tries < spins + YIELDS; tries++) {
      if ((int) INTS.getAcquire(counters, RUN) != seen) {
        return;
      }
      if (tries < spins) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
    PARKED.setVolatile(parked, index, true);
    while ((int) INTS.getVolatile(counters, RUN) == seen) {
      LockSupport.park(this);
    }
    PARKED.setVolatile(parked, index, false);
  }

  /** Waits for a run under way, then ends the threads. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    program = null;
    INTS.setVolatile(counters, RUN, (int) INTS.getAcquire(counters, RUN) + 1);
    boolean interrupted = false;
    for (Thread worker : workers) {
      LockSupport.unpark(worker);
      while (worker.isAlive()) {
        try {
          worker.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    products.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
