package org.panagrad.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.panagrad.nn.Parameter;
import org.panagrad.train.TrainingEvent;
import org.panagrad.train.TrainingListener;
import org.panagrad.train.TrainingSession;

/** Keeps what a report tells of a training: its epochs, its end, and the weights it began with. */
public final class TrainingHistory implements TrainingListener {
  static final int BINS = 40;

  private final List<EpochRecord> epochs = new ArrayList<>();
  private Map<String, Histogram> weightsAtStart = Map.of();
  private DoubleUnaryOperator rootMeanSquare = loss -> Double.NaN;
  private TrainingEvent.@Nullable Stopped end;
  private long resumedAtStep;

  /** Nothing has happened yet. */
  public TrainingHistory() {}

  @Override
  public void on(TrainingEvent event) {
    switch (event) {
      case TrainingEvent.Started started -> {
        resumedAtStep = started.resumedAtStep();
        weightsAtStart = weights(started.session());
        rootMeanSquare = started.session()::rootMeanSquare;
      }
      case TrainingEvent.Resumed resumed -> resumed.history().forEach(this::add);
      case TrainingEvent.EpochEnded ended -> add(ended);
      case TrainingEvent.Stopped stopped -> end = stopped;
      case TrainingEvent.CheckpointWritten _ -> {}
      case TrainingEvent.NonFinite _ -> {}
    }
  }

  private void add(TrainingEvent.EpochEnded ended) {
    epochs.add(
        new EpochRecord(ended.training(), ended.validation(), ended.step(), ended.learningRate()));
  }

  static Map<String, Histogram> weights(TrainingSession session) {
    return histograms(session.stateDict());
  }

  static Map<String, Histogram> histograms(Map<String, Parameter> tensors) {
    Map<String, Histogram> histograms = new LinkedHashMap<>();
    tensors.forEach(
        (path, p) -> histograms.put(path, Histogram.of(p.segment(), p.elements(), BINS)));
    return histograms;
  }

  /** The root of the mean squared error that a loss stands for, NaN where there is none. */
  double rootMeanSquare(double loss) {
    return rootMeanSquare.applyAsDouble(loss);
  }

  List<EpochRecord> epochs() {
    return epochs;
  }

  Map<String, Histogram> weightsAtStart() {
    return weightsAtStart;
  }

  TrainingEvent.@Nullable Stopped end() {
    return end;
  }

  long resumedAtStep() {
    return resumedAtStep;
  }
}
