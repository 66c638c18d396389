package org.panagrad.kernel;

import java.util.Arrays;

/** The sixteen partial sums of a reduction, as {@link Kernels} orders them. */
final class ScalarLanes {
  private ScalarLanes() {}

  /** This thread's lanes, zeroed. */
  static float[] zeroed() {
    float[] lanes = OnHeap.arrays().lanes;
    Arrays.fill(lanes, 0f);
    return lanes;
  }

  static float fold(float[] lanes) {
    for (int half = Kernels.LANES / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        lanes[i] += lanes[i + half];
      }
    }
    return lanes[0];
  }
}
