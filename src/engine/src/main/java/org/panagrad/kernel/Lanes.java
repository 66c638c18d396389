package org.panagrad.kernel;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The vectors in use, in constants so that the compiler sees one width. */
final class Lanes {
  static final int BITS = VectorWidth.bits();
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

  private static VectorShuffle<Float> rotation(int by) {
    return VectorShuffle.fromOp(FLOATS, i -> (i + by) % LENGTH);
  }

  /**
   * The lanes of a sum whose next vector of elements would be added to a, the one after to b: the
   * rest of a row, less than a vector, goes into the first of them, one by one. Not by a load that
   * leaves lanes out: where the processor has none, the whole vector is loaded, and what lies
   * behind the row need not be there. That a need not be the first does not matter: the sums are
   * symmetric.
   */
  static float[] spread(FloatVector a, FloatVector b, FloatVector c, FloatVector d) {
    float[] lanes = ScalarLanes.zeroed();
    a.intoArray(lanes, 0);
    if (PARTS > 1) {
      b.intoArray(lanes, LENGTH);
    }
    if (PARTS > 2) {
      c.intoArray(lanes, 2 * LENGTH);
      d.intoArray(lanes, 3 * LENGTH);
    }
    return lanes;
  }
}
