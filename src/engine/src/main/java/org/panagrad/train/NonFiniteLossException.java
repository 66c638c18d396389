package org.panagrad.train;

import org.jspecify.annotations.Nullable;

/**
 * The loss, a gradient or a parameter became infinite or not a number.
 *
 * <p>No update is made with a loss, or a measured gradient, that is not finite: the weights are
 * those before that step. Where a parameter is not finite it has been so since the update of that
 * step at the latest.
 */
public final class NonFiniteLossException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String where;
  private final int epoch;
  private final int batch;
  private final long step;

  private NonFiniteLossException(String message, String where, int epoch, int batch, long step) {
    super(message);
    this.where = where;
    this.epoch = epoch;
    this.batch = batch;
    this.step = step;
  }

  /**
   * Of a loss.
   *
   * @param where the first parameter whose gradient is not finite or, where none is kept, the layer
   *     whose output is not; null if all are
   */
  static NonFiniteLossException ofLoss(
      double loss, @Nullable String where, int epoch, int batch, long step, float learningRate) {
    return new NonFiniteLossException(
        "the loss is "
            + loss
            + place(epoch, batch, step)
            + (where == null ? "" : ", first seen in " + where)
            + advice(learningRate),
        where == null ? "loss" : where,
        epoch,
        batch,
        step);
  }

  /** Of a gradient, though the loss is a finite number. */
  static NonFiniteLossException ofGradient(
      String what, String path, int epoch, int batch, long step, float learningRate) {
    return new NonFiniteLossException(
        what + " is not finite" + place(epoch, batch, step) + advice(learningRate),
        path,
        epoch,
        batch,
        step);
  }

  /**
   * Of a parameter, or its optimizer state, though the loss was a finite number.
   *
   * @param more what else is known of when it became so, from a comma on
   */
  static NonFiniteLossException ofParameter(
      String path, int epoch, int batch, long step, String more, float learningRate) {
    return new NonFiniteLossException(
        path
            + " is not finite after the update"
            + place(epoch, batch, step)
            + more
            + advice(learningRate),
        path,
        epoch,
        batch,
        step);
  }

  private static String place(int epoch, int batch, long step) {
    return " at step " + step + " (epoch " + epoch + ", batch " + batch + ")";
  }

  private static String advice(float learningRate) {
    return ", expected finite numbers; try a learning rate below "
        + learningRate
        + ", or look for extreme values in the data";
  }

  /** The same, with more to say. */
  NonFiniteLossException and(String more) {
    NonFiniteLossException longer =
        new NonFiniteLossException(getMessage() + "; " + more, where, epoch, batch, step);
    longer.setStackTrace(getStackTrace());
    for (Throwable suppressed : getSuppressed()) {
      longer.addSuppressed(suppressed);
    }
    return longer;
  }

  /** The parameter or layer it was first seen in, or "loss". */
  public String where() {
    return where;
  }

  /** The epoch, from 1. */
  public int epoch() {
    return epoch;
  }

  /** The mini-batch of the epoch, from 0. */
  public int batch() {
    return batch;
  }

  /** The step, from 1. */
  public long step() {
    return step;
  }
}
