package org.panagrad.bench.profile;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.panagrad.bench.compare.Probe;
import org.panagrad.bench.measure.Rounds;
import org.panagrad.bench.measure.Sample;
import org.panagrad.plan.Step.Category;

/**
 * Where a step's time goes: the time of all lanes, by what they did, against the wall time of the
 * step without clocks. Rounds alternate between the step with clocks and without.
 */
final class Account {
  private static final int RETAKES = 3;

  private final OpenStep step;
  private final Limits limits;
  private final Sample plain = new Sample();
  private final Sample timed = new Sample();
  private final Sample between = new Sample();
  private final Sample uneven = new Sample();
  private final Sample serial = new Sample();
  private final Map<Category, Sample> byCategory = new EnumMap<>(Category.class);
  private final double outside;

  Account(OpenStep step, Limits limits, Rounds rounds, Probe probe) {
    this.step = step;
    this.limits = limits;
    Rounds.slice(step::run, 1);
    Rounds.slice(step::runTimed, 0.5);
    this.outside = Rounds.slice(step::runEmpty, 0.2);
    for (int round = 0; round < rounds.count(); round++) {
      book(quietest(rounds, probe));
    }
  }

  /** Tries again while somebody disturbs, and keeps the fastest. */
  private Attempt quietest(Rounds rounds, Probe probe) {
    boolean quiet = probe.quiet();
    Attempt best = attempt(rounds.sliceSeconds());
    for (int i = 0; i < RETAKES && !(quiet && probe.quiet()); i++) {
      quiet = probe.quiet();
      Attempt again = attempt(rounds.sliceSeconds());
      best = again.nanos() < best.nanos() ? again : best;
    }
    return best;
  }

  private Attempt attempt(double seconds) {
    double without = Rounds.slice(step::run, seconds);
    step.forget();
    double with = Rounds.slice(step::runTimed, seconds);
    double waited = 0;
    for (int lane = 0; lane < step.lanes(); lane++) {
      waited += step.betweenPhases(lane, limits.clockNanos());
    }
    return new Attempt(without, with, waited, LaneTimes.of(step, limits.clockNanos()));
  }

  private record Attempt(double without, double with, double waited, LaneTimes times) {
    double nanos() {
      return without + with;
    }
  }

  private void book(Attempt attempt) {
    plain.add(attempt.without());
    timed.add(attempt.with());
    // Lane 0 is the caller: between runs it prepares the next.
    between.add(Math.max(0, attempt.waited() - outside));
    uneven.add(attempt.times().uneven());
    serial.add(attempt.times().serial());
    for (Category c : Category.values()) {
      byCategory.computeIfAbsent(c, key -> new Sample()).add(attempt.times().of(c));
    }
  }

  /** Nanoseconds of a step without clocks. */
  double nanos() {
    return plain.median();
  }

  double slowest() {
    return plain.max();
  }

  double fastest() {
    return plain.min();
  }

  /** How much longer a step with clocks takes, as a share. */
  double clockShare() {
    return timed.median() / plain.median() - 1;
  }

  private double share(double laneNanos) {
    return laneNanos / (nanos() * step.lanes());
  }

  double share(Category category) {
    return share(Objects.requireNonNull(byCategory.get(category)).median());
  }

  /** Waiting for other lanes, and what it takes to meet. */
  double handOver() {
    return share(between.median());
  }

  /** What of that is because lanes have unequal work on the average; the rest is meeting. */
  double uneven() {
    return share(uneven.median());
  }

  /** What is done for a step outside its phases, on one lane. */
  double other() {
    return share(outside);
  }

  /** All of the above; 1 if the clocks miss nothing. */
  double accounted() {
    double sum = handOver() + other();
    for (Category c : Category.values()) {
      sum += share(c);
    }
    return sum;
  }

  /** The share of the work that is in steps of one tile. */
  double serial() {
    return serial.median();
  }
}
