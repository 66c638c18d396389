package org.panagrad.kernel;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * When a kernel whose vector form may not be compiled yet is tried: one at a time, so that the rest
 * of a process takes little longer. A trial that is slow is followed by a time without, at first
 * much longer than itself, as a training may be a short one, then as long, and longer where a
 * kernel has been tried for seconds.
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

  // Of the trial under way, and so one thread's at a time.
  private long begun;
  private long clockTook;

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
    clockTook = begun - now;
    return true;
  }

  /** Nanoseconds that the trial has taken, without what it takes to ask for them. */
  long took() {
    return clock.getAsLong() - begun - clockTook;
  }

  /**
   * None for a while after a trial that was slow.
   *
   * @param took nanoseconds of the trial
   * @param spent nanoseconds of all slow ones of that kernel: one that is never compiled is to be
   *     tried ever more rarely
   */
  void pause(long took, long spent) {
    long now = clock.getAsLong();
    next = now + took * (now - start < RARE ? APART : 1 + spent / RARE);
  }

  /** The trial that this thread began has ended. */
  void end() {
    isTrying.set(false);
  }
}
