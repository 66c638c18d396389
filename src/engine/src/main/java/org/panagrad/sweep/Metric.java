package org.panagrad.sweep;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;
import org.panagrad.graph.Loss;
import org.panagrad.train.Evaluation;

/** What of a validation set a trial is judged by. */
public enum Metric {
  /** The share of labels hit. */
  ACCURACY,
  /** The mean loss. */
  LOSS,
  /** The root mean squared error, in the target's own unit. */
  RMSE;

  /** The name in specs and messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The metric of this name.
   *
   * @throws IllegalArgumentException if there is none; the message lists them
   */
  public static Metric byName(String name) {
    for (Metric metric : values()) {
      if (metric.label().equals(name)) {
        return metric;
      }
    }
    throw new IllegalArgumentException(
        "metric '"
            + name
            + "': expected "
            + Arrays.stream(values()).map(Metric::label).collect(Collectors.joining(", ")));
  }

  /**
   * Checks that data tells it.
   *
   * @throws DataException in a line if it does not
   */
  public void check(Dataset data) {
    boolean classes = data.targetKind() == TargetKind.CLASSES;
    if (this == ACCURACY && !classes) {
      throw new DataException(
          data.name() + ": ranking by accuracy: expected classes, found values; rank by loss");
    }
    if (this == RMSE && classes) {
      throw new DataException(
          data.name() + ": ranking by rmse: expected values, found classes; rank by accuracy");
    }
  }

  /** The same, and that the loss tells it. */
  void check(Dataset data, Loss loss) {
    check(data);
    if (this == RMSE) {
      switch (loss.function()) {
        case MEAN_SQUARED_ERROR, HALF_MEAN_SQUARED_ERROR -> {}
        default ->
            throw new DataException(
                "ranking by rmse: expected the loss mse or half-mse, found "
                    + loss.function().label()
                    + "; rank by loss");
      }
    }
  }

  /** The number, for data and a loss that passed {@link #check}. */
  double of(Evaluation evaluation, Dataset data, Loss loss) {
    return switch (this) {
      case ACCURACY -> evaluation.accuracy();
      case LOSS -> evaluation.loss();
      case RMSE ->
          data.outputMap().scale()
              * loss.function().rootMeanSquare(evaluation.loss(), data.targetCount());
    };
  }
}
