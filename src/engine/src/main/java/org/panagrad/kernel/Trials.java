package org.panagrad.kernel;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * When a kernel whose vector form may not be compiled yet is tried: one at a time, so that the rest
 * of a process takes little longer. A trial that is slow is followed by a time without, at first
 * much longer than itself, as a training may be a short one, then as long.
 */
final class Trials {
  /** Nanoseconds without trials at first: a first step is to wait for none. */
  static final long NONE = 250_000_000;

  /** Nanoseconds until which they are rare. */
  static final long RARE = 1_000_000_000;

  /** How many times as long as a slow trial it is to the next one while they are rare. */
  static final int APART = 7;

  private static final long NOT_STARTED = Long.MIN_VALUE;

  private final LongSupplier clock;
  private final int elements;
  private final AtomicBoolean isTrying = new AtomicBoolean();
  private long start;
  private volatile long next = NOT_STARTED;

  // The trial's under way, and so one thread's at a time.
  private long begun;

  /**
   * From the first time on that a kernel asks.
   *
   * @param clock tells nanoseconds
   * @param elements of a long range that are tried
   */
  Trials(LongSupplier clock, int elements) {
    this.clock = clock;
    this.elements = elements;
  }

  int elements() {
    return elements;
  }

  /** Whether the caller is to try now; it then calls {@link #end}. */
  boolean begin() {
    long now = clock.getAsLong();
    if (next == NOT_STARTED) {
      start = now;
      next = now + NONE;
    }
    if (now - next < 0 || !isTrying.compareAndSet(false, true)) {
      return false;
    }
    begun = clock.getAsLong();
    return true;
  }

  /** The trial that this thread began has ended; whether it took at most as long. */
  boolean end(long nanos) {
    long now = clock.getAsLong();
    long took = now - begun;
    boolean isFast = took <= nanos;
    if (!isFast) {
      next = now + (now - start < RARE ? APART * took : took);
    }
    isTrying.set(false);
    return isFast;
  }
}
