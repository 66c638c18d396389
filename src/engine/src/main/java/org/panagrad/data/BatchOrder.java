package org.panagrad.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.panagrad.random.SeededRandom;

/**
 * The order in which an epoch goes through the rows: int32 row numbers in memory of the caller's.
 *
 * <p>A shuffled order is a pure function of seed and epoch; no earlier epoch bears on it, so that a
 * resumed training goes on with the order it would have had.
 */
public final class BatchOrder {
  /** Row numbers that are set together. */
  private static final int STRETCH = 1024;

  private final MemorySegment indices; // (size) int32
  private final int size;
  private final boolean shuffled;
  private final long seed;
  private final int[] stretch;

  private BatchOrder(MemorySegment indices, int size, boolean shuffled, long seed) {
    if (size < 1) {
      throw new IllegalArgumentException("an order of " + size + " rows; expected 1 or more");
    }
    Objects.checkFromIndexSize(0, 4L * size, indices.byteSize());
    this.indices = indices;
    this.size = size;
    this.shuffled = shuffled;
    this.seed = seed;
    this.stretch = new int[Math.min(size, STRETCH)];
    startEpoch(0);
  }

  /**
   * Every epoch in another random order; epoch 0 is set.
   *
   * @param indices 4-byte aligned, at least 4 * size bytes, used from its start
   */
  public static BatchOrder shuffled(MemorySegment indices, int size, long seed) {
    return new BatchOrder(indices, size, true, seed);
  }

  /**
   * Every epoch in the order of the rows.
   *
   * @param indices 4-byte aligned, at least 4 * size bytes, used from its start
   */
  public static BatchOrder sequential(MemorySegment indices, int size) {
    return new BatchOrder(indices, size, false, 0);
  }

  /** The same orders in memory of their own; epoch 0 is set. */
  public BatchOrder in(MemorySegment memory) {
    return new BatchOrder(memory, size, shuffled, seed);
  }

  /** Bytes of memory for an order of so many rows. */
  public static long bytes(int size) {
    return 4L * size;
  }

  /** Writes the order of an epoch. */
  public void startEpoch(long epoch) {
    // By stretches: what sets one element of a segment is slow until it is compiled.
    for (int from = 0, count; from < size; from += count) {
      count = Math.min(STRETCH, size - from);
      for (int i = 0; i < count; i++) {
        stretch[i] = from + i;
      }
      MemorySegment.copy(stretch, 0, indices, ValueLayout.JAVA_INT, 4L * from, count);
    }
    if (shuffled) {
      SeededRandom.of(seed, "batch order").split(epoch).shuffle(indices, size);
    }
  }

  /** The row numbers, in the order of the epoch last started. */
  public MemorySegment indices() {
    return indices;
  }

  /** Number of rows. */
  public int size() {
    return size;
  }
}
