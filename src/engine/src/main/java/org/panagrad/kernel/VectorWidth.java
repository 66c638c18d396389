package org.panagrad.kernel;

import java.util.Locale;
import jdk.incubator.vector.FloatVector;

/** How wide the vectors are to be, asked before any class is initialised that depends on it. */
final class VectorWidth {
  /** Property to take a width other than the preferred: 128, 256 or 512 bits; for tests. */
  static final String PROPERTY = "panagrad.vector.bits";

  static final int LEAST_BITS = 128;

  private static final int MOST_BITS = Kernels.LANES * Float.SIZE;

  private VectorWidth() {}

  static int preferredBits() {
    return FloatVector.SPECIES_PREFERRED.vectorBitSize();
  }

  /**
   * Width in use.
   *
   * @throws IllegalStateException when the property asks for one that this machine lacks
   */
  static int bits() {
    int preferred = preferredBits();
    String asked = System.getProperty(PROPERTY);
    if (asked == null) {
      // The canonical sums have 16 lanes, so wider registers are used in part.
      return Math.min(Integer.highestOneBit(preferred), MOST_BITS);
    }
    for (int bits = LEAST_BITS; bits <= Math.min(preferred, MOST_BITS); bits *= 2) {
      if (asked.equals(Integer.toString(bits))) {
        return bits;
      }
    }
    throw new IllegalStateException(
        String.format(
            Locale.ROOT,
            "%s=%s: expected 128, 256 or 512, and no more than the %d bits of this machine",
            PROPERTY,
            asked,
            preferred));
  }
}
