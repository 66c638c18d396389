package org.panagrad.report;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How often numbers lie where, in bins of one width between the smallest and the largest.
 *
 * @param count how many finite numbers
 * @param notFinite how many were not, which are in no bin
 * @param min the smallest, 0 where there is none
 * @param max the largest, 0 where there is none
 * @param sum of all
 * @param sumOfSquares of all
 * @param bins how many lie in each; a number on an edge belongs to the upper bin, the largest to
 *     the last
 */
record Histogram(
    long count,
    long notFinite,
    double min,
    double max,
    double sum,
    double sumOfSquares,
    List<Long> bins) {
  Histogram {
    bins = List.copyOf(bins);
  }

  /** Of the float32 that a segment is full of. */
  static Histogram of(MemorySegment floats, int elements, int bins) {
    long count = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < elements; i++) {
      double value = floats.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      if (Double.isFinite(value)) {
        count++;
        min = Math.min(min, value);
        max = Math.max(max, value);
        sum += value;
        squares += value * value;
      }
    }
    if (count == 0) {
      return new Histogram(0, elements, 0, 0, 0, 0, zeros(bins));
    }
    long[] counts = new long[bins];
    double perBin = max > min ? bins / (max - min) : 0;
    for (int i = 0; i < elements; i++) {
      double value = floats.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      if (Double.isFinite(value)) {
        counts[Math.min(bins - 1, (int) ((value - min) * perBin))]++;
      }
    }
    List<Long> all = new ArrayList<>();
    for (long c : counts) {
      all.add(c);
    }
    return new Histogram(count, elements - count, min, max, sum, squares, all);
  }

  private static List<Long> zeros(int bins) {
    return Collections.nCopies(bins, 0L);
  }

  /** The mean, 0 where there is no number. */
  double mean() {
    return count == 0 ? 0 : sum / count;
  }

  /** The root of the mean squared distance from the mean. */
  double deviation() {
    return count == 0 ? 0 : Math.sqrt(Math.max(0, sumOfSquares / count - mean() * mean()));
  }

  /** The upper edge of a bin; that of the last is the largest number itself. */
  double upperEdge(int bin) {
    return bin == bins.size() - 1 ? max : min + (max - min) * (bin + 1) / bins.size();
  }
}
