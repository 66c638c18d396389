package org.panagrad.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.file.FailureReason;
import org.panagrad.train.Evaluation;
import org.panagrad.train.TrainingEvent;
import org.panagrad.train.TrainingListener;
import org.panagrad.train.TrainingSession;

/**
 * Writes a training for TensorBoard: after each epoch the losses, accuracies, learning rate and
 * speed as scalars, weights and stored gradients as histograms, over the number of updates.
 *
 * <p>Every run writes a file of its own into the folder, so that a resumed training goes on where
 * it was; TensorBoard reads them as one.
 */
public final class TensorBoardLog implements TrainingListener, AutoCloseable {
  private final RecordFile file;
  private final Clock clock;
  private @Nullable TrainingSession session;

  private TensorBoardLog(RecordFile file, Clock clock) {
    this.file = file;
    this.clock = clock;
  }

  /**
   * Begins a file in this folder, which is made if it is not there.
   *
   * @throws IOException if the folder or the file cannot be made
   */
  public static TensorBoardLog open(Path directory) throws IOException {
    return open(directory, Clock.systemUTC());
  }

  static TensorBoardLog open(Path directory, Clock clock) throws IOException {
    Files.createDirectories(directory);
    TensorBoardLog log = new TensorBoardLog(create(directory, clock), clock);
    log.append(EventMessage.version(log.now()));
    return log;
  }

  /** TensorBoard reads files in the order of their names, and those with this word in them. */
  private static RecordFile create(Path directory, Clock clock) throws IOException {
    long seconds = clock.instant().getEpochSecond();
    for (int run = 0; ; run++) {
      String name =
          "events.out.tfevents."
              + seconds
              + ".panagrad."
              + ProcessHandle.current().pid()
              + "."
              + run;
      try {
        return new RecordFile(directory.resolve(name));
      } catch (FileAlreadyExistsException taken) {
        // Another run of the same second.
      }
    }
  }

  @Override
  public void on(TrainingEvent event) {
    switch (event) {
      case TrainingEvent.Started started -> {
        session = started.session();
        if (started.resumedAtStep() > 0) {
          append(EventMessage.restart(now(), started.resumedAtStep() + 1));
        }
      }
      case TrainingEvent.Resumed _ -> {}
      case TrainingEvent.EpochEnded ended -> epoch(ended);
      case TrainingEvent.CheckpointWritten _ -> {}
      case TrainingEvent.NonFinite _ -> {}
      case TrainingEvent.Stopped _ -> {}
    }
  }

  private void epoch(TrainingEvent.EpochEnded ended) {
    long step = ended.step();
    scalar(step, "loss/training", ended.training().loss());
    scalar(step, "accuracy/training", ended.training().accuracy());
    Evaluation validation = ended.validation();
    if (validation != null) {
      scalar(step, "loss/validation", validation.loss());
      scalar(step, "accuracy/validation", validation.accuracy());
    }
    scalar(step, "learning_rate", ended.learningRate());
    scalar(step, "rows_per_second", ended.training().samplesPerSecond());
    if (session != null) {
      histograms(step, "weights/", TrainingHistory.weights(session));
      if (session.keepsGradients()) {
        histograms(step, "gradients/", TrainingHistory.histograms(session.gradients()));
      }
    }
    try {
      file.force();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** What is not defined, as the accuracy of target values, is left out. */
  private void scalar(long step, String tag, double value) {
    if (!Double.isNaN(value)) {
      append(EventMessage.scalar(now(), step, tag, (float) value));
    }
  }

  private void histograms(long step, String prefix, Map<String, Histogram> histograms) {
    histograms.forEach(
        (path, histogram) -> append(EventMessage.histogram(now(), step, prefix + path, histogram)));
  }

  private void append(byte[] message) {
    try {
      file.append(message);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private UncheckedIOException failed(IOException e) {
    return new UncheckedIOException(file.path() + ": " + FailureReason.of(e), e);
  }

  private double now() {
    return clock.millis() / 1e3;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
