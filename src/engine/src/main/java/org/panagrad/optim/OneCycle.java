package org.panagrad.optim;

/**
 * One cycle (Smith and Topin 2018) as PyTorch's OneCycleLR with cosines and two phases: from base /
 * divisor up to base, which update {@code start * total - 1} has, then down to base / divisor /
 * finalDivisor, which the last has and all after it. The momentum stays as it is
 * (cycle_momentum=False), but with {@link CycledMomentum}.
 *
 * @param total updates in all
 * @param start share of them on the way up
 * @param divisor of the first rate
 * @param finalDivisor of the last, besides
 */
public record OneCycle(long total, double start, double divisor, double finalDivisor)
    implements Schedule {
  public OneCycle {
    Schedule.atLeast("updates of one cycle", total, 1);
    if (!(start > 0 && start < 1)) {
      throw new IllegalArgumentException(
          "share of the cycle on the way up " + start + ": expected above 0 and below 1");
    }
    Schedule.positive("divisor", divisor);
    Schedule.positive("final divisor", finalDivisor);
  }

  /** Three tenths of the way up, from a 25th, down to a 250,000th. */
  public OneCycle(long total) {
    this(total, 0.3, 25, 1e4);
  }

  @Override
  public double rate(double base, long step, ScheduleState state) {
    double first = base / divisor;
    return at(step, first, base, first / finalDivisor);
  }

  /** What goes from first to middle while the rate rises, and to last while it falls. */
  double at(long step, double first, double middle, double last) {
    double top = start * total - 1;
    if (step <= top) {
      // The top lies between two updates where start * total is no whole number.
      return top == 0 ? middle : cosine(first, middle, step / top);
    }
    double done = (step - top) / (total - 1 - top);
    return done >= 1 ? last : cosine(middle, last, done);
  }

  private static double cosine(double from, double to, double done) {
    return to + (from - to) / 2 * (1 + Math.cos(Math.PI * done));
  }

  @Override
  public String label() {
    return "one-cycle";
  }
}
