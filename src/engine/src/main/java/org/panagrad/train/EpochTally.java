package org.panagrad.train;

/** How far the epoch under way has come, and what the losses of its rows add up to. */
final class EpochTally {
  private final int size;
  private int epochs;
  private int rowsDone;
  private int rowsSkipped; // of those
  private double lossSum; // over those that were not
  private double weightSum; // of those
  private long correct; // of those

  /** Before the first epoch of so many rows. */
  EpochTally(int size) {
    this.size = size;
  }

  /** Epochs that have been trained to their end. */
  int epochs() {
    return epochs;
  }

  /** The epoch of the last row that was trained on, from 1; 0 before the first. */
  int lastEpoch() {
    return rowsDone == 0 ? epochs : epochs + 1;
  }

  /** Rows done of the epoch under way: 0 between two. */
  int rowsDone() {
    return rowsDone;
  }

  /** The same, but all of them when an epoch has just ended. */
  int rows() {
    return rowsDone == 0 && epochs > 0 ? size : rowsDone;
  }

  /** Whether the next row is the first of an epoch. */
  boolean isBetweenEpochs() {
    return rowsDone == 0;
  }

  /** Sum of the losses, not yet a mean. */
  double lossSum() {
    return lossSum;
  }

  /** Sum of the weights of the same rows. */
  double weightSum() {
    return weightSum;
  }

  /** The share of labels hit of the same rows. */
  double accuracy() {
    return (double) correct / (rows() - rowsSkipped);
  }

  /**
   * Rows of the next update; sums begin anew with the first of an epoch.
   *
   * @param most that an update has
   */
  int begin(long most) {
    if (rowsDone == 0) {
      lossSum = 0;
      weightSum = 0;
      correct = 0;
      rowsSkipped = 0;
    }
    return (int) Math.min(most, size - rowsDone);
  }

  /** An update has been made of the next rows. */
  void add(int rows, double loss, double weight, long hits) {
    lossSum += loss;
    weightSum += weight;
    correct += hits;
    goOn(rows);
  }

  /** Whether there would be nothing in the whole epoch if these rows were skipped too. */
  boolean isAllSkippedWith(int rows) {
    return rowsSkipped + rows == size;
  }

  /** The next rows are left out. */
  void skip(int rows) {
    rowsSkipped += rows;
    goOn(rows);
  }

  private void goOn(int rows) {
    rowsDone += rows;
    if (rowsDone == size) {
      rowsDone = 0;
      epochs++;
    }
  }

  /** The epoch begins anew. */
  void giveUp() {
    rowsDone = 0;
  }

  /** Goes to where another stood. */
  void restore(TrainingPosition position) {
    epochs = position.epochs();
    rowsDone = position.rowsDone();
    rowsSkipped = position.rowsSkipped();
    lossSum = position.lossSum();
    weightSum = position.weightSum();
    correct = position.correct();
  }

  /** Where it stands, with what else decides how a training goes on. */
  TrainingPosition position(long step, float learningRate, ScheduledRate rate) {
    return new TrainingPosition(
        step,
        epochs,
        rowsDone,
        rowsSkipped,
        lossSum,
        weightSum,
        correct,
        learningRate,
        rate.base(),
        rate.state());
  }
}
