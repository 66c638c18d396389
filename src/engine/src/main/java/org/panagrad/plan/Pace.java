package org.panagrad.plan;

import java.util.Arrays;

/**
 * Whether runs of a short program take less time on the calling thread alone than on all: as where
 * two processors are one core's, which share its arithmetic, or where somebody else has the other.
 * The bits are the same, so that nothing but the time tells.
 *
 * <p>Now and then some runs are timed, then as many of the other kind; the faster kind is taken up,
 * if by the medians it is faster by enough. What loses is tried again when its trial is at most a
 * fiftieth of the time since. A program whose runs are long is left on all threads: the time that
 * these need to meet is nothing to it.
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

  /** Least nanoseconds from one trial to the next where they change nothing. */
  static final long APART = 250_000_000;

  /** How many times a trial's own nanoseconds they are at least. */
  static final long RARELY = 50;

  /** Nanoseconds of a run that is long. */
  static final long LONG = 400_000;

  private static final double ENOUGH = 0.95;

  /** Where {@link #pad} has the runs until the next trial. */
  private static final int LEFT = 32;

  private final long[] nanos = new long[TIMED];
  // Apart from all else: it changes with every run, and the threads read the program beside it.
  private final int[] pad = new int[2 * LEFT];
  private boolean alone;
  private boolean trying;
  private boolean timing;
  private long usual;
  private int skip;
  private int timed;

  Pace() {
    pad[LEFT] = FEW;
  }

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
      pad[LEFT]--;
      timing = pad[LEFT] == 0;
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
    int left = FEW;
    if (!trying) {
      usual = median;
      trying = alone || median <= LONG;
      skip = SKIPPED;
    } else {
      trying = false;
      if (median < ENOUGH * usual) {
        alone = !alone;
      } else {
        long apart = Math.max(APART, RARELY * (TIMED + SKIPPED) * median);
        left = Math.clamp(apart / Math.max(1, usual), FEW, Integer.MAX_VALUE);
      }
    }
    timing = trying;
    pad[LEFT] = left;
  }
}
