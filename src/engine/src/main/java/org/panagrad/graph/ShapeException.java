package org.panagrad.graph;

/**
 * Shapes that do not fit together; the message names path, operation, expected, found, producer.
 */
public final class ShapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** An exception with this one-line message. */
  public ShapeException(String message) {
    super(message);
  }
}
