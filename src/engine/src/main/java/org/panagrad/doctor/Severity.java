package org.panagrad.doctor;

/** How bad a finding is. */
public enum Severity {
  /** As it should be. */
  OK,
  /** Worth knowing; the training may well succeed. */
  NOTE,
  /** The training fails, or is worth little, until this is changed. */
  PROBLEM
}
