package org.panagrad.plan;

import java.lang.foreign.MemorySegment;
import org.panagrad.blas.Matrix;

/**
 * Copies the rows of the mini-batch to be run into the plan's buffers; called by several threads.
 */
public interface BatchSource {
  /**
   * Writes rows [from, to) of the mini-batch as (batch, features) floats.
   *
   * @param out byte offset of row {@code from}; rows follow each other
   */
  void features(int from, int to, MemorySegment segment, long out);

  /**
   * Writes the int32 classes of rows [from, to).
   *
   * @param out byte offset of row {@code from}
   */
  void labels(int from, int to, MemorySegment segment, long out);

  /**
   * Writes the targets of rows [from, to) feature-major: element (k, row) at {@code out + (k * ld +
   * row - from) * 4}.
   */
  void targets(int from, int to, MemorySegment segment, long out, int ld);

  /**
   * Writes the float32 weights of rows [from, to); asked only for plans that weigh examples.
   *
   * @param out byte offset of row {@code from}
   */
  default void weights(int from, int to, MemorySegment segment, long out) {
    throw new UnsupportedOperationException("the rows of this source have no weights");
  }

  /** Whether the rows of this mini-batch can be read where they are; then none are copied. */
  default boolean isInPlace() {
    return false;
  }

  /**
   * Lays a sliding matrix over rows [from, from + count) of the mini-batch and their features from
   * {@code column} on, where rows follow each other in memory; asked only for plans that read in
   * place, or where {@link #isInPlace()}.
   */
  default void slide(Matrix matrix, int from, int count, int column) {
    throw new UnsupportedOperationException("the rows of this source cannot be read in place");
  }
}
