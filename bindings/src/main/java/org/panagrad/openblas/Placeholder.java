package org.panagrad.openblas;

final class Placeholder {
  private Placeholder() {}
}
