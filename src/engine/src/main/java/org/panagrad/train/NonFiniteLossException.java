package org.panagrad.train;

/** The loss became infinite or not a number; the weights are those after that step. */
public final class NonFiniteLossException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long step;

  NonFiniteLossException(double loss, int epoch, long step, float learningRate) {
    super(
        "the loss is "
            + loss
            + " at step "
            + step
            + " (epoch "
            + epoch
            + "), expected a finite number; try a learning rate below "
            + learningRate
            + ", or look for extreme values in the data");
    this.step = step;
  }

  /** The step, from 1. */
  public long step() {
    return step;
  }
}
