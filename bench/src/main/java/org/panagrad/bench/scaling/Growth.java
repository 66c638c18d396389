package org.panagrad.bench.scaling;

import java.util.List;

/**
 * What was measured, and the two questions asked of it.
 *
 * @param bySize networks at one batch size, the smallest first
 * @param byBatch one network, batch sizes doubling
 */
record Growth(List<Point> bySize, List<Point> byBatch) {
  /** A batch size that falls behind its half by more than this has fallen off a cliff. */
  private static final double CLIFF = 0.9;

  /**
   * How a sample's cost grows from the network before this one: with the parameters to this power.
   */
  double exponent(int index) {
    return power(bySize.get(index - 1), bySize.get(index));
  }

  /** The same, from the smallest network to the largest. */
  double exponent() {
    return power(bySize.getFirst(), bySize.getLast());
  }

  private static double power(Point a, Point b) {
    return Math.log(b.sampleNanos() / a.sampleNanos())
        / Math.log((double) b.problem().parameters() / a.problem().parameters());
  }

  /** Throughput at this batch size over that at half of it. */
  double overHalf(int index) {
    return byBatch.get(index).samplesPerSecond() / byBatch.get(index - 1).samplesPerSecond();
  }

  boolean cliff(int index) {
    return index > 0 && overHalf(index) < CLIFF;
  }
}
