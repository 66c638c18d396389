package org.panagrad.table;

/** How numeric columns are brought to a like size. */
public enum Scaling {
  /** To mean 0 and standard deviation 1. */
  STANDARD,
  /** To [0, 1] between the least and the greatest value of the training rows. */
  MIN_MAX,
  /** Not at all. */
  NONE
}
