package org.panagrad.blas;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of this process that may be in a product at once, of all sessions and predictors
 * together.
 *
 * <p>Every thread in a product of OpenBLAS has a buffer of its own. As the library is built there
 * are 128 of them, and 512 more that it takes with a warning; a thread beyond that gets none, which
 * ends the process. So whoever runs products says as he is opened how many of his threads may be in
 * one. As long as these are not more than {@link #MOST} in all, a run costs the reading of a
 * counter; when they are more, each run waits for as many permits as it has threads.
 *
 * <p>Runs that have begun before there were so many have no permits. Their owners were within the
 * bound when they began, and close only after them: with those that have permits there are never
 * more than twice {@link #MOST}.
 */
public final class ProductThreads implements AutoCloseable {
  /** Threads in products at once, and the most that one run may have. */
  public static final int MOST = 128;

  /**
   * Bytes of stack for a thread that is made for products: OpenBLAS puts small buffers there, and
   * its documentation advises against small stacks.
   */
  public static final long STACK_BYTES = 8L << 20;

  private static final AtomicInteger OPENED = new AtomicInteger();

  // In turn, or many small runs would keep a large one waiting for ever.
  private static final Semaphore PERMITS = new Semaphore(MOST, true);

  private int threads;

  private ProductThreads(int threads) {
    this.threads = threads;
    OPENED.addAndGet(threads);
  }

  /**
   * Counts threads that may be in products until this is closed, which is when none is.
   *
   * @param threads how many at once, 0 or more
   */
  public static ProductThreads open(int threads) {
    if (threads < 0) {
      throw new IllegalArgumentException(threads + " threads: expected 0 or more");
    }
    return new ProductThreads(threads);
  }

  /** How many may be in products at once, of all that are open. */
  public static int opened() {
    return OPENED.get();
  }

  /**
   * Before a run of products; waits where there are too many. A run must not begin within another.
   *
   * @param threads that the run has, at most {@link #MOST}
   * @return what {@link #leave} is given afterwards
   */
  public static int enter(int threads) {
    if (OPENED.get() <= MOST) {
      return 0;
    }
    PERMITS.acquireUninterruptibly(threads);
    return threads;
  }

  /** After a run, however it ended. */
  public static void leave(int entered) {
    if (entered > 0) {
      PERMITS.release(entered);
    }
  }

  @Override
  public synchronized void close() {
    OPENED.addAndGet(-threads);
    threads = 0;
  }
}
