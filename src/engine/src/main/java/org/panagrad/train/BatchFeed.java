package org.panagrad.train;

import java.util.List;
import org.panagrad.data.BatchOrder;
import org.panagrad.data.Dataset;
import org.panagrad.kernel.Kernels;
import org.panagrad.memory.NativeMemory;
import org.panagrad.plan.BatchSource;

/** The mini-batches of a dataset in the order of an epoch, one at a time. */
sealed interface BatchFeed extends AutoCloseable permits GatheredBatches, PrefetchedBatches {
  /**
   * The feed that a dataset needs: rows in memory are gathered by the step itself, those that stay
   * in a file are read ahead.
   *
   * @param order of the rows; it is the feed's from now on
   * @param outputs of the network
   * @param weighs whether {@link #weight} will be asked for
   * @param memory what {@link #bytes} says is allocated from it
   */
  static BatchFeed of(
      Dataset data,
      BatchOrder order,
      int batchSize,
      int outputs,
      boolean weighs,
      Kernels kernels,
      NativeMemory memory) {
    return data.isInFile()
        ? new PrefetchedBatches(data, order, batchSize, outputs, weighs, kernels, memory)
        : new GatheredBatches(data, order, outputs, kernels);
  }

  /** Native memory that the feed takes. */
  static long bytes(Dataset data, int batchSize, boolean weighs) {
    return data.isInFile() ? PrefetchedBatches.bytes(data, batchSize, weighs) : 0;
  }

  /**
   * The mini-batch that begins at this row of this epoch's order; waits until it can be had. To be
   * given back by {@link #release}.
   *
   * @throws org.panagrad.data.DataException if it cannot be read
   */
  BatchSource await(long epoch, int row);

  /** The mini-batch last awaited has been used. */
  void release();

  /**
   * The sum of the weights of the rows that begin here, each times that of its class if classes
   * have some.
   *
   * @throws IllegalStateException for rows read ahead by a feed that was not to weigh them
   */
  double weight(long epoch, int row, int count, List<Float> classWeights);

  /** How long {@link #await} has waited, in all. */
  double waitSeconds();

  @Override
  void close();
}
