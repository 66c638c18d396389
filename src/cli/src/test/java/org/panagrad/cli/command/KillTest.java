package org.panagrad.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.cli.ForkedTraining;
import org.panagrad.cli.Run;
import org.panagrad.cli.TinyData;
import org.panagrad.random.SeededRandom;

/** Real processes, killed at random moments: what they come to in the end is not a bit other. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "sends signals")
@Timeout(400)
class KillTest {
  private static final int KILLS = 50;
  private static final int EPOCHS = 60;
  private static final int MOST_OF_ONE_TRAINING = 13;
  private static final long SEED = 4;

  @TempDir Path dir;
  private Path data = Path.of("");
  private Path output = Path.of("");

  @BeforeEach
  void writeData() throws IOException {
    data = TinyData.USUAL.in(dir.resolve("data"));
    output = dir.resolve("output");
  }

  private List<Object> arguments(Path out, List<Object> options, Object... more) {
    List<Object> all = new ArrayList<>(List.of("train", "--data", data, "--out", out));
    all.addAll(List.of("--hidden", "24,16", "--batch-size", 16, "--partitions", 2, "--seed", 9));
    all.addAll(options);
    all.addAll(Arrays.asList(more));
    return all;
  }

  private ForkedTraining start(Path out, List<Object> options, Object... more) throws IOException {
    return ForkedTraining.start(output, List.of(), arguments(out, options, more));
  }

  private Run train(Path out, List<Object> options, Object... more) {
    return Run.of(arguments(out, options, more).toArray());
  }

  @Test
  void killedAtRandomMomentsItComesToTheSameModel() throws Exception {
    System.out.println("KillTest: seed " + SEED);
    SeededRandom random = SeededRandom.of(SEED, "kills");
    String[] trainings = {
      "--optimizer adam --dropout 0.2 --checkpoint-every-steps 3",
      "--optimizer sgd --checkpoint-every-steps 1 --keep-checkpoints 1",
      "--optimizer momentum --dropout 0.1 --checkpoint-every-steps 7",
      "--optimizer rmsprop --checkpoint-every-steps 5",
    };
    int kills = 0;
    int resumed = 0;
    for (int training = 0; kills < KILLS; training++) {
      List<Object> options = new ArrayList<>(List.of("--epochs", EPOCHS));
      options.addAll(List.of(trainings[training % trainings.length].split(" ")));
      Path whole = dir.resolve("whole" + training);
      Path broken = dir.resolve("broken" + training);
      Path checkpoints = dir.resolve("checkpoints" + training);
      train(whole, options, "--checkpoint-dir", dir.resolve("unbroken" + training)).succeeds();
      int killsBefore = kills;
      boolean isDone = false;
      while (!isDone) {
        ForkedTraining process =
            start(broken, options, "--checkpoint-dir", checkpoints, "--resume");
        isDone = kills - killsBefore == MOST_OF_ONE_TRAINING;
        if (!isDone) {
          if (random.nextInt(5) == 0) {
            isDone = process.endsWithin(random.nextInt(500));
          } else {
            // By its own progress, as a busy machine is slow.
            long step = newestStep(checkpoints) + 1 + random.nextInt(40);
            process.awaitThat(() -> newestStep(checkpoints) >= step);
            isDone = process.endsWithin(random.nextInt(15));
          }
          isDone = isDone || !process.kill();
        }
        if (isDone) {
          assertEquals(0, process.end(), process.output());
        } else {
          kills++;
        }
        resumed += process.output().contains("resumed") ? 1 : 0;
        if (isDone || Files.exists(broken)) {
          // Killed or not, a model that is there is whole.
          assertEquals(-1, Files.mismatch(whole, broken), process.output());
        }
      }
      System.out.println("KillTest: " + (kills - killsBefore) + " kills, " + options);
    }
    assertTrue(resumed >= KILLS / 2, resumed + " resumptions only; seed " + SEED);
  }

  /** The step of the newest checkpoint, 0 if there is none. */
  private static long newestStep(Path checkpoints) throws IOException {
    if (Files.notExists(checkpoints)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(checkpoints)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("step-\\d{12}\\.safetensors"))
          .mapToLong(name -> Long.parseLong(name.substring(5, 17)))
          .max()
          .orElse(0);
    }
  }

  @Test
  void terminatedItSavesAndSaysHowToGoOn() throws Exception {
    Path whole = dir.resolve("whole");
    Path broken = dir.resolve("broken");
    Path checkpoints = dir.resolve("check points");
    List<Object> options = List.of("--optimizer", "adam", "--dropout", 0.2, "--epochs", 2_000);
    ForkedTraining process = start(broken, options, "--checkpoint-dir", checkpoints);
    process.awaitOutput("epoch    3/");
    process.terminate();
    assertEquals(143, process.end(), process.output());
    String last = process.output().lines().reduce("", (a, b) -> b);
    assertTrue(
        last.matches(
            "panagrad: interrupted; step \\d+ is in .*/step-\\d{12}\\.safetensors; go on with:"
                + " panagrad train --data .* --checkpoint-dir '.*/check points' --resume"),
        process.output());
    assertFalse(Files.exists(broken));
    train(broken, options, "--checkpoint-dir", checkpoints)
        .fails("go on with that one by --resume");
    train(whole, options).succeeds();
    Run run = train(broken, options, "--checkpoint-dir", checkpoints, "--resume").succeeds();
    assertTrue(run.out().contains("resumed   " + checkpoints), run.out());
    assertEquals(-1, Files.mismatch(whole, broken));
  }

  @Test
  void interruptedWithoutAFolderItJustSaysSo() throws Exception {
    Path out = dir.resolve("model");
    ForkedTraining process = start(out, List.of("--epochs", 1_000_000));
    process.awaitOutput("epoch       3/");
    process.terminate();
    assertEquals(143, process.end(), process.output());
    assertTrue(process.output().endsWith("panagrad: interrupted\n"), process.output());
    assertFalse(Files.exists(out));
  }

  /** A limit on the size of a file stands for a disk that is full. */
  @Test
  void aFullDiskIsSaidAndTheLastCheckpointServes() throws Exception {
    Path whole = dir.resolve("whole");
    Path broken = dir.resolve("broken");
    List<Object> options = List.of("--optimizer", "adam");
    Object[] saving = {
      "--checkpoint-dir", dir.resolve("checkpoints"), "--checkpoint-every-steps", 5, "--resume"
    };
    // 13 steps an epoch.
    train(broken, join(options, "--epochs", 2), saving).succeeds();
    Files.delete(broken);
    List<Object> longer = join(options, "--epochs", 4);
    ForkedTraining process =
        ForkedTraining.start(
            output,
            List.of("bash", "-c", "ulimit -f 4; exec \"$0\" \"$@\""),
            arguments(broken, longer, saving));
    assertEquals(1, process.end(), process.output());
    assertTrue(
        process
            .output()
            .contains(
                "step-000000000030.safetensors: File too large; check the space and permissions"),
        process.output());
    assertEquals(1, process.output().lines().filter(l -> l.startsWith("panagrad: ")).count());
    assertFalse(Files.exists(broken));
    train(broken, longer, saving).succeeds();
    train(whole, longer).succeeds();
    assertEquals(-1, Files.mismatch(whole, broken));
  }

  private static List<Object> join(List<Object> options, Object... more) {
    return Stream.concat(options.stream(), Arrays.stream(more)).toList();
  }
}
