package org.panagrad.train;

import java.util.List;
import org.panagrad.data.BatchOrder;
import org.panagrad.data.Dataset;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.BatchSource;

/**
 * Mini-batches of rows in memory, which the step gathers or reads in place: nothing to wait for.
 */
final class GatheredBatches implements BatchFeed {
  private final BatchOrder order;
  private final DatasetBatches batches;
  private long orderedEpoch = -1;

  GatheredBatches(Dataset data, BatchOrder order, int outputs, Kernels kernels) {
    this.order = order;
    this.batches = new DatasetBatches(data, kernels, order.indices(), outputs);
  }

  @Override
  public BatchSource await(long epoch, int row) {
    if (epoch != orderedEpoch) {
      order.startEpoch(epoch);
      orderedEpoch = epoch;
    }
    batches.from(row);
    return batches;
  }

  @Override
  public double weight(long epoch, int row, int count, List<Float> classWeights) {
    await(epoch, row);
    return batches.weight(count, classWeights);
  }

  @Override
  public void release() {}

  @Override
  public double waitSeconds() {
    return 0;
  }

  @Override
  public void close() {}
}
