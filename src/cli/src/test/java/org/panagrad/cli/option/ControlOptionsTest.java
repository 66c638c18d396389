package org.panagrad.cli.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.panagrad.cli.Run;
import org.panagrad.cli.TinyData;
import org.panagrad.cli.terminal.TrainingClock;
import picocli.CommandLine.TypeConversionException;

class ControlOptionsTest {
  @TempDir Path dir;

  private Path data = Path.of("");
  private Path out = Path.of("");
  private Path json = Path.of("");
  private Path checkpoints = Path.of("");

  @BeforeEach
  void writeData() throws IOException {
    data = TinyData.USUAL.in(dir.resolve("data"));
    out = dir.resolve("model.safetensors");
    json = dir.resolve("report.json");
    checkpoints = dir.resolve("checkpoints");
  }

  private Run train(Object... args) {
    List<Object> all = new ArrayList<>(List.of("--data", data, "--out", out, "--json", json));
    all.addAll(Arrays.asList(args));
    if (!all.contains("--partitions")) {
      all.addAll(List.of("--partitions", 2));
    }
    return Run.train(all.toArray());
  }

  private Run saving(Object... args) {
    Object[] common = {"--checkpoint-dir", checkpoints};
    return train(Stream.of(common, args).flatMap(Stream::of).toArray());
  }

  private JsonNode report() throws IOException {
    return new ObjectMapper().readTree(json.toFile());
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(checkpoints)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theLastFewAreKeptAndOneOfTheEnd() throws IOException {
    // 10 steps an epoch.
    saving("--epochs", 2, "--checkpoint-every-steps", 3, "--keep-checkpoints", 2).succeeds();
    assertEquals(
        List.of(".lock", "step-000000000018.safetensors", "step-000000000020.safetensors"),
        files());
  }

  @Test
  void onlyTheEndIsKeptWhereTimeDoesNotCome() throws IOException {
    saving("--checkpoint-every", "1h").succeeds();
    assertEquals(List.of(".lock", "step-000000000020.safetensors"), files());
  }

  @Test
  void aLongerTrainingGoesOnAndReportsAllOfIt() throws IOException {
    train("--epochs", 5, "--dropout", 0.2).succeeds();
    JsonNode whole = report();
    byte[] model = Files.readAllBytes(out);
    Run first = saving("--epochs", 2, "--dropout", 0.2, "--resume").succeeds();
    assertFalse(first.out().contains("resumed"), first.out());
    Run second = saving("--epochs", 5, "--dropout", 0.2, "--resume").succeeds();
    assertTrue(
        second
            .out()
            .contains(
                "resumed   " + checkpoints.resolve("step-000000000020.safetensors") + ", step 20"),
        second.out());
    assertTrue(second.out().contains("epoch 3/5"), second.out());
    assertFalse(second.out().contains("epoch 2/5"), second.out());
    for (String key :
        List.of("trainLoss", "trainAccuracy", "testLossPerEpoch", "epochs", "parametersSha256")) {
      assertEquals(whole.get(key), report().get(key), key);
    }
    assertEquals(5, report().get("secondsPerEpoch").size());
    assertEquals(-1, Arrays.mismatch(model, Files.readAllBytes(out)));
  }

  @Test
  void whatIsToldIsOfTheWeightsThatAreKept() throws IOException {
    // All are hit soon, and no epoch after that hits more; the loss goes on to fall.
    Object[] options = {"--monitor", "accuracy", "--lr", 0.1, "--epochs", 60};
    Object[] stopping = {"--early-stopping", 3, "--validation-split", 0.2};
    Run run = train(Stream.of(options, stopping).flatMap(Stream::of).toArray()).succeeds();
    JsonNode report = report();
    int kept = report.get("keptEpoch").asInt();
    JsonNode losses = report.get("validationLossPerEpoch");
    assertTrue(kept < losses.size(), report.toString());
    assertEquals(losses.get(kept - 1), report.get("validationLoss"));
    String told =
        String.format(
            Locale.ROOT,
            ", loss %s (epoch %d, whose weights are kept)",
            TrainingClock.loss(losses.get(kept - 1).asDouble()),
            kept);
    assertTrue(run.out().contains(told), run.out());
  }

  @Test
  void anotherTrainingIsNamed() {
    saving().succeeds();
    saving("--resume", "--seed", 2).fails("seed: the checkpoint has 1, found 2");
    saving("--resume", "--hidden", 17).fails("fc1: the checkpoint has Dense 12 -> 16 of input");
    saving("--resume", "--partitions", 3).fails("or --resume-anyway to do without the same bits");
    saving().fails("go on with that one by --resume");
    Run run = saving("--resume-anyway", "--partitions", 3);
    assertEquals(0, run.status(), run.err());
    assertTrue(
        run.err().endsWith("partitions: the checkpoint has 2, found 3; the bits will be others\n"),
        run.err());
  }

  @Test
  void aDamagedCheckpointIsPassedOverWithALine() throws IOException {
    saving("--checkpoint-every-steps", 5).succeeds();
    byte[] model = Files.readAllBytes(out);
    Path newest = checkpoints.resolve("step-000000000020.safetensors");
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length / 2]++;
    Files.write(newest, bytes);
    Run run = saving("--checkpoint-every-steps", 5, "--resume");
    assertEquals(0, run.status(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().startsWith("panagrad: " + newest + ": content: expected bytes"));
    assertTrue(run.out().contains("step-000000000015.safetensors, step 15"), run.out());
    assertEquals(-1, Arrays.mismatch(model, Files.readAllBytes(out)));
  }

  @Test
  void aFolderThatCannotBeIsSaidBeforeTraining() throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "x");
    train("--checkpoint-dir", file).fails("cannot keep checkpoints in " + file);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          --resume                     | --resume: expected --checkpoint-dir DIR with it
          --keep-checkpoints 2 --resume | --keep-checkpoints, --resume: expected --checkpoint-dir
          --checkpoint-dir x --checkpoint-every-steps 0 | --checkpoint-every-steps 0: expected 1
          --checkpoint-dir x --keep-checkpoints 0 | --keep-checkpoints 0: expected 1 or more
          --checkpoint-dir x --checkpoint-every 10 | '10': expected a number above 0 with s, m or h
          --checkpoint-dir x --checkpoint-every 0s | '0s': expected a number above 0
          --on-non-finite ignore       | non-finite policy 'ignore': expected stop, skip or rollback
          """)
  void wrongUseIsOneLineAndStatus2(String options, String message) {
    train((Object[]) options.split(" ", -1)).isMisused(message);
    assertFalse(Files.exists(out));
  }

  @Test
  void timesHaveUnits() {
    TimeSpan.Converter converter = new TimeSpan.Converter();
    assertEquals(Duration.ofSeconds(30), converter.convert("30s").duration());
    assertEquals(Duration.ofMinutes(10), converter.convert("10m").duration());
    assertEquals(Duration.ofHours(1), converter.convert("1h").duration());
    for (String wrong : List.of("", "s", "1", "1d", "-1s", "1.5h", "9999999999s")) {
      assertThrows(TypeConversionException.class, () -> converter.convert(wrong), wrong);
    }
  }

  @Test
  void goingBackIsToldOf() {
    Run run =
        train(
            "--optimizer",
            "sgd",
            "--lr",
            "4000",
            "--loss",
            "half-mse",
            "--on-non-finite",
            "rollback");
    assertEquals(0, run.status(), run.err());
    assertTrue(
        run.err()
            .lines()
            .allMatch(
                l -> l.matches("panagrad: not finite at step .*, first seen in .*: rollback")),
        run.err());
    assertFalse(run.err().isEmpty());
  }
}
