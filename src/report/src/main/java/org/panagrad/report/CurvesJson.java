package org.panagrad.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.panagrad.io.Json;
import org.panagrad.train.Evaluation;
import org.panagrad.train.TrainingEvent;

/** The curves of a page. */
final class CurvesJson {
  private CurvesJson() {}

  static Json of(TrainingHistory history, String watchedName) {
    List<EpochRecord> epochs = history.epochs();
    boolean watched = epochs.stream().anyMatch(e -> e.watched() != null);
    boolean errors =
        epochs.stream().anyMatch(e -> !Double.isNaN(history.rootMeanSquare(e.training().loss())));
    boolean accuracy = epochs.stream().anyMatch(e -> !Double.isNaN(e.training().accuracy()));
    TrainingEvent.@Nullable Stopped end = history.end();
    List<Json> losses = new ArrayList<>();
    List<Json> rootMeanSquares = new ArrayList<>();
    List<Json> accuracies = new ArrayList<>();
    losses.add(curve("training", epochs, e -> e.training().loss()));
    rootMeanSquares.add(
        curve("training", epochs, e -> history.rootMeanSquare(e.training().loss())));
    accuracies.add(curve("training", epochs, e -> e.training().accuracy()));
    if (watched) {
      losses.add(curve(watchedName, epochs, e -> watched(e, Evaluation::loss)));
      rootMeanSquares.add(
          curve(
              watchedName,
              epochs,
              e -> watched(e, evaluation -> history.rootMeanSquare(evaluation.loss()))));
      accuracies.add(curve(watchedName, epochs, e -> watched(e, Evaluation::accuracy)));
    }
    return new Fields()
        .put("epochs", values(epochs, e -> e.training().epoch()))
        .putAll("loss", losses)
        .put("rmse", errors ? new Json.Arr(rootMeanSquares) : null)
        .put("accuracy", accuracy ? new Json.Arr(accuracies) : null)
        .put(
            "learningRate",
            values(epochs, e -> Double.parseDouble(Float.toString(e.learningRate()))))
        .put("speed", values(epochs, e -> e.training().samplesPerSecond()))
        .put("seconds", values(epochs, e -> e.training().seconds()))
        .put("bestEpoch", end == null ? 0L : end.bestEpoch())
        .json();
  }

  private static double watched(EpochRecord epoch, ToDoubleFunction<Evaluation> value) {
    return epoch.watched() == null
        ? Double.NaN
        : value.applyAsDouble(Objects.requireNonNull(epoch.watched()));
  }

  private static Json curve(
      String name, List<EpochRecord> epochs, ToDoubleFunction<EpochRecord> value) {
    return new Fields().put("name", name).put("values", values(epochs, value)).json();
  }

  private static Json values(List<EpochRecord> epochs, ToDoubleFunction<EpochRecord> value) {
    return Fields.numbers(epochs.stream().mapToDouble(value));
  }
}
