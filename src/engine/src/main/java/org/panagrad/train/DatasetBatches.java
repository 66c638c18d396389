package org.panagrad.train;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.panagrad.blas.Matrix;
import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.BatchSource;

/**
 * The rows of a data set named by a stretch of an order, as mini-batches. Whoever uses them holds
 * the data set.
 */
final class DatasetBatches implements BatchSource {
  private final Dataset dataset;
  private final Kernels kernels;
  private final MemorySegment indices; // int32 row numbers
  private final boolean singleOutput;
  private long first;

  /**
   * @param outputs of the network: with a single one, the classes 0 and 1 are themselves the
   *     targets
   */
  DatasetBatches(Dataset dataset, Kernels kernels, MemorySegment indices, int outputs) {
    this.dataset = dataset;
    this.kernels = kernels;
    this.indices = indices;
    this.singleOutput = outputs == 1 && dataset.targetKind() == TargetKind.CLASSES;
  }

  /** The mini-batch begins at this place of the order. */
  void from(long position) {
    first = position;
  }

  @Override
  public void features(int from, int to, MemorySegment segment, long out) {
    dataset.gatherHeldFeatures(kernels, indices, first + from, to - from, segment, out);
  }

  /** Only in the order of the rows: the caller sees to it. */
  @Override
  public void slide(Matrix matrix, int from, int count, int column) {
    dataset.slide(matrix, indices.getAtIndex(ValueLayout.JAVA_INT, first + from), count, column);
  }

  @Override
  public void labels(int from, int to, MemorySegment segment, long out) {
    dataset.gatherLabels(indices, first + from, to - from, segment, out);
  }

  /** The sum of the weights of the next rows, each times that of its class if classes have some. */
  double weight(int count, List<Float> classWeights) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      int row = indices.getAtIndex(ValueLayout.JAVA_INT, first + i);
      float weight = dataset.weight(row);
      sum += classWeights.isEmpty() ? weight : weight * classWeights.get(dataset.label(row));
    }
    return sum;
  }

  @Override
  public void weights(int from, int to, MemorySegment segment, long out) {
    dataset.gatherWeights(indices, first + from, to - from, segment, out);
  }

  @Override
  public void targets(int from, int to, MemorySegment segment, long out, int ld) {
    if (!singleOutput) {
      dataset.gatherTargets(indices, first + from, to - from, segment, out, ld);
      return;
    }
    dataset.gatherLabels(indices, first + from, to - from, segment, out);
    for (int i = 0; i < to - from; i++) {
      long at = out + 4L * i;
      segment.set(ValueLayout.JAVA_FLOAT, at, segment.get(ValueLayout.JAVA_INT, at));
    }
  }
}
