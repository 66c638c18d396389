package org.panagrad.train;

import org.panagrad.file.OneLine;

/** A training cannot be begun or gone on with beside the checkpoints that are there. */
public final class ResumeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says in one line what is wrong and what to do. */
  public ResumeException(String message) {
    super(OneLine.of(message));
  }
}
