package org.panagrad.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  /** Ctrl-C is SIGINT, what a scheduler or a shutdown sends is SIGTERM. */
  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143"})
  void interruptedItSavesAndSaysHowToGoOn(String signal, int status) throws Exception {
    Path whole = dir.resolve("whole");
    Path broken = dir.resolve("broken");
    Path checkpoints = dir.resolve("check points");
    List<Object> options = List.of("--optimizer", "adam", "--dropout", 0.2, "--epochs", 2_000);
    ForkedTraining process =
        ForkedTraining.start(
            output,
            ForkedTraining.withSignals(),
            arguments(broken, options, "--checkpoint-dir", checkpoints));
    process.awaitOutput("epoch    3/");
    process.signal(signal);
    assertEquals(status, process.end(), process.output());
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

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143"})
  void interruptedWithoutAFolderItJustSaysSo(String signal, int status) throws Exception {
    Path out = dir.resolve("model");
    ForkedTraining process =
        ForkedTraining.start(
            output, ForkedTraining.withSignals(), arguments(out, List.of("--epochs", 1_000_000)));
    process.awaitOutput("epoch       3/");
    process.signal(signal);
    assertEquals(status, process.end(), process.output());
    assertTrue(process.output().endsWith("panagrad: interrupted\n"), process.output());
    assertFalse(Files.exists(out));
  }

  /**
   * Interrupted again and again, by either signal and at any moment, it comes to the same bytes.
   */
  @Test
  void interruptedAtRandomMomentsItComesToTheSameModel() throws Exception {
    SeededRandom random = SeededRandom.of(SEED, "interruptions");
    Path whole = dir.resolve("whole");
    Path broken = dir.resolve("broken");
    Path checkpoints = dir.resolve("checkpoints");
    List<Object> options =
        List.of("--optimizer", "adam", "--dropout", 0.2, "--accumulate", 2, "--epochs", 600);
    train(whole, options).succeeds();
    int interruptions = 0;
    int status = -1;
    while (status != 0) {
      assertTrue(interruptions < 100, "it does not get anywhere");
      ForkedTraining process =
          ForkedTraining.start(
              output,
              ForkedTraining.withSignals(),
              arguments(broken, options, "--checkpoint-dir", checkpoints, "--resume"));
      // Not before it trains: what is broken off while it starts has nothing to save.
      process.awaitOutput("epoch ");
      if (interruptions < 6 && !process.endsWithin(random.nextInt(150))) {
        boolean ctrlC = random.nextInt(2) == 0;
        process.signal(ctrlC ? "INT" : "TERM");
        status = process.end();
        assertTrue(status == 0 || status == (ctrlC ? 130 : 143), process.output());
      } else {
        status = process.end();
      }
      interruptions += status == 0 ? 0 : 1;
      assertEquals(status != 0, process.output().contains("go on with:"), process.output());
    }
    System.out.println("KillTest: " + interruptions + " interruptions, seed " + SEED);
    assertTrue(interruptions >= 3, interruptions + " interruptions only");
    assertEquals(-1, Files.mismatch(whole, broken));
  }

  /** Somebody moves the folder while it is trained, or its disk goes away. */
  @Test
  void aFolderThatIsGoneIsSaidAndServesWhenItIsBack() throws Exception {
    Path whole = dir.resolve("whole");
    Path broken = dir.resolve("broken");
    Path checkpoints = dir.resolve("checkpoints");
    Path moved = dir.resolve("moved");
    List<Object> options = List.of("--optimizer", "adam", "--epochs", 2_000);
    ForkedTraining process =
        start(broken, options, "--checkpoint-dir", checkpoints, "--checkpoint-every-steps", 5);
    process.awaitThat(() -> newestStep(checkpoints) >= 20);
    Files.move(checkpoints, moved);
    assertEquals(1, process.end(), process.output());
    List<String> errors =
        process.output().lines().filter(line -> line.startsWith("panagrad: ")).toList();
    assertEquals(1, errors.size(), process.output());
    // At whatever it was when the folder went: making a file in it, renaming that, listing them.
    assertTrue(
        errors
            .getFirst()
            .matches(
                "panagrad: (cannot write .*/checkpoints/step-\\d{12}\\.safetensors: (the directory"
                    + " .* does not exist; create it or choose another path|no such file or"
                    + " directory; .*)|.*/checkpoints: the folder of the checkpoints is gone; put"
                    + " it back)"),
        errors.getFirst());
    assertFalse(Files.exists(broken));
    assertTrue(newestStep(moved) >= 20);
    Files.move(moved, checkpoints);
    Run run = train(broken, options, "--checkpoint-dir", checkpoints, "--resume").succeeds();
    assertTrue(run.out().contains("resumed   " + checkpoints), run.out());
    train(whole, options).succeeds();
    assertEquals(-1, Files.mismatch(whole, broken));
  }

  /** Runs a command where a folder is a small file system, and keeps what is in it at the end. */
  private static List<String> onASmallDisk(String mountOptions, Path disk, Path kept) {
    String script =
        "disk=$1; kept=$2; shift 2; mount -t tmpfs -o \"$0\" panagrad \"$disk\" || exit 99;"
            + " \"$@\"; status=$?; cp -R \"$disk/.\" \"$kept\"; exit $status";
    // In a world of its own, so that it needs no privilege and ends with the process.
    return List.of(
        "unshare",
        "--user",
        "--map-root-user",
        "--mount",
        "bash",
        "-c",
        script,
        mountOptions,
        disk.toString(),
        kept.toString());
  }

  private void assumeSmallDisks() throws Exception {
    Path disk = Files.createDirectory(dir.resolve("disk"));
    Path kept = Files.createDirectory(dir.resolve("kept"));
    List<String> command = new ArrayList<>(onASmallDisk("size=20k", disk, kept));
    command.add("true");
    boolean can;
    try {
      can = new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException noSuchCommand) {
      can = false;
    }
    assumeTrue(
        can, "this system lets no one mount a small file system with unshare --user --mount");
  }

  @Test
  void aDiskThatIsFullIsSaidAndTheLastCheckpointServes() throws Exception {
    assumeSmallDisks();
    Path whole = dir.resolve("whole");
    Path broken = dir.resolve("broken");
    Path kept = dir.resolve("kept");
    List<Object> options = List.of("--optimizer", "adam", "--epochs", 4);
    Object[] saving = {"--checkpoint-every-steps", 5, "--keep-checkpoints", 1, "--resume"};
    // Room for a checkpoint of three or four pages, and not for the next beside it.
    ForkedTraining process =
        ForkedTraining.start(
            output,
            onASmallDisk("size=20k", dir.resolve("disk"), kept),
            join(arguments(broken, options, saving), "--checkpoint-dir", dir.resolve("disk")));
    assertEquals(1, process.end(), process.output());
    Matcher failed =
        Pattern.compile(
                "step-(\\d{12})\\.safetensors: No space left on device; check the space and"
                    + " permissions of ")
            .matcher(process.output());
    assertTrue(failed.find(), process.output());
    assertEquals(1, process.output().lines().filter(l -> l.startsWith("panagrad: ")).count());
    assertFalse(Files.exists(broken));
    assertEquals(Long.parseLong(failed.group(1)) - 5, newestStep(kept), process.output());
    assertTrue(newestStep(kept) > 0);
    try (Stream<Path> files = Files.list(kept)) {
      assertTrue(files.noneMatch(file -> file.toString().endsWith(".tmp")), "half a file is left");
    }
    train(broken, options, join(List.of("--checkpoint-dir", kept), saving).toArray()).succeeds();
    train(whole, options).succeeds();
    assertEquals(-1, Files.mismatch(whole, broken));
  }

  @Test
  void aFolderThatCannotBeWrittenIsSaidAtOnce() throws Exception {
    assumeSmallDisks();
    Path disk = dir.resolve("disk");
    ForkedTraining process =
        ForkedTraining.start(
            output,
            onASmallDisk("ro", disk, dir.resolve("kept")),
            arguments(dir.resolve("model"), List.of("--epochs", 2), "--checkpoint-dir", disk));
    assertEquals(1, process.end(), process.output());
    assertEquals(
        "panagrad: cannot keep checkpoints in "
            + disk
            + ": Read-only file system; check its permissions, or choose another folder",
        process.output().lines().reduce("", (a, b) -> b));
    assertFalse(process.output().contains("epoch 1/"), process.output());
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
