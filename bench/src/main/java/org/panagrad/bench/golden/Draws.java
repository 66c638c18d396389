package org.panagrad.bench.golden;

/**
 * Numbers that look random and are the same everywhere: SplitMix64 (Steele, Lea and Flood, 2014).
 *
 * <p>All are float32 values, so that a float64 computation starts from exactly what a float32 one
 * starts from.
 */
final class Draws {
  private long state;

  Draws(long seed) {
    state = seed;
  }

  private long next() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Uniform in [-bound, bound). */
  float symmetric(float bound) {
    return ((next() >>> 40) * 0x1p-23f - 1) * bound;
  }

  float[] symmetric(int count, float bound) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = symmetric(bound);
    }
    return values;
  }

  /** Uniform in [0, bound), but for a bias of less than bound / 2^31. */
  int below(int bound) {
    return (int) ((next() >>> 33) % bound);
  }
}
