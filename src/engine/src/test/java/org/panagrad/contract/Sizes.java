package org.panagrad.contract;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The extents a case is built with: features in, of hidden layers, out, and the batch. */
record Sizes(int in, int hidden, int out, int batch) {
  /** Around vectors of 16, register blocks, and nothing at all. */
  static final int[] AWKWARD = {1, 2, 3, 7, 15, 16, 17, 31, 33, 64, 65};

  /** A batch whose rows of examples are spaced in memory. */
  private static final Sizes SPACED = new Sizes(7, 33, 3, 128);

  /** As many combinations as there are extents, each extent once in every place. */
  static List<Sizes> awkward(int shift) {
    int n = AWKWARD.length;
    return IntStream.range(0, n)
        .mapToObj(
            i ->
                new Sizes(
                    AWKWARD[i],
                    AWKWARD[(2 * i + shift) % n],
                    AWKWARD[(3 * i + 2 * shift + 1) % n],
                    AWKWARD[(4 * i + 3 * shift + 2) % n]))
        .toList();
  }

  /** These and a batch of 128, of which sums that cancel have wide bounds. */
  static List<Sizes> all(int shift) {
    return Stream.concat(awkward(shift).stream(), Stream.of(SPACED)).toList();
  }

  /** A short last batch. */
  int shortBatch() {
    return Math.max(1, batch * 2 / 3);
  }
}
