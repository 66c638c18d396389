package org.panagrad.metrics;

import org.panagrad.blas.Matrix;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;
import org.panagrad.graph.LossFunction;
import org.panagrad.memory.NativeMemory;
import org.panagrad.plan.BatchSource;

/**
 * Looks at the outputs of each mini-batch of a pass through a data set, and gives the metrics at
 * its end.
 */
public sealed interface MetricsCollector permits ClassCollector, ValueCollector {
  /** How many of the worst rows are kept. */
  int WORST_KEPT = 24;

  /**
   * A collector for one pass.
   *
   * @param loss says what the outputs mean: logits, or values
   * @param outputs of the network
   * @param memory where it keeps what grows with the rows
   * @throws org.panagrad.memory.NativeMemoryLimitException if that is more than allowed
   */
  static MetricsCollector of(LossFunction loss, Dataset set, int outputs, NativeMemory memory) {
    return set.targetKind() == TargetKind.CLASSES
        ? new ClassCollector(loss, set, outputs, memory)
        : new ValueCollector(set);
  }

  /** Native memory that {@link #of} takes for such a set. */
  static long bytes(Dataset set) {
    return set.targetKind() == TargetKind.CLASSES ? ClassCollector.bytes(set) : 0;
  }

  /**
   * Looks at the rows of a mini-batch.
   *
   * @param output (outputs, batch) or wider
   * @param batch has their labels or targets: rows that stay in a file were read for it, and are
   *     not read again
   * @param firstRow of the data set
   * @param count rows in the mini-batch
   * @throws DataException if an output is not a finite number
   */
  void add(Matrix output, BatchSource batch, int firstRow, int count);

  /**
   * The metrics, after the last mini-batch.
   *
   * @param meanLoss the training's loss, which is computed elsewhere
   */
  Metrics finish(double meanLoss);

  /** Refuses what no metric is defined for. */
  static void requireFinite(double value, Dataset set, int row, int output) {
    if (!Double.isFinite(value)) {
      throw new DataException(
          set.name()
              + ": row "
              + row
              + ": output "
              + output
              + " of the network: expected a finite number, found "
              + value
              + "; look for extreme values in that row, or train with a smaller learning rate");
    }
  }
}
