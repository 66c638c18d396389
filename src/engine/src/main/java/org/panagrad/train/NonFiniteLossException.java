package org.panagrad.train;

import org.jspecify.annotations.Nullable;

/**
 * The loss, a gradient or a parameter became infinite or not a number.
 *
 * <p>No update is made with a loss, or a measured gradient, that is not finite: the weights are
 * those before that step. Where it is a trained parameter that is not, the update of that step has
 * made it so; where it is the optimizer's state or a running statistic, that or one before.
 */
public final class NonFiniteLossException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String where;
  private final int epoch;
  private final int batch;
  private final long step;

  private final boolean ofParameter;

  private NonFiniteLossException(
      String message, String where, UpdatePlace place, boolean ofParameter) {
    this(message, where, place.epoch(), place.batch(), place.step(), ofParameter);
  }

  private NonFiniteLossException(
      String message, String where, int epoch, int batch, long step, boolean ofParameter) {
    super(message);
    this.where = where;
    this.epoch = epoch;
    this.batch = batch;
    this.step = step;
    this.ofParameter = ofParameter;
  }

  /**
   * Of a loss.
   *
   * @param where the first parameter whose gradient is not finite or, where none is kept, the layer
   *     whose output is not; null if all are
   * @param place the update that was not made
   */
  static NonFiniteLossException ofLoss(double loss, @Nullable String where, UpdatePlace place) {
    return new NonFiniteLossException(
        "the loss is "
            + loss
            + " at "
            + place
            + (where == null ? "" : ", first seen in " + where)
            + advice(place),
        where == null ? "loss" : where,
        place,
        false);
  }

  /**
   * Of a gradient, though the loss is a finite number.
   *
   * @param place the update that was not made
   */
  static NonFiniteLossException ofGradient(String what, String path, UpdatePlace place) {
    return new NonFiniteLossException(
        what + " is not finite at " + place + advice(place), path, place, false);
  }

  /**
   * Of a parameter, or its optimizer state, though the loss was a finite number.
   *
   * @param what in words
   * @param path of the parameter
   * @param when "after the update at" or the like, and a space
   * @param more what else is known of when it became so, from a comma on
   */
  static NonFiniteLossException ofParameter(
      String what, String path, String when, UpdatePlace place, String more) {
    return new NonFiniteLossException(
        what + " is not finite " + when + place + more + advice(place), path, place, true);
  }

  private static String advice(UpdatePlace place) {
    return ", expected finite numbers; try a learning rate below "
        + place.learningRate()
        + ", or look for extreme values in the data";
  }

  /** The same, with more to say. */
  NonFiniteLossException and(String more) {
    NonFiniteLossException longer =
        new NonFiniteLossException(
            getMessage() + "; " + more, where, epoch, batch, step, ofParameter);
    longer.setStackTrace(getStackTrace());
    for (Throwable suppressed : getSuppressed()) {
      longer.addSuppressed(suppressed);
    }
    return longer;
  }

  /** Whether a parameter is not finite: no update that is left out makes it so again. */
  boolean isOfParameter() {
    return ofParameter;
  }

  /** The parameter or layer it was first seen in, or "loss". */
  public String where() {
    return where;
  }

  /** The epoch, from 1. */
  public int epoch() {
    return epoch;
  }

  /**
   * The mini-batch of the epoch, from 0; where an update has several and it is not known, the
   * first.
   */
  public int batch() {
    return batch;
  }

  /** The step, from 1. */
  public long step() {
    return step;
  }
}
