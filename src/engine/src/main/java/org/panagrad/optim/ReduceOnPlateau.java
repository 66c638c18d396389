package org.panagrad.optim;

/**
 * Multiplies the rate by a factor when the validation loss has not fallen for some epochs, as
 * PyTorch's ReduceLROnPlateau with mode min and a relative threshold.
 *
 * @param factor what the rate is multiplied by, below 1
 * @param patience epochs without a better loss that are let pass; the next reduces
 * @param threshold a loss is better if it is below best * (1 - threshold)
 * @param cooldown epochs after a reduction in which none is counted as bad
 * @param least no rate below this
 */
public record ReduceOnPlateau(
    double factor, int patience, double threshold, int cooldown, double least) implements Schedule {
  /** PyTorch's eps: a smaller fall of the rate than this is none. */
  private static final double SMALLEST_FALL = 1e-8;

  public ReduceOnPlateau {
    if (!(factor > 0 && factor < 1)) {
      throw new IllegalArgumentException(
          "plateau factor " + factor + ": expected above 0 and below 1");
    }
    Schedule.atLeast("plateau patience", patience, 0);
    if (!(threshold >= 0 && threshold < 1)) {
      throw new IllegalArgumentException(
          "plateau threshold " + threshold + ": expected 0 or more, below 1");
    }
    Schedule.atLeast("plateau cooldown", cooldown, 0);
    Schedule.notNegative("least learning rate", least);
  }

  /** PyTorch's: a tenth after ten bad epochs, threshold 1e-4, no cooldown, no least rate. */
  public ReduceOnPlateau() {
    this(0.1, 10, 1e-4, 0, 0);
  }

  @Override
  public double rate(double base, long step, ScheduleState state) {
    return base * state.scale();
  }

  @Override
  public ScheduleState observed(double base, ScheduleState state, double loss) {
    double best = state.best();
    int bad = state.badEpochs() + 1;
    if (loss < best * (1 - threshold)) {
      best = loss;
      bad = 0;
    }
    int cooling = state.cooldown();
    if (cooling > 0) {
      cooling--;
      bad = 0;
    }
    double scale = state.scale();
    if (bad > patience) {
      double rate = base * scale;
      double reduced = Math.max(rate * factor, least);
      if (rate - reduced > SMALLEST_FALL) {
        scale = reduced / base;
      }
      cooling = cooldown;
      bad = 0;
    }
    return new ScheduleState(scale, best, bad, cooling);
  }

  @Override
  public String label() {
    return "plateau";
  }
}
