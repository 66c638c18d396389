package org.panagrad.cli.option;

import java.util.List;
import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;
import org.panagrad.graph.Loss;
import org.panagrad.nn.Losses;

/**
 * What holds unless told, by the data.
 *
 * <p>A table has some tens of features that mean something each, and some hundreds to some ten
 * thousands of rows: a small network learns it, and a large one learns its rows by heart. Small
 * tables are gone through more often, in smaller batches, so that every training has some thousands
 * of steps. Weights decay as a Gaussian prior of variance 1 asks: it weighs as much as one row, so
 * 1 / rows beside a loss that is the mean over rows; a large table hardly feels it.
 *
 * @param hidden widths of the hidden layers
 * @param batch rows per step
 * @param epochs times every row is trained on
 * @param loss what is made small
 * @param weightDecay times a weight is added to its gradient
 */
public record Defaults(
    HiddenWidths hidden, BatchSize batch, int epochs, Loss loss, float weightDecay) {
  private static final int LEAST_BATCH = 8;
  private static final int MOST_BATCH = 128;
  private static final int ROWS_PER_BATCH_ROW = 100;
  private static final int STEPS = 2500;
  private static final int LEAST_EPOCHS = 10;
  private static final int MOST_EPOCHS = 200;

  public static Defaults of(Dataset train) {
    Loss loss =
        train.targetKind() == TargetKind.CLASSES
            ? Losses.crossEntropy()
            : Losses.meanSquaredError();
    int rows = train.size();
    if (train.encoding() == null) {
      return new Defaults(
          new HiddenWidths(List.of(512, 256)),
          new BatchSize(Math.min(rows, MOST_BATCH)),
          LEAST_EPOCHS,
          loss,
          0);
    }
    int batch = Integer.highestOneBit(Math.max(1, rows / ROWS_PER_BATCH_ROW));
    batch = Math.min(rows, Math.clamp(batch, LEAST_BATCH, MOST_BATCH));
    int stepsPerEpoch = (rows + batch - 1) / batch;
    int epochs = Math.clamp((STEPS + stepsPerEpoch - 1) / stepsPerEpoch, LEAST_EPOCHS, MOST_EPOCHS);
    return new Defaults(
        new HiddenWidths(List.of(64, 32)), new BatchSize(batch), epochs, loss, 1f / rows);
  }
}
