package org.panagrad.optim;

/** The optimizer's learning rate at every update. */
public record ConstantRate() implements Schedule {
  @Override
  public double rate(double base, long step, ScheduleState state) {
    return base;
  }

  @Override
  public String label() {
    return "constant";
  }
}
