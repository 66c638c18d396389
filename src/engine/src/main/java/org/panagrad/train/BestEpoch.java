package org.panagrad.train;

import org.jspecify.annotations.Nullable;

/** The best epoch so far. It follows from the history alone, so that a resumed training has it. */
final class BestEpoch {
  private final EarlyStopping rule;
  private int epoch;
  private int epochsSince;
  private double value = Double.NaN;

  BestEpoch(EarlyStopping rule) {
    this.rule = rule;
  }

  /** Looks at one more epoch: whether it is the best so far. */
  boolean see(TrainingEvent.EpochEnded ended) {
    @Nullable Evaluation validation = ended.validation();
    double seen = validation == null ? Double.NaN : rule.monitor().of(validation);
    if (rule.monitor().improves(seen, value, rule.minDelta())) {
      value = seen;
      epoch = ended.training().epoch();
      epochsSince = 0;
      return true;
    }
    epochsSince++;
    return false;
  }

  /** Whether there has been no better epoch for too long. */
  boolean isOver() {
    return epochsSince >= rule.patience();
  }

  /** From 1; 0 if there is none. */
  int epoch() {
    return epoch;
  }
}
