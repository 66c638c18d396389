package org.panagrad.plan;

import java.util.Arrays;

/**
 * Whether runs of a short program take less time on the calling thread alone than on all: as where
 * two processors are one core's, which share its arithmetic, or where somebody else has the other.
 * The bits are the same, so that nothing but the time tells.
 *
 * <p>Now and then some runs are timed, then as many of the other kind; the faster kind is taken up,
 * if by the medians it is faster by enough. What loses is tried ever more rarely. A program whose
 * runs are long is left on all threads: the time that these need to meet is nothing to it.
 *
 * <p>For one run at a time.
 */
final class Pace {
  /** Runs of a kind that are timed. */
  static final int TIMED = 15;

  /** Runs of the other kind before: a parked thread has to wake, caches have to fill. */
  static final int SKIPPED = 3;

  /** Runs until the first trial, by when they are compiled, and after one that changed the kind. */
  static final int FEW = 512;

  /** Nanoseconds from one trial to the next where they change nothing. */
  static final long APART = 250_000_000;

  /** Nanoseconds of a run that is long. */
  static final long LONG = 400_000;

  private static final double ENOUGH = 0.95;

  private final long[] nanos = new long[TIMED];
  private boolean alone;
  private boolean trying;
  private boolean timing;
  private long usual;
  private int interval = FEW;
  private int left = FEW; // runs until the next trial
  private int skip;
  private int timed;

  /** Whether the next run is to be the calling thread's alone. */
  boolean alone() {
    return trying != alone;
  }

  /** Whether the next run is to be timed. */
  boolean isTiming() {
    return timing;
  }

  /**
   * A run has ended.
   *
   * @param took nanoseconds, of a run that was to be timed
   */
  void ran(long took) {
    if (!timing) {
      left--;
      timing = left == 0;
    } else if (skip > 0) {
      skip--;
    } else {
      nanos[timed++] = took;
      if (timed == TIMED) {
        timed = 0;
        compare();
      }
    }
  }

  private void compare() {
    Arrays.sort(nanos);
    long median = nanos[TIMED / 2];
    if (!trying) {
      usual = median;
      trying = alone || median <= LONG;
      skip = SKIPPED;
    } else {
      trying = false;
      if (median < ENOUGH * usual) {
        alone = !alone;
        interval = FEW;
      } else {
        long most = Math.max(FEW, APART / Math.max(1, usual));
        interval = (int) Math.min(most, 2L * interval);
      }
    }
    timing = trying;
    left = interval;
  }
}
