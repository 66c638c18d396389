package org.panagrad.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Whether the vector form of a kernel serves yet, or the scalar form in its place, which gives the
 * same bits.
 *
 * <p>What is written with the Vector API takes a thousand times as long as it should until it is
 * compiled, a plain loop some ten times, and that is compiled within milliseconds. So the scalar
 * form serves at first, and the vector form computes a small part now and then, which is timed:
 * that is what has it compiled. When it is fast, it serves from then on. docs/decisions/0020 has
 * the numbers.
 *
 * <p>Any thread may ask.
 */
final class WarmUp {
  /** Nanoseconds of a trial that are the call's, and more. */
  static final int CLOCK = 300;

  /** Nanoseconds an element: compiled code takes 0.1 to 3, the other forms of it 20 and up. */
  static final int COMPILED = 6;

  /** Trials in a row that are fast. */
  static final int ENOUGH = 16;

  private final int least;
  private final @Nullable Trials trials;

  // Of whose trial is under way, and so one thread's at a time.
  private int fast;
  private long spent;

  // Set by whose trial is under way, before it ends: nobody else may then call ran without it.
  private volatile boolean done;

  /**
   * Of one kernel.
   *
   * @param least elements of a range so short that the scalar form serves in any case; at most as
   *     many as are tried
   * @param trials when the vector form is tried; null if it serves from the start
   */
  WarmUp(int least, @Nullable Trials trials) {
    if (trials != null && trials.elements() < least) {
      throw new IllegalArgumentException(trials.elements() + " tried: expected " + least);
    }
    this.least = least;
    this.trials = trials;
    this.done = trials == null;
  }

  /** Whether the vector form serves wherever a range is long enough. */
  boolean serves() {
    return done;
  }

  /**
   * How many of the first elements of a range are the vector form's, the rest being the scalar
   * form's. If there are any, {@link #ran} is to be called after them.
   */
  int part(int elements) {
    if (elements < least) {
      return 0;
    }
    return done ? elements : tried(elements);
  }

  /**
   * Whether something that cannot be parted is the vector form's; if so, {@link #ran} is to be
   * called after it.
   *
   * @param length elements of a row
   */
  boolean takes(int length) {
    return length >= least && (done || tried(length) > 0);
  }

  private int tried(int elements) {
    Trials t = trials;
    if (t == null || !t.begin()) {
      return 0;
    }
    if (done) {
      // Another thread's trial was the last, since this one looked.
      t.end();
      return elements;
    }
    return Math.min(elements, t.elements());
  }

  /** The vector form has computed as many elements. */
  void ran(long elements) {
    if (!done) {
      judge(elements);
    }
  }

  private void judge(long elements) {
    Trials t = trials;
    if (t == null) {
      return;
    }
    long took = t.took();
    if (took <= CLOCK + COMPILED * elements) {
      fast++;
      done = fast >= ENOUGH;
    } else {
      fast = 0;
      spent += took;
      t.pause(took, spent);
    }
    t.end();
  }
}
