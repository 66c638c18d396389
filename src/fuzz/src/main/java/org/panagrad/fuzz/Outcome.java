package org.panagrad.fuzz;

import java.util.Locale;

/**
 * What became of the damaged files that a reader was given.
 *
 * @param reader its name
 * @param inputs how many there were
 * @param refused how many it refused, as it is to
 * @param mostBytes heap and native memory that the greediest of them took, by all of their life
 * @param seed that they came from
 */
public record Outcome(String reader, int inputs, int refused, long mostBytes, long seed) {
  /** Of fewer inputs, chance decides how many are refused. */
  private static final int ENOUGH = 1_000;

  /** How many were read to their end, since they still made sense. */
  public int read() {
    return inputs - refused;
  }

  /**
   * Fails unless at least this share of the inputs was refused and not all were: a reader that
   * takes whatever comes has looked at nothing, and one that takes nothing was only fed what its
   * first check refuses.
   */
  public void requireRefused(double least) {
    if (inputs >= ENOUGH && (refused < inputs * least || refused == inputs)) {
      throw new AssertionError(
          this + ": expected at least " + least + " of them to be refused, and not all");
    }
  }

  /** A line, as {@code fuzz: NPY: 2000 damaged files, 1310 refused, 690 read, ...}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "fuzz: %s: %d damaged files, %d refused, %d read, none went wrong; at most %.1f MiB for"
            + " one; seed %d",
        reader,
        inputs,
        refused,
        read(),
        mostBytes / (double) (1 << 20),
        seed);
  }
}
