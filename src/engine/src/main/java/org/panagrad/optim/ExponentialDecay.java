package org.panagrad.optim;

/**
 * base * gamma^(step / every), without steps; with every = 1 PyTorch's ExponentialLR. A gamma above
 * 1 grows, as a learning-rate finder wants it.
 *
 * @param every updates in which the rate is multiplied by gamma once
 * @param gamma the factor
 */
public record ExponentialDecay(long every, double gamma) implements Schedule {
  public ExponentialDecay {
    Schedule.atLeast("updates per gamma", every, 1);
    Schedule.positive("gamma", gamma);
  }

  @Override
  public double rate(double base, long step, ScheduleState state) {
    return base * Math.pow(gamma, (double) step / every);
  }

  @Override
  public String label() {
    return "exponential";
  }
}
