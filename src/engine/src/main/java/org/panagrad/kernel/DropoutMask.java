package org.panagrad.kernel;

/**
 * Which elements dropout keeps: a pure function of a key and an element's index.
 *
 * <p>The index goes through the 32-bit finaliser "lowbias32" of Chris Wellons's hash prospector (<a
 * href="https://github.com/skeeto/hash-prospector">public domain</a>) twice, one half of the key
 * added before each round. One round would not do: under two keys it would give the same stream
 * shifted by their difference.
 */
public final class DropoutMask {
  static final int FACTOR_1 = 0x7feb352d;
  static final int FACTOR_2 = 0x846ca68b;

  /** Bits of the hash that are compared with the probability. */
  static final int PROBABILITY_BITS = 24;

  static final int UNUSED_BITS = Integer.SIZE - PROBABILITY_BITS;

  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private DropoutMask() {}

  /**
   * The key of one layer in one step of one run.
   *
   * @param seed of the run
   * @param step number of the optimizer step
   * @param layer number of the dropout layer in its network
   */
  public static long key(long seed, long step, int layer) {
    return mix(mix(mix(seed + GOLDEN) + step + GOLDEN) + layer + GOLDEN);
  }

  /**
   * Whether the element is kept.
   *
   * @param index of the element, as unsigned 32 bits
   * @param dropProbability in [0, 1), rounded to a multiple of 2^-24
   * @throws IllegalArgumentException when the probability is not in [0, 1)
   */
  public static boolean keep(long key, int index, float dropProbability) {
    return keeps(hash(firstKey(key), secondKey(key), index), threshold(dropProbability));
  }

  static boolean keeps(int hash, int threshold) {
    return hash >>> UNUSED_BITS >= threshold;
  }

  static int threshold(float dropProbability) {
    if (!(dropProbability >= 0f && dropProbability < 1f)) {
      throw new IllegalArgumentException(
          "dropout probability " + dropProbability + ": expected 0 <= probability < 1");
    }
    return Math.round(dropProbability * (1 << PROBABILITY_BITS));
  }

  static int firstKey(long key) {
    return (int) key;
  }

  static int secondKey(long key) {
    return (int) (key >>> Integer.SIZE);
  }

  static int hash(int firstKey, int secondKey, int index) {
    return round(round(index + firstKey) + secondKey);
  }

  private static int round(int x) {
    int h = x;
    h ^= h >>> 16;
    h *= FACTOR_1;
    h ^= h >>> 15;
    h *= FACTOR_2;
    h ^= h >>> 16;
    return h;
  }

  /** The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), Stafford's variant 13. */
  private static long mix(long x) {
    long z = x;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
