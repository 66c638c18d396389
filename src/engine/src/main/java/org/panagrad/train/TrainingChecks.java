package org.panagrad.train;

import org.jspecify.annotations.Nullable;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.graph.BatchNorm;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Loss;
import org.panagrad.graph.Operation;
import org.panagrad.nn.Network;

/** Whether network, data and options go together. */
final class TrainingChecks {
  private TrainingChecks() {}

  /**
   * Checks that a training can be begun.
   *
   * @throws org.panagrad.graph.ShapeException if network and data do not fit
   * @throws DataException if the batch does not suit the data, or all rows are of one class
   * @throws IllegalArgumentException if the schedule sets a momentum that the optimizer has not
   */
  static void check(Network network, Dataset data, TrainingOptions options) {
    Targets.check(network.graph(), options.loss(), data, true);
    if (options.batchSize() > data.size()) {
      throw new DataException(
          data.name()
              + ": batch size "
              + options.batchSize()
              + " is larger than the set, expected"
              + " at most its "
              + data.size()
              + " rows");
    }
    requireVariance(network.graph(), data, options.batchSize());
    requireMomentum(options);
  }

  private static void requireMomentum(TrainingOptions options) {
    if (!Double.isNaN(options.schedule().momentum(0)) && !options.optimizer().hasMomentum()) {
      throw new IllegalArgumentException(
          options.schedule()
              + " sets the momentum of each update, and "
              + options.optimizer().label()
              + " has none; expected momentum, nesterov, adam or adamw");
    }
  }

  /** A single row has no variance for a batch normalisation to take. */
  private static void requireVariance(Graph graph, Dataset data, int batchSize) {
    @Nullable Operation norm = null;
    for (Operation op : graph.operations()) {
      if (norm == null && op instanceof BatchNorm) {
        norm = op;
      }
    }
    if (norm != null && (batchSize == 1 || data.size() % batchSize == 1)) {
      throw new DataException(
          data.name()
              + ": batch size "
              + batchSize
              + (batchSize == 1 ? "" : " leaves a last mini-batch of a single row")
              + ", expected 2 or more rows for "
              + norm.path()
              + " (batch normalisation) to take a variance of;"
              + " choose another batch size, or layer normalisation");
    }
  }

  /**
   * Checks that a set can be evaluated.
   *
   * @param trainedOn what the network is trained on
   * @throws org.panagrad.graph.ShapeException if the set does not fit the network
   * @throws DataException if it is of another form than what is trained on
   */
  static void requireLike(Network network, Loss loss, Dataset trainedOn, Dataset set) {
    Targets.check(network.graph(), loss, set, false);
    if (set.targetKind() != trainedOn.targetKind()) {
      throw new DataException(
          set.name()
              + ": targets are "
              + set.targetKind()
              + ", expected "
              + trainedOn.targetKind()
              + " as in "
              + trainedOn.name());
    }
  }

  /**
   * Checks that the weights of a set have a meaning.
   *
   * @throws DataException if it has some, and what is trained on has none
   */
  static void requireWeighing(Dataset trainedOn, Dataset set) {
    if (set.isWeighted() && !trainedOn.isWeighted()) {
      throw new DataException(
          set.name()
              + ": rows have weights, expected none as in "
              + trainedOn.name()
              + ", which is trained on; give both weights or neither");
    }
  }

  /**
   * Checks that a training can stand there: a file may say anything.
   *
   * @throws IllegalArgumentException if the data has no such place
   */
  static void requirePlace(TrainingPosition position, Dataset data, TrainingOptions options) {
    long rowsPerUpdate = (long) options.batchSize() * options.accumulate();
    int rows = position.rowsDone();
    if (position.step() < 0
        || position.step() > Long.MAX_VALUE / 2
        || position.epochs() < 0
        || position.epochs() == Integer.MAX_VALUE
        || rows < 0
        || rows >= data.size()
        || rows % rowsPerUpdate != 0
        || position.rowsSkipped() < 0
        || position.rowsSkipped() >= data.size()
        || (rows > 0 && position.rowsSkipped() > rows)
        || !isRate(position.baseLearningRate())
        || !isRate(position.learningRate())) {
      throw new IllegalArgumentException(
          position
              + ": no position in "
              + data.size()
              + " rows of "
              + data.name()
              + ", "
              + rowsPerUpdate
              + " an update");
    }
  }

  private static boolean isRate(float rate) {
    return rate >= 0 && Float.isFinite(rate);
  }
}
