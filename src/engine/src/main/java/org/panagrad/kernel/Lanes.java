package org.panagrad.kernel;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The vectors in use, in constants so that the compiler sees one width. */
final class Lanes {
  /** Property to take a width other than the preferred: 128, 256 or 512 bits; for tests. */
  static final String BITS_PROPERTY = "panagrad.vector.bits";

  private static final int MOST_BITS = Kernels.LANES * Float.SIZE;

  static final int BITS = bits();
  static final VectorSpecies<Float> FLOATS =
      VectorSpecies.of(float.class, VectorShape.forBitSize(BITS));
  static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, VectorShape.forBitSize(BITS));
  static final int LENGTH = FLOATS.length();

  /** Vectors that make up the sixteen lanes of a sum. */
  static final int PARTS = Kernels.LANES / LENGTH;

  static final int LANE_MASK = Kernels.LANES - 1;
  static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** 0, 1, 2, ... */
  static final IntVector INDICES = IntVector.zero(INTS).addIndex(1);

  static final VectorShuffle<Float> BY_8 = rotation(8);
  static final VectorShuffle<Float> BY_4 = rotation(4);
  static final VectorShuffle<Float> BY_2 = rotation(2);
  static final VectorShuffle<Float> BY_1 = rotation(1);

  private Lanes() {}

  private static int bits() {
    int preferred = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    int bits = Integer.getInteger(BITS_PROPERTY, Math.min(preferred, MOST_BITS));
    if ((bits != 128 && bits != 256 && bits != 512) || bits > preferred) {
      throw new IllegalStateException(
          "%s=%d: expected 128, 256 or 512, no more than the %d bits of this machine"
              .formatted(BITS_PROPERTY, bits, preferred));
    }
    return bits;
  }

  private static VectorShuffle<Float> rotation(int by) {
    return VectorShuffle.fromOp(FLOATS, i -> (i + by) % LENGTH);
  }
}
