package org.panagrad.train;

import org.jspecify.annotations.Nullable;

/**
 * Tells what made a session's numbers infinite or not a number: where, at which step, by which
 * mini-batch.
 *
 * <p>A loss is known before its update is made, and is NaN where a parameter is not finite. So a
 * trained parameter that is not was made so by the last update that was made, whenever it is found.
 * Of running statistics and the optimizer's state only the last time is known when all were finite.
 */
final class FiniteWatch {
  private final FiniteCheck check;
  private int epoch; // of the last update since the session was where it is, 0 for none
  private int batch;
  private int lastBatch;
  private long step;
  private float learningRate;
  private long finiteStep = -1; // when everything was last looked at and found finite

  FiniteWatch(FiniteCheck check) {
    this.check = check;
  }

  /** An update has been made, with parameters that were finite and a loss that was. */
  void updated(int ofEpoch, int firstBatch, int toBatch, long number, float rate) {
    epoch = ofEpoch;
    batch = firstBatch;
    lastBatch = toBatch;
    step = number;
    learningRate = rate;
  }

  /** The session is somewhere else: nothing is known of how it came there. */
  void restored() {
    epoch = 0;
    finiteStep = -1;
  }

  /**
   * Why a loss is not finite.
   *
   * @param output where the network's output is not finite, null if it is
   * @param now the update that is not made for it
   */
  NonFiniteLossException ofLoss(double loss, @Nullable String output, UpdatePlace now) {
    String weight = check.lastWeight();
    if (weight == null) {
      String gradient = check.firstGradient();
      return NonFiniteLossException.ofLoss(loss, gradient == null ? output : gradient, now);
    }
    return epoch == 0
        ? NonFiniteLossException.ofParameter(weight, weight, "before the update at ", now, "")
        : NonFiniteLossException.ofParameter(
            weight,
            weight,
            "after the update at ",
            lastUpdate(),
            ", and so the loss is " + loss + " at the next");
  }

  /**
   * Where a gradient is not finite under a finite loss.
   *
   * @param now the update that is not made for it
   */
  NonFiniteLossException ofGradient(UpdatePlace now) {
    String path = check.lastGradient();
    String norm = "the norm of all gradients";
    return path == null
        ? NonFiniteLossException.ofGradient(norm, norm, now)
        : NonFiniteLossException.ofGradient("the gradient of " + path, path, now);
  }

  /**
   * Looks at everything that is kept.
   *
   * @param now where the session is
   * @throws NonFiniteLossException if something is not finite
   */
  void require(UpdatePlace now) {
    String weight = check.lastWeight();
    if (weight != null) {
      throw epoch == 0
          ? NonFiniteLossException.ofParameter(weight, weight, "after ", now, since())
          : NonFiniteLossException.ofParameter(
              weight, weight, "after the update at ", lastUpdate(), "");
    }
    String statistic = check.firstStatistic();
    String path = statistic == null ? check.firstState() : statistic;
    if (path != null) {
      String what = statistic == null ? "the optimizer's state of " + path : path;
      throw NonFiniteLossException.ofParameter(
          what, path, "after ", epoch == 0 ? now : lastUpdate(), since());
    }
    finiteStep = now.step();
  }

  private UpdatePlace lastUpdate() {
    return new UpdatePlace(epoch, batch, lastBatch, step, learningRate);
  }

  private String since() {
    return finiteStep < 0 ? "" : ", and was after step " + finiteStep;
  }
}
