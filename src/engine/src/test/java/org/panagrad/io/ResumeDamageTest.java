package org.panagrad.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.batchNorm;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.panagrad.data.Dataset;
import org.panagrad.file.FormatException;
import org.panagrad.fuzz.Fuzz;
import org.panagrad.memory.NativeMemory;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;
import org.panagrad.optim.ReduceOnPlateau;
import org.panagrad.train.CheckpointForm;
import org.panagrad.train.CheckpointPolicy;
import org.panagrad.train.CheckpointStore;
import org.panagrad.train.EarlyStopping;
import org.panagrad.train.NonFiniteLossException;
import org.panagrad.train.OnNonFinite;
import org.panagrad.train.Problems;
import org.panagrad.train.ResumeException;
import org.panagrad.train.Trainer;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingProgress;
import org.panagrad.train.TrainingSession;

/** A training given damaged checkpoints, sealed ones too: it goes on, or one line says why not. */
class ResumeDamageTest {
  private static final int STOP_AT = 10; // the second step of the third epoch

  private final Dataset data = Problems.clouds(30, 4, 3, 1);
  private final Dataset validation = Problems.clouds(12, 4, 3, 2);

  @TempDir Path dir;

  @AfterEach
  void close() {
    data.close();
    validation.close();
  }

  /** Restores, and writes nothing: a hundred thousand files flushed to a disk are of no use. */
  private record Unwritten(CheckpointFolder folder) implements CheckpointStore {
    @Override
    public Path write(CheckpointForm form, TrainingProgress progress) {
      return Path.of("unwritten");
    }

    @Override
    public Optional<Restored> restore(CheckpointForm form, boolean otherMachine)
        throws IOException {
      return folder.restore(form, otherMachine);
    }

    @Override
    public boolean isEmpty() throws IOException {
      return folder.isEmpty();
    }

    @Override
    public String name() {
      return folder.name();
    }
  }

  private TrainingSession session() {
    TrainingOptions options =
        TrainingOptions.defaults()
            .optimizer(new Adam(0.01f))
            .schedule(new ReduceOnPlateau())
            .onNonFinite(OnNonFinite.ROLLBACK)
            .batchSize(8)
            .seed(3)
            .threads(1)
            .partitions(1);
    Network network = Network.of(4, dense(6), batchNorm(), relu(), dense(3));
    return TrainingSession.open(network, data, options);
  }

  /** Trains to this step at most, and tells how many it made. */
  private int train(CheckpointStore store, int most) {
    try (TrainingSession session = session()) {
      int[] steps = {0};
      Trainer trainer = new Trainer(session);
      trainer
          .epochs(6)
          .validation(validation)
          .earlyStopping(new EarlyStopping(3))
          .checkpoints(store, new CheckpointPolicy(1_000, Duration.ZERO))
          .resume()
          .stepListener(
              (done, examples, loss, accuracy) -> {
                if (++steps[0] == most) {
                  trainer.stop();
                }
              })
          .run();
      return steps[0];
    }
  }

  /** Each of these once led a training around for ever, or to an exception of its own. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "position.*?epochs.*?:|2|2000000000|history: expected 2000000000 epochs, found 2",
        "position.*?epochs.*?:|2|2147483647|no position in 30 rows of clouds, 8 an update",
        "position.*?step.*?:|10|9223372036854775807|no position in 30 rows of clouds",
        "position.*?rowsDone.*?:|16|17|no position in 30 rows of clouds, 8 an update",
        "position.*?rowsSkipped.*?:|0|24|no position in 30 rows of clouds, 8 an update",
        "position.*?learningRate.*?:|0.0[0-9]+|1e300|no position in 30 rows of clouds",
        "rollbackTo.*?epochs.*?:|2|2000000000|position to go back to: expected the beginning of",
        "rollbackTo.*?rowsDone.*?:|0|8|position to go back to: expected the beginning of epoch 2",
        "rollbackTo.*?rowsDone.*?:|0|7|no position in 30 rows of clouds, 8 an update",
      })
  void aPositionThatCannotBeIsRefused(String before, String number, String other, String message)
      throws IOException {
    try (CheckpointFolder folder = CheckpointFolder.open(dir, 1)) {
      train(folder, STOP_AT);
      Path file = folder.checkpoints().getFirst();
      byte[] whole = Files.readAllBytes(file);
      String text = new String(whole, StandardCharsets.ISO_8859_1);
      String changed =
          Pattern.compile("(" + before + ")" + number).matcher(text).replaceFirst("$1" + other);
      assertNotEquals(text, changed);
      Files.write(
          file,
          DamagedHeader.sealed(
              DamagedHeader.honest(
                  changed.getBytes(StandardCharsets.ISO_8859_1), DamagedHeader.dataBytes(whole))));
      String refusal =
          String.valueOf(
              assertThrows(ResumeException.class, () -> train(new Unwritten(folder), 4))
                  .getMessage());
      assertTrue(refusal.startsWith(file + ": "), refusal);
      assertTrue(refusal.contains(message), refusal);
      assertEquals(1, refusal.lines().count());
    }
  }

  @Test
  @Tag("fuzz")
  void randomMutationsAreRefusedOrGoneOnFrom() throws IOException {
    try (CheckpointFolder folder = CheckpointFolder.open(dir, 1)) {
      assertEquals(STOP_AT, train(folder, STOP_AT));
      Path file = folder.checkpoints().getFirst();
      byte[] whole = Files.readAllBytes(file);
      Fuzz.of("resumed training", whole)
          .pieces(DamagedHeader.PIECES)
          .repair((damaged, random) -> DamagedHeader.checkpoint(damaged, whole, random))
          .nativeMemory(NativeMemory::processBytes, NativeMemory::processTakenBytes)
          .feed(
              bytes -> {
                Files.write(file, bytes);
                try {
                  // Into the next epoch, so that one ends.
                  assertTrue(train(new Unwritten(folder), 4) <= 4);
                  return true;
                } catch (FormatException | ResumeException | NonFiniteLossException refused) {
                  assertEquals(1, String.valueOf(refused.getMessage()).lines().count());
                  return false;
                }
              })
          .requireRefused(0.3);
    }
  }
}
