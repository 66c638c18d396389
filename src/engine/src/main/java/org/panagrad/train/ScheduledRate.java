package org.panagrad.train;

import org.panagrad.optim.Optimizer;
import org.panagrad.optim.Schedule;
import org.panagrad.optim.ScheduleState;

/** The learning rate of each update: a schedule, what it starts from, and what it remembers. */
final class ScheduledRate {
  private final Schedule schedule;
  private float base;
  private ScheduleState state = ScheduleState.START;

  ScheduledRate(Schedule schedule, float base) {
    this.schedule = schedule;
    this.base = base;
  }

  /** Of the update behind so many. */
  float after(long steps) {
    return (float) schedule.rate(base, steps, state);
  }

  /** The momentum of the same update, NaN for the optimizer's own. */
  double momentumAfter(long steps) {
    return schedule.momentum(steps);
  }

  /** What the schedule starts from. */
  float base() {
    return base;
  }

  /**
   * Sets it from the next update on.
   *
   * @throws IllegalArgumentException unless it is a finite number of 0 or more
   */
  void base(float learningRate) {
    Optimizer.check(learningRate, 0);
    base = learningRate;
  }

  /** What the schedule remembers. */
  ScheduleState state() {
    return state;
  }

  /** Goes on from what it remembered. */
  void state(ScheduleState remembered) {
    state = remembered;
  }

  /** Tells it the validation loss of an epoch. */
  void observe(double validationLoss) {
    state = schedule.observed(base, state, validationLoss);
  }
}
