package org.panagrad.random;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A seeded generator of random numbers: xoshiro256++ 1.0, its state filled by SplitMix64.
 *
 * <p>Every method's bits are fixed for ever: they follow from the seed by integer arithmetic and
 * correctly rounded (or {@link StrictMath}) operations only, on every machine. Not thread-safe, and
 * not for secrets.
 *
 * <p>Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4),
 * 2021, and xoshiro256plusplus.c (prng.di.unimi.it).
 */
public final class SeededRandom {
  /** Words of {@link #state()}. */
  public static final int STATE_WORDS = 4;

  private long s0;
  private long s1;
  private long s2;
  private long s3;

  private SeededRandom() {}

  /** The generator of a seed: its state is the first four words of SplitMix64. */
  public static SeededRandom of(long seed) {
    SeededRandom random = new SeededRandom();
    random.seed(seed);
    return random;
  }

  /**
   * The generator of a seed for one purpose, independent of those for other purposes, so that a
   * network's first weights do not move when the shuffling draws more or less.
   */
  public static SeededRandom of(long seed, String purpose) {
    return of(SplitMix64.mix(SplitMix64.mix(seed) + fnv1a(purpose)));
  }

  /**
   * The generator that goes on from a saved state.
   *
   * @throws IllegalArgumentException if it is not four words, not all zero
   */
  public static SeededRandom ofState(long... state) {
    SeededRandom random = new SeededRandom();
    random.restore(state);
    return random;
  }

  /**
   * An independent generator, a pure function of this one's present state and the id; this one does
   * not move.
   */
  public SeededRandom split(long id) {
    long key = SplitMix64.mix(s0);
    key = SplitMix64.mix(key + s1);
    key = SplitMix64.mix(key + s2);
    key = SplitMix64.mix(key + s3);
    return of(SplitMix64.mix(key + id));
  }

  /** The next 64 bits. */
  public long nextLong() {
    long result = Long.rotateLeft(s0 + s3, 23) + s0;
    long t = s1 << 17;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = Long.rotateLeft(s3, 45);
    return result;
  }

  /**
   * Uniform in [0, bound), without bias.
   *
   * <p>Source: Lemire, "Fast random integer generation in an interval", ACM TOMACS 29(1), 2019.
   *
   * @throws IllegalArgumentException if bound is not positive
   */
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound " + bound + ", expected 1 or more");
    }
    long product = (nextLong() >>> 32) * bound;
    if (Integer.compareUnsigned((int) product, bound) < 0) {
      int rejected = Integer.remainderUnsigned(-bound, bound);
      while (Integer.compareUnsigned((int) product, rejected) < 0) {
        product = (nextLong() >>> 32) * bound;
      }
    }
    return (int) (product >>> 32);
  }

  /** Uniform in [0, 1): a multiple of 2^-24. */
  public float nextFloat() {
    return (nextLong() >>> 40) * 0x1p-24f;
  }

  /** Uniform in [0, 1): a multiple of 2^-53. */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  /**
   * Draws (2 u - 1) times the bound for each u that {@link #nextDouble} would draw, rounded:
   * uniform in [-bound, bound). One loop without calls, as a process draws its first million
   * numbers before anything is compiled.
   *
   * @param count how many, of the first of the array
   */
  public void fillUniform(float[] to, int count, double bound) {
    long a = s0;
    long b = s1;
    long c = s2;
    long d = s3;
    for (int i = 0; i < count; i++) {
      long sum = a + d;
      long bits = (sum << 23 | sum >>> 41) + a;
      long t = b << 17;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= t;
      d = d << 45 | d >>> 19;
      to[i] = (float) ((2 * ((bits >>> 11) * 0x1p-53) - 1) * bound);
    }
    s0 = a;
    s1 = b;
    s2 = c;
    s3 = d;
  }

  /** Uniform in [low, high). */
  public double nextDouble(double low, double high) {
    return low + (high - low) * nextDouble();
  }

  /**
   * Normal with mean 0 and variance 1, by the polar method of Marsaglia and Bray (SIAM Review 6(3),
   * 1964). The second value of a pair is dropped, so that the state is all there is to save.
   */
  public double nextGaussian() {
    while (true) {
      double u = 2 * nextDouble() - 1;
      double v = 2 * nextDouble() - 1;
      double square = u * u + v * v;
      if (square < 1 && square > 0) {
        return u * Math.sqrt(-2 * StrictMath.log(square) / square);
      }
    }
  }

  /**
   * Shuffles consecutive int32 values in place, every order equally likely (Fisher and Yates, in
   * Durstenfeld's form).
   *
   * @param ints 4-byte aligned, of at least 4 * count bytes
   * @throws IndexOutOfBoundsException if the segment is shorter
   */
  public void shuffle(MemorySegment ints, int count) {
    Objects.checkFromIndexSize(0, 4L * count, ints.byteSize());
    for (int i = count - 1; i > 0; i--) {
      int j = nextInt(i + 1);
      int held = ints.getAtIndex(ValueLayout.JAVA_INT, i);
      ints.setAtIndex(ValueLayout.JAVA_INT, i, ints.getAtIndex(ValueLayout.JAVA_INT, j));
      ints.setAtIndex(ValueLayout.JAVA_INT, j, held);
    }
  }

  /** All of the state, for {@link #restore}. */
  public long[] state() {
    return new long[] {s0, s1, s2, s3};
  }

  /**
   * Goes on from a saved state.
   *
   * @throws IllegalArgumentException if it is not four words, not all zero
   */
  public void restore(long... state) {
    if (state.length != STATE_WORDS) {
      throw new IllegalArgumentException(
          "random state: expected " + STATE_WORDS + " words, found " + state.length);
    }
    if ((state[0] | state[1] | state[2] | state[3]) == 0) {
      throw new IllegalArgumentException(
          "random state: all words are zero, from which xoshiro256++ never moves");
    }
    s0 = state[0];
    s1 = state[1];
    s2 = state[2];
    s3 = state[3];
  }

  private void seed(long seed) {
    SplitMix64 words = new SplitMix64(seed);
    s0 = words.nextLong();
    s1 = words.nextLong();
    s2 = words.nextLong();
    s3 = words.nextLong();
  }

  // FNV-1a, 64 bits (Fowler, Noll, Vo): String.hashCode has only 32.
  private static long fnv1a(String text) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
    }
    return hash;
  }
}
