package org.panagrad.train;

/** Why a run of a training came to its end. */
public enum StopReason {
  /** All epochs asked for are done. */
  ALL_EPOCHS("all epochs"),
  /** The validation set was not predicted any better. */
  EARLY_STOPPING("early stopping"),
  /** It was asked to stop, and can be resumed. */
  INTERRUPTED("interrupted");

  private final String text;

  StopReason(String text) {
    this.text = text;
  }

  /** In words. */
  public String text() {
    return text;
  }
}
