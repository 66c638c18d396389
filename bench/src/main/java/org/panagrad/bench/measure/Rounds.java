package org.panagrad.bench.measure;

import java.util.ArrayList;
import java.util.List;
import org.panagrad.bench.compare.Probe;

/**
 * Measures things in turn, a slice each, round after round: a machine that is slow for a while is
 * slow for all of them, and a median does not see it. A slice before or after which the {@link
 * Probe} finds the machine busy with something else is taken again, a few times at most.
 *
 * @param count of rounds
 * @param sliceSeconds how long each is measured in a round
 */
public record Rounds(int count, double sliceSeconds) {
  /** Until the compiler is done; longer than a slice at first. */
  private static final double WARM_SECONDS = 1;

  private static final int RETAKES = 3;

  /** Nanoseconds of one repetition of each. */
  public List<Sample> nanos(List<? extends Runnable> things) {
    List<Sample> samples = new ArrayList<>();
    for (Runnable thing : things) {
      samples.add(new Sample());
      slice(thing, Math.max(WARM_SECONDS, sliceSeconds));
    }
    try (Probe probe = new Probe()) {
      for (int round = 0; round < count; round++) {
        for (int i = 0; i < things.size(); i++) {
          samples.get(i).add(quietSlice(probe, things.get(i)));
        }
      }
    }
    return samples;
  }

  /** The fastest taken, where none was quiet. */
  private double quietSlice(Probe probe, Runnable thing) {
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i <= RETAKES; i++) {
      boolean quiet = probe.quiet();
      double nanos = slice(thing, sliceSeconds);
      if (quiet && probe.quiet()) {
        return nanos;
      }
      best = Math.min(best, nanos);
    }
    return best;
  }

  /**
   * Nanoseconds of one repetition over so many seconds. The first one counts for nothing: the
   * caches are another's.
   */
  public static double slice(Runnable thing, double seconds) {
    thing.run();
    long done = 0;
    long begin = System.nanoTime();
    long now;
    do {
      // Looks at the clock every so often only: a look costs a percent of a small step.
      long more = 1 + done / 16;
      for (long i = 0; i < more; i++) {
        thing.run();
      }
      done += more;
      now = System.nanoTime();
    } while (now - begin < seconds * 1e9);
    return (double) (now - begin) / done;
  }
}
