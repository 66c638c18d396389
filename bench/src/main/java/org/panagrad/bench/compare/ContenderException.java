package org.panagrad.bench.compare;

/** A contender cannot go on; the others can. */
final class ContenderException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ContenderException(String message) {
    super(message);
  }
}
