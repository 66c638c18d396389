package org.panagrad.bench.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.panagrad.bench.measure.Sample;
import org.panagrad.bench.problem.Problem;
import org.panagrad.data.Dataset;
import org.panagrad.file.FailureReason;
import org.panagrad.io.CheckpointFolder;
import org.panagrad.train.CheckpointPolicy;
import org.panagrad.train.Trainer;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/**
 * How long a training is held by a checkpoint, as {@code scripts/bench --checkpoint} starts it:
 * 784-2048-2048-10 with Adam, whose parameters and two moments are 70 MB. Beside it, what a
 * checkpoint takes that is written between two steps: one that somebody asks for.
 */
final class CheckpointStall {
  private static final int BATCH = 256;
  private static final int STEPS_OF_WARM_UP = 20;
  private static final int STEPS_BETWEEN = 30;
  private static final int CHECKPOINTS = 7;

  private final Sample plain = new Sample(); // seconds of a step with nothing before it
  private final Sample held = new Sample(); // of a step and the checkpoint begun before it
  private final Sample asked = new Sample(); // of a checkpoint between two steps
  private long steps;
  private long last;

  private CheckpointStall() {}

  @SuppressWarnings("SystemOut")
  public static void main(String[] args) throws IOException {
    Locale.setDefault(Locale.ROOT);
    Path folder;
    try {
      folder = folderIn(parent(args));
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(2);
      return;
    }
    try {
      System.out.println(new CheckpointStall().measure(folder));
    } finally {
      delete(folder);
    }
  }

  /** The folder asked for, relative to where the script was called, not to where this runs. */
  private static Path parent(String[] args) {
    if (args.length > 1 || (args.length == 1 && args[0].startsWith("-"))) {
      throw new IllegalArgumentException(
          "'" + String.join(" ", args) + "': expected a folder at most; see --help");
    }
    Path caller = Path.of(System.getProperty("panagrad.bench.directory", ""));
    return args.length == 0 ? caller : caller.resolve(args[0]);
  }

  /** One that is not there is not made: it may be meant to be on a disk that is not mounted. */
  private static Path folderIn(Path parent) {
    try {
      return Files.createTempDirectory(parent, "stall-");
    } catch (IOException e) {
      throw new IllegalArgumentException(
          parent
              + ": "
              + (Files.exists(parent) ? FailureReason.of(e) : "no such folder")
              + "; expected a folder to write checkpoints into, on the disk to be measured",
          e);
    }
  }

  private String measure(Path folder) throws IOException {
    Problem problem = new Problem(List.of(784, 2048, 2048, 10), BATCH, true);
    try (CheckpointFolder store = CheckpointFolder.open(folder, 1);
        Dataset data = problem.noise(8 * BATCH);
        TrainingSession session =
            TrainingSession.open(
                problem.network(),
                data,
                TrainingOptions.defaults()
                    .loss(problem.loss())
                    .optimizer(problem.optimizer())
                    .batchSize(BATCH))) {
      Trainer trainer =
          new Trainer(session)
              .epochs(1_000_000)
              .checkpoints(store, new CheckpointPolicy(STEPS_BETWEEN, Duration.ZERO));
      trainer.stepListener((done, examples, loss, accuracy) -> afterStep(trainer)).run();
      Path file = store.checkpoints().getLast();
      return String.format(
          """
          784-2048-2048-10, Adam, batch %d, %d threads; a checkpoint of %.1f MB every %d steps
            a step                                      %7.1f ms
            a step behind a checkpoint's beginning      %7.1f ms   (least %.1f, most %.1f)
            a checkpoint between two steps, asked for   %7.1f ms   (least %.1f, most %.1f)
          A training is held %.1f ms by a checkpoint, where it would wait %.1f ms for the disk.\
          """,
          BATCH,
          session.threads(),
          Files.size(file) / 1e6,
          STEPS_BETWEEN,
          1e3 * plain.median(),
          1e3 * held.median(),
          1e3 * held.min(),
          1e3 * held.max(),
          1e3 * asked.median(),
          1e3 * asked.min(),
          1e3 * asked.max(),
          1e3 * (held.median() - plain.median()),
          1e3 * asked.median());
    }
  }

  private void afterStep(Trainer trainer) {
    long now = System.nanoTime();
    steps++;
    long since = steps % STEPS_BETWEEN;
    if (steps > STEPS_OF_WARM_UP + 1) {
      // Half way to the next, when the last one is written.
      if (since > STEPS_BETWEEN / 2 + 1) {
        plain.add((now - last) / 1e9);
      } else if (since == 1) {
        held.add((now - last) / 1e9);
      }
    }
    if (since == STEPS_BETWEEN / 2 && steps > STEPS_BETWEEN) {
      trainer.checkpoint();
      asked.add((System.nanoTime() - now) / 1e9);
    }
    if (steps == (CHECKPOINTS + 1L) * STEPS_BETWEEN) {
      trainer.stop();
    }
    last = System.nanoTime();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
