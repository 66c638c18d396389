package org.panagrad.optim;

/**
 * One cycle whose momentum goes the other way (Smith and Topin 2018): from the most down to the
 * least while the rate rises, and back, by the same cosines; as PyTorch's OneCycleLR with
 * cycle_momentum=True. For Adam it is beta1, and its bias correction takes the beta1 of the update.
 *
 * @param cycle of the learning rate
 * @param least where the rate is largest
 * @param most at the start, at the end, and after it
 */
public record CycledMomentum(OneCycle cycle, double least, double most) implements Schedule {
  public CycledMomentum {
    Optimizer.belowOne("base momentum", least);
    Optimizer.belowOne("max momentum", most);
    if (least > most) {
      throw new IllegalArgumentException(
          "base momentum " + least + ": expected at most the max momentum, " + most);
    }
  }

  /** PyTorch's: between 0.95 and 0.85. */
  public CycledMomentum(OneCycle cycle) {
    this(cycle, 0.85, 0.95);
  }

  @Override
  public double rate(double base, long step, ScheduleState state) {
    return cycle.rate(base, step, state);
  }

  @Override
  public double momentum(long step) {
    return cycle.at(step, most, least, most);
  }

  @Override
  public String label() {
    return cycle.label();
  }
}
