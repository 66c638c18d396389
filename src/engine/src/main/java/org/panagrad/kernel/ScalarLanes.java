package org.panagrad.kernel;

import java.util.Arrays;

/** The sixteen partial sums of a reduction, as {@link Kernels} orders them. */
final class ScalarLanes {
  // One array per thread: a new one per row would be garbage, and sixteen locals a wall of code.
  private static final ThreadLocal<float[]> LANES =
      ThreadLocal.withInitial(() -> new float[Kernels.LANES]);

  private ScalarLanes() {}

  /** This thread's lanes, zeroed. */
  static float[] zeroed() {
    float[] lanes = LANES.get();
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
