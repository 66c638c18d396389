package org.panagrad.data;

/**
 * How a stored value becomes a network's input: input = stored * scale + shift.
 *
 * <p>A model keeps it, so that prediction treats its inputs as training did.
 */
public record FeatureMap(float scale, float shift) {
  /** Stored values are the inputs. */
  public static final FeatureMap IDENTITY = new FeatureMap(1, 0);

  /** Grey levels 0 to 255 to [0, 1]. */
  public static final FeatureMap PIXELS = new FeatureMap(1 / 255f, 0);

  /**
   * Checks that both are finite.
   *
   * @throws IllegalArgumentException if one is not
   */
  public FeatureMap {
    if (!Float.isFinite(scale) || !Float.isFinite(shift)) {
      throw new IllegalArgumentException(
          "feature map: expected a finite scale and shift, found " + scale + " and " + shift);
    }
  }

  /** The input for a stored value, rounded once, as the kernels do it. */
  public float apply(float stored) {
    return Math.fma(stored, scale, shift);
  }
}
