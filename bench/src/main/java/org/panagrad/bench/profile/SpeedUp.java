package org.panagrad.bench.profile;

import java.util.ArrayList;
import java.util.List;
import org.panagrad.bench.measure.Rounds;
import org.panagrad.bench.problem.Problem;

/**
 * How much faster a step is predicted to be with more threads. Amdahl's law by phase: each phase
 * lasts as long as its longest lane, measured on one thread with the plan cut for so many lanes,
 * which holds the serial fraction, uneven lanes and what products lose by being cut; each phase and
 * the start then cost a hand-over, measured and taken to grow with the other threads; and no step
 * is faster than its bytes can be moved.
 *
 * @param alone with one thread, as measured; all others are against this
 * @param points for 1, 2, 4, 8 and 16 threads
 */
record SpeedUp(double alone, List<Point> points) {
  static final String MODEL =
      "T(n) = the longest lane of each phase (one thread, plan cut for n lanes) + (phases + 1) x"
          + " hand-over x (n - 1), but at least bytes / bandwidth";

  private static final int SLICES = 8;
  private static final double SECONDS = 0.06;
  private static final int[] THREADS = {1, 2, 4, 8, 16};

  /**
   * One prediction.
   *
   * @param serial the share of the work that is in steps of one tile
   * @param busy nanoseconds of the longest lanes
   * @param least with the bandwidth of this machine's threads, however many there are
   * @param most with the bandwidth of one thread times their number
   */
  record Point(int threads, int phases, double serial, double busy, double least, double most) {}

  /**
   * @param rates bytes a nanosecond of 1 thread and of all of this machine's
   */
  static SpeedUp predict(Problem problem, Limits limits, long bytes, double[] rates) {
    double alone = 0;
    List<Point> points = new ArrayList<>();
    for (int threads : THREADS) {
      try (OpenStep step = new OpenStep(problem, threads, 1)) {
        Rounds.slice(step::runTimed, 0.5);
        double outside = Rounds.slice(step::runEmpty, 0.05);
        if (threads == 1) {
          alone = best(step);
        }
        LaneTimes work = leastWork(step, limits);
        int lanes = step.lanes();
        double handOver =
            lanes == 1 ? 0 : limits.handOverNanos() / (limits.threads() - 1) * (lanes - 1);
        int phases = step.plan().phases();
        double busy = threads == 1 ? alone : outside + work.longest();
        double time = busy + (lanes == 1 ? 0 : (phases + 1) * handOver);
        double fixed = rates[Math.min(threads, 2) - 1];
        points.add(
            new Point(
                threads,
                phases,
                work.serial(),
                busy,
                threads == 1 ? 1 : alone / Math.max(time, bytes / fixed),
                threads == 1 ? 1 : alone / Math.max(time, bytes / (rates[0] * threads))));
      }
    }
    return new SpeedUp(alone, points);
  }

  private static double best(OpenStep step) {
    Rounds.slice(step::run, 0.3);
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < SLICES; i++) {
      best = Math.min(best, Rounds.slice(step::run, SECONDS));
    }
    return best;
  }

  /** The least of a few short slices, as the time alone is. */
  private static LaneTimes leastWork(OpenStep step, Limits limits) {
    LaneTimes best = workOfSlice(step, limits);
    for (int i = 1; i < SLICES; i++) {
      LaneTimes now = workOfSlice(step, limits);
      best = now.longest() < best.longest() ? now : best;
    }
    return best;
  }

  private static LaneTimes workOfSlice(OpenStep step, Limits limits) {
    step.forget();
    Rounds.slice(step::runTimed, SECONDS);
    return LaneTimes.of(step, limits.clockNanos());
  }
}
