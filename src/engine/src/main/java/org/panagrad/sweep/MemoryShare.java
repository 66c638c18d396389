package org.panagrad.sweep;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The native memory that the trainings of a sweep share.
 *
 * <p>One training at a time begins: what it needs beyond its plan is taken when it starts, so that
 * only then it is known what is left for others.
 */
final class MemoryShare {
  private final long limit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long taken;
  private int holders;
  private long givenBack; // how often

  MemoryShare(long limit) {
    this.limit = limit;
  }

  /** Lets this thread alone take memory, until {@link #took} or {@link #gaveUp}. */
  void begin() {
    lock.lock();
  }

  /** What the thread that has begun may take. */
  long free() {
    return limit - taken;
  }

  /** It has taken this many bytes; others may begin. */
  void took(long bytes) {
    taken += bytes;
    holders++;
    lock.unlock();
  }

  /** If this thread has begun, it has taken none; others may begin. */
  void gaveUp() {
    if (lock.isHeldByCurrentThread()) {
      lock.unlock();
    }
  }

  /** Whether nobody has any, so that there will never be more; for the thread that has begun. */
  boolean isAllFree() {
    return holders == 0;
  }

  /** Waits until somebody gives back; for the thread that has begun, which then may try again. */
  void awaitMore() throws InterruptedException {
    long before = givenBack;
    while (givenBack == before) {
      changed.await();
    }
  }

  /** Gives back. */
  void gave(long bytes) {
    lock.lock();
    try {
      taken -= bytes;
      holders--;
      givenBack++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
