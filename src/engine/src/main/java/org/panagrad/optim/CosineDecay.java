package org.panagrad.optim;

/**
 * Half a cosine from the base rate down to the least (Loshchilov and Hutter 2017, without
 * restarts), behind a linear warm-up (Goyal et al. 2017): base * (step + 1) / warmup before update
 * {@code warmup}, then least + (base - least) / 2 * (1 + cos(pi * (step - warmup) / (total -
 * warmup))), and the least from {@code total} on. PyTorch's LinearLR and CosineAnnealingLR in a
 * row.
 *
 * @param warmup updates of warm-up, 0 for none
 * @param total updates in all
 * @param least the rate at the end
 */
public record CosineDecay(long warmup, long total, double least) implements Schedule {
  public CosineDecay {
    Schedule.atLeast("updates of warm-up", warmup, 0);
    if (total <= warmup) {
      throw new IllegalArgumentException(
          "cosine schedule of "
              + total
              + " updates: expected more than the "
              + warmup
              + " of its warm-up");
    }
    Schedule.notNegative("least learning rate", least);
  }

  @Override
  public double rate(double base, long step, ScheduleState state) {
    if (step < warmup) {
      return base * (step + 1) / warmup;
    }
    if (step >= total) {
      return least;
    }
    double done = (double) (step - warmup) / (total - warmup);
    return least + (base - least) / 2 * (1 + Math.cos(Math.PI * done));
  }

  @Override
  public String label() {
    return "cosine";
  }
}
