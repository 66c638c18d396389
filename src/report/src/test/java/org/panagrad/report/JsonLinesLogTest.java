package org.panagrad.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.io.Json;
import org.panagrad.train.EpochResult;
import org.panagrad.train.Evaluation;
import org.panagrad.train.TrainingEvent;

class JsonLinesLogTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC);

  @TempDir Path dir;

  private static final TrainingEvent EPOCH =
      new TrainingEvent.EpochEnded(
          new EpochResult(2, 100, 0.5, Double.NaN, 0.25), new Evaluation(10, 0.75, 0.875), 8, 0.1f);

  @Test
  void anEpochIsALine() throws IOException {
    Path file = dir.resolve("log.jsonl");
    try (JsonLinesLog log = JsonLinesLog.open(file, CLOCK)) {
      log.on(EPOCH);
      // It is there before the log is closed.
      assertEquals(
          """
          {"event":"epoch","time":"2026-11-24T12:00:00Z","epoch":2,"step":8,"learningRate":0.1,\
          "examples":100,"seconds":0.25,"samplesPerSecond":400.0,"trainLoss":0.5,\
          "trainAccuracy":null,"validationLoss":0.75,"validationAccuracy":0.875}
          """,
          Files.readString(file));
      log.on(new TrainingEvent.Stopped("all \"epochs\"", 2, 1));
    }
    assertEquals(
        "{\"event\":\"stopped\",\"time\":\"2026-11-24T12:00:00Z\","
            + "\"reason\":\"all \\\"epochs\\\"\",\"epoch\":2,\"bestEpoch\":1}",
        Files.readAllLines(file).getLast());
  }

  @Test
  void aTrainingIsTold() throws IOException {
    Path file = dir.resolve("log.jsonl");
    try (SampleTraining training = new SampleTraining();
        JsonLinesLog log = JsonLinesLog.open(file)) {
      training.run(log);
    }
    List<Json> lines = Files.readAllLines(file).stream().map(Json::parse).toList();
    assertEquals(SampleTraining.EPOCHS + 2, lines.size());
    assertEquals(new Json.Str("started"), ((Json.Obj) lines.getFirst()).members().get("event"));
    assertEquals(new Json.Int(12730), ((Json.Obj) lines.getFirst()).members().get("parameters"));
  }

  /** A training was killed while it wrote; at every length the whole lines stay, and only they. */
  @Test
  void anUnfinishedLineIsCutOffAndTheLogGoesOn() throws IOException {
    Path file = dir.resolve("log.jsonl");
    try (JsonLinesLog log = JsonLinesLog.open(file, CLOCK)) {
      log.on(EPOCH);
      log.on(EPOCH);
    }
    String whole = Files.readString(file);
    String line = whole.substring(0, whole.length() / 2);
    for (int length = 0; length <= whole.length(); length++) {
      Files.writeString(file, whole.substring(0, length));
      try (JsonLinesLog log = JsonLinesLog.open(file, CLOCK)) {
        log.on(EPOCH);
      }
      assertEquals(line.repeat(length / line.length() + 1), Files.readString(file), "" + length);
    }
  }

  @Test
  void longLinesAreFoundAcrossBlocks() throws IOException {
    Path file = dir.resolve("log.jsonl");
    String whole = "{\"event\":\"epoch\"}\n";
    Files.writeString(file, whole + "{\"event\":\"" + "x".repeat(10_000));
    JsonLinesLog.open(file).close();
    assertEquals(whole, Files.readString(file));
  }

  /** A file that somebody named by mistake is not cut, not by a byte. */
  @Test
  void whatIsNoLogIsLeftAsItIs() throws IOException {
    Path file = dir.resolve("notes.txt");
    for (String text :
        List.of("notes", "notes\nof mine", "notes\n", "{\"event\":1}\nnotes", "{\"eve\"}")) {
      Files.writeString(file, text);
      IOException refused = assertThrows(IOException.class, () -> JsonLinesLog.open(file));
      assertEquals(
          file
              + ": expected a log of trainings, lines that begin with {\"event\", found something"
              + " else; name another file",
          refused.getMessage());
      assertEquals(text, Files.readString(file));
    }
  }

  @Test
  void aLineThatCannotBeWrittenIsOfThisFile() throws IOException {
    Path file = Path.of("/dev/full");
    assumeTrue(Files.exists(file), "no /dev/full here");
    try (JsonLinesLog log = JsonLinesLog.open(file, CLOCK)) {
      UncheckedIOException full = assertThrows(UncheckedIOException.class, () -> log.on(EPOCH));
      assertEquals("/dev/full: No space left on device", full.getMessage());
    }
  }

  /** Two that each write at their own place would write over each other's lines. */
  @Test
  void aLogIsOneTrainingsAtATime() throws IOException {
    Path file = dir.resolve("log.jsonl");
    try (JsonLinesLog log = JsonLinesLog.open(file, CLOCK)) {
      IOException refused = assertThrows(IOException.class, () -> JsonLinesLog.open(file));
      assertEquals(
          file + ": another training writes its log there; wait for its end, or name another file",
          refused.getMessage());
      log.on(EPOCH);
    }
    try (JsonLinesLog next = JsonLinesLog.open(file, CLOCK)) {
      next.on(EPOCH);
    }
    assertEquals(2, Files.readAllLines(file).size());
  }

  @Test
  void aFolderIsRefused() {
    assertThrows(IOException.class, () -> JsonLinesLog.open(dir));
  }
}
