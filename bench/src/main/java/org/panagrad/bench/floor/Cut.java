package org.panagrad.bench.floor;

/** Along which dimension of c = a b the callers share a product. */
enum Cut {
  /** One caller has it all. */
  NONE,
  /** Rows of c. */
  ROWS,
  /** Columns of c. */
  COLUMNS,
  /** The dimension summed over; every caller has its own c, and nobody adds them. */
  K
}
