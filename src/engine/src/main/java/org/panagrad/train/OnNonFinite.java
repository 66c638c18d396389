package org.panagrad.train;

import java.util.Locale;

/** What is done when a loss or a gradient is not a finite number. */
public enum OnNonFinite {
  /**
   * The training ends, and says where it was. Loss and weights are looked at before each update.
   * Gradients are not: one that overflows under a finite loss makes a weight infinite, which the
   * next step finds, or the end of an epoch, a checkpoint or the writing of a model if that comes
   * first; what is named is the step and the mini-batch of the gradient.
   */
  STOP,
  /**
   * The update is left out, and training goes on with the next mini-batch. Loss and gradients are
   * looked at before every update, so gradients are stored, and plain SGD's update is no longer its
   * product: other bits, and more memory and time. The running statistics of batch normalisations
   * are put back to what they were. Weights that an update of finite gradients made infinite cannot
   * be left out: the training ends.
   */
  SKIP,
  /**
   * Training goes back to the beginning of the epoch, with the weights of the epoch with the least
   * training loss, and goes on with half the learning rate; ten times at most. Those weights and
   * the optimizer's state are copied to native memory of their own at the beginning of an epoch.
   */
  ROLLBACK;

  /** The name on the command line and in messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The policy of this name.
   *
   * @throws IllegalArgumentException if there is none; the message lists them
   */
  public static OnNonFinite byName(String name) {
    for (OnNonFinite policy : values()) {
      if (policy.label().equals(name)) {
        return policy;
      }
    }
    throw new IllegalArgumentException(
        "non-finite policy '" + name + "': expected stop, skip or rollback");
  }
}
