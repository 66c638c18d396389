package org.panagrad.kernel;

import static org.panagrad.kernel.Bounds.FLOAT;
import static org.panagrad.kernel.OffHeap.ALL;

/** Element-wise losses and their gradients over one row. */
final class ScalarLosses {
  private static final int LANE_MASK = Kernels.LANES - 1;

  private ScalarLosses() {}

  /** As {@link #addLosses} from the row's start, and the fold of the lanes. */
  static float lossRow(
      ElementLoss loss,
      float delta,
      long p,
      long t,
      long w,
      boolean weighted,
      long dp,
      int n,
      float gradientScale) {
    float[] lanes = ScalarLanes.zeroed();
    addLosses(lanes, 0, loss, delta, p, t, w, weighted, dp, n, gradientScale);
    return ScalarLanes.fold(lanes);
  }

  /**
   * Writes the gradients of elements from i to n of a row and adds their losses to the lanes; a
   * weight of 1 changes no bit.
   */
  static void addLosses(
      float[] lanes,
      int from,
      ElementLoss loss,
      float delta,
      long p,
      long t,
      long w,
      boolean weighted,
      long dp,
      int n,
      float gradientScale) {
    for (int i = from; i < n; i++) {
      float x = ALL.get(FLOAT, p + 4L * i);
      float target = ALL.get(FLOAT, t + 4L * i);
      float e = x - target;
      float weight = weighted ? ALL.get(FLOAT, w + 4L * i) : 1f;
      ALL.set(FLOAT, dp + 4L * i, gradient(loss, delta, x, target, e) * gradientScale * weight);
      lanes[i & LANE_MASK] += value(loss, delta, x, target, e) * weight;
    }
  }

  private static float value(ElementLoss loss, float delta, float x, float target, float e) {
    return switch (loss) {
      case SQUARED -> e * e;
      case ABSOLUTE -> Math.abs(e);
      case HUBER -> {
        float a = Math.abs(e);
        float quadratic = 0.5f * a * a;
        float linear = delta * (a - 0.5f * delta);
        yield a <= delta ? quadratic : linear;
      }
      case BINARY_CROSS_ENTROPY -> {
        float positive = x <= 0f ? 0f : x;
        float rest = ScalarMath.log1p(ScalarMath.exp(-Math.abs(x)));
        yield Math.fma(-x, target, positive) + rest;
      }
    };
  }

  private static float gradient(ElementLoss loss, float delta, float x, float target, float e) {
    return switch (loss) {
      case SQUARED -> e + e;
      case ABSOLUTE -> {
        float upper = e > 0f ? 1f : e;
        yield e < 0f ? -1f : upper;
      }
      case HUBER -> {
        float upper = e > delta ? delta : e;
        yield e < -delta ? -delta : upper;
      }
      case BINARY_CROSS_ENTROPY -> ScalarMath.sigmoid(x) - target;
    };
  }
}
