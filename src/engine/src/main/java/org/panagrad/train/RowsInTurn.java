package org.panagrad.train;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.BatchOrder;
import org.panagrad.data.Dataset;
import org.panagrad.kernel.Kernels;
import org.panagrad.memory.NativeMemory;
import org.panagrad.plan.BatchSource;

/**
 * The rows of a dataset in their order, a mini-batch at a time; those that stay in a file read
 * ahead.
 */
final class RowsInTurn implements AutoCloseable {
  private final Dataset set;
  private final MemorySegment rows; // int32 (batchSize)
  private final DatasetBatches gathered;
  private final @Nullable NativeMemory memory;
  private final @Nullable BatchFeed ahead;

  /**
   * @param rows int32 (batchSize), written over
   * @param outputs of the network
   * @param maxNativeBytes the most that may be taken, for rows that stay in a file
   * @throws org.panagrad.memory.NativeMemoryLimitException if {@link #bytes} are more
   */
  RowsInTurn(
      Dataset set,
      MemorySegment rows,
      int batchSize,
      int outputs,
      Kernels kernels,
      long maxNativeBytes) {
    this.set = set;
    this.rows = rows;
    this.gathered = new DatasetBatches(set, kernels, rows, outputs);
    // Kernels and products read its memory by address.
    set.hold();
    if (!set.isInFile()) {
      this.memory = null;
      this.ahead = null;
      return;
    }
    NativeMemory own = new NativeMemory("going through " + set.name(), maxNativeBytes);
    try {
      own.require(bytes(set, batchSize), "rows read ahead");
      MemorySegment all = own.allocate("order of rows", BatchOrder.bytes(set.size()));
      BatchOrder order = BatchOrder.sequential(all, set.size());
      this.ahead = BatchFeed.of(set, order, batchSize, outputs, false, kernels, own);
    } catch (Throwable t) {
      own.close();
      set.release();
      throw t;
    }
    this.memory = own;
  }

  /** Native memory that is taken to go through a set. */
  static long bytes(Dataset set, int batchSize) {
    return set.isInFile()
        ? NativeMemory.align(BatchOrder.bytes(set.size())) + BatchFeed.bytes(set, batchSize, false)
        : 0;
  }

  /** Rows [from, from + count); the mini-batch before is no longer in use. */
  BatchSource next(int from, int count) {
    if (ahead != null) {
      if (from > 0) {
        ahead.release();
      }
      return ahead.await(0, from);
    }
    for (int i = 0; i < count; i++) {
      rows.setAtIndex(ValueLayout.JAVA_INT, i, from + i);
    }
    return gathered;
  }

  @Override
  public void close() {
    if (ahead != null) {
      ahead.close();
    }
    if (memory != null) {
      memory.close();
    }
    set.release();
  }
}
