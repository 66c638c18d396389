package org.panagrad.random;

/**
 * SplitMix64: turns one 64-bit seed into well-mixed words.
 *
 * <p>Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014,
 * with the constants of Vigna's splitmix64.c (prng.di.unimi.it).
 */
final class SplitMix64 {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  SplitMix64(long seed) {
    state = seed;
  }

  long nextLong() {
    state += GAMMA;
    return mix(state);
  }

  /** A bijection of the 64-bit words in which every input bit moves about half the output bits. */
  static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
