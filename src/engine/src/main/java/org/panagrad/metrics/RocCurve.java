package org.panagrad.metrics;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The area under a ROC curve, exactly: the share of pairs of a positive and a negative row that the
 * scores put in the right order, equal scores counted half (Mann and Whitney's U).
 */
final class RocCurve {
  // Score and class are 33 bits, sorted in three rounds.
  private static final int DIGIT_BITS = 11;
  private static final int DIGITS = 1 << DIGIT_BITS;
  private static final int ROUNDS = 3;

  private RocCurve() {}

  /** Bytes of each of the two places that {@link #area} sorts in. */
  static long scratchBytes(int rows) {
    return 8L * rows;
  }

  /**
   * The area under the curve of one class.
   *
   * @param scores float32 (rows), none of them NaN
   * @param scoresAt byte offset of the first
   * @param labels int32 (rows)
   * @param positive the class that the scores are for
   * @param a scratch
   * @param b scratch
   * @return NaN where all rows or none are of the class
   */
  static double area(
      MemorySegment scores,
      long scoresAt,
      MemorySegment labels,
      int positive,
      int rows,
      MemorySegment a,
      MemorySegment b) {
    for (int i = 0; i < rows; i++) {
      int bits = ordered(scores.get(ValueLayout.JAVA_FLOAT, scoresAt + 4L * i));
      long isPositive = labels.getAtIndex(ValueLayout.JAVA_INT, i) == positive ? 1 : 0;
      a.setAtIndex(ValueLayout.JAVA_LONG, i, Integer.toUnsignedLong(bits) << 1 | isPositive);
    }
    MemorySegment from = a;
    MemorySegment to = b;
    for (int round = 0; round < ROUNDS; round++) {
      sortByDigit(from, to, rows, round * DIGIT_BITS);
      MemorySegment sorted = to;
      to = from;
      from = sorted;
    }
    return shareInOrder(from, rows);
  }

  /** Bits that, unsigned, are in the order of the numbers; both zeros are the same. */
  private static int ordered(float score) {
    int bits = Float.floatToRawIntBits(score + 0f);
    return bits ^ (bits >> 31 | Integer.MIN_VALUE);
  }

  private static void sortByDigit(MemorySegment from, MemorySegment to, int rows, int shift) {
    int[] place = new int[DIGITS + 1];
    for (int i = 0; i < rows; i++) {
      place[digit(from.getAtIndex(ValueLayout.JAVA_LONG, i), shift) + 1]++;
    }
    for (int d = 0; d < DIGITS; d++) {
      place[d + 1] += place[d];
    }
    for (int i = 0; i < rows; i++) {
      long key = from.getAtIndex(ValueLayout.JAVA_LONG, i);
      to.setAtIndex(ValueLayout.JAVA_LONG, place[digit(key, shift)]++, key);
    }
  }

  private static int digit(long key, int shift) {
    return (int) (key >>> shift) & (DIGITS - 1);
  }

  private static double shareInOrder(MemorySegment sorted, int rows) {
    long negativesBefore = 0;
    long positives = 0;
    long halves = 0; // twice the pairs in order; at most rows^2 / 2
    for (int i = 0; i < rows; ) {
      long score = sorted.getAtIndex(ValueLayout.JAVA_LONG, i) >>> 1;
      long equalPositives = 0;
      long equalNegatives = 0;
      while (i < rows && sorted.getAtIndex(ValueLayout.JAVA_LONG, i) >>> 1 == score) {
        long isPositive = sorted.getAtIndex(ValueLayout.JAVA_LONG, i) & 1;
        equalPositives += isPositive;
        equalNegatives += 1 - isPositive;
        i++;
      }
      halves += equalPositives * (2 * negativesBefore + equalNegatives);
      negativesBefore += equalNegatives;
      positives += equalPositives;
    }
    return positives == 0 || negativesBefore == 0
        ? Double.NaN
        : halves / (2.0 * positives * negativesBefore);
  }
}
