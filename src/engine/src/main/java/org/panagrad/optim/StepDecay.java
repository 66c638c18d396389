package org.panagrad.optim;

/**
 * base * gamma^floor(step / every), as PyTorch's StepLR.
 *
 * @param every updates between two falls
 * @param gamma what the rate is multiplied by at each
 */
public record StepDecay(long every, double gamma) implements Schedule {
  public StepDecay {
    Schedule.atLeast("updates between two steps", every, 1);
    Schedule.positive("gamma", gamma);
  }

  @Override
  public double rate(double base, long step, ScheduleState state) {
    long falls = step / every;
    return base * Math.pow(gamma, (double) falls);
  }

  @Override
  public String label() {
    return "step";
  }
}
