package org.panagrad.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.cli.Run;
import org.panagrad.cli.TinyData;

class DoctorCommandTest {
  @TempDir Path dir;

  private Path data;
  private Path json;

  @BeforeEach
  void writeData() throws IOException {
    data = TinyData.USUAL.in(dir.resolve("data"));
    json = dir.resolve("findings.json");
  }

  private Run doctor(Object... args) {
    Object[] common = {"doctor", "--data", data, "--hidden", "16", "--batch-size", "20"};
    return Run.of(Stream.of(common, args).flatMap(Arrays::stream).toArray());
  }

  private JsonNode findings() throws IOException {
    return new ObjectMapper().readTree(json.toFile());
  }

  @Test
  void theHealthyAreLetGo() throws IOException {
    Run run = doctor("--json", json, "--lr", 0.01).succeeds();
    String last = run.out().lines().reduce("", (a, b) -> b);
    assertTrue(last.startsWith("no problem found; "), run.out());
    JsonNode found = findings();
    assertTrue(found.get("healthy").asBoolean());
    assertEquals(0, found.get("problems").asInt());
    assertEquals(run.out().lines().count() - 1, found.get("findings").size());
    for (JsonNode finding : found.get("findings")) {
      String line = finding.get("check").asText() + ": " + finding.get("text").asText();
      assertTrue(run.out().contains(line), line);
      assertTrue(finding.get("severity").asText().matches("ok|note"), line);
    }
    // It writes no model.
    try (var files = Files.list(dir)) {
      assertEquals(2, files.count());
    }
  }

  @Test
  void aProblemIsStatus3() throws IOException {
    Run run = doctor("--json", json, "--optimizer", "sgd", "--lr", 1000);
    assertEquals("", run.err());
    assertEquals(3, run.status(), run.out());
    assertTrue(run.out().contains("PROBLEM  training: "), run.out());
    assertFalse(findings().get("healthy").asBoolean());
    assertTrue(findings().get("problems").asInt() > 0);
  }

  @Test
  void rawTablesAreExamined() {
    String folder = System.getenv("PANAGRAD_DATA_DIR");
    Assumptions.assumeTrue(folder != null, "PANAGRAD_DATA_DIR is not set");
    Path tables = Path.of(folder, "tabular");
    Path adult = tables.resolve("adult-train.csv");
    Run run =
        Run.of("doctor", "--data", adult, "--test", tables.resolve("adult-test.csv")).succeeds();
    assertTrue(run.out().contains("(0.2 %) are also among the training rows"), run.out());
    Path abalone = tables.resolve("abalone.csv");
    Run.of("doctor", "--data", abalone, "--test-split", 0.2).succeeds();
  }

  /**
   * Columns of a table are called what its first line calls them, features what they are of them.
   */
  @Test
  void featuresOfATableHaveTheirColumnsNames() throws IOException {
    StringBuilder table = new StringBuilder("age %,pay,kind,weight,price\n");
    for (int row = 0; row < 200; row++) {
      int years = row == 7 ? 9_999_999 : 20 + row * 7 % 50;
      table
          .append(
              String.format(Locale.ROOT, "%d,%d,%s,", years, row % 11, row % 3 == 0 ? "b" : "c"))
          // Rows that count nothing contradict the others.
          .append(row % 2)
          .append(row % 2 == 0 ? ",-900000\n" : String.format(Locale.ROOT, ",%d%n", row % 11 * 3));
    }
    Path file = Files.writeString(dir.resolve("prices.csv"), table);
    Run run =
        Run.of(
            "doctor",
            "--data",
            file,
            "--target",
            "price",
            "--sample-weight",
            "weight",
            "--scaling",
            "none",
            "--validation-split",
            0.1,
            "--json",
            json,
            "--hidden",
            "32",
            "--lr",
            0.01);
    String out = run.out();
    assertEquals("", run.err());
    assertTrue(
        out.contains("PROBLEM  feature scale: 1 of 4 features are far from 1 ('age %'): "), out);
    assertTrue(
        out.contains("extreme values: 'age %' goes from 20.00 to 1.000e+07, where 99 %"), out);
    assertTrue(out.contains("targets: the target 'price' is "), out);
    assertFalse(out.contains("feature["), out);
    // Without names they are called by their places.
    Path nameless =
        Files.writeString(dir.resolve("nameless.csv"), table.substring(table.indexOf("\n") + 1));
    out = Run.of("doctor", "--data", nameless, "--header", "no", "--scaling", "none").out();
    assertTrue(out.contains("are far from 1 (column 0): column 0 is about"), out);
    assertTrue(out.contains("targets: the target column 4 is "), out);
  }

  @Test
  void theStatusIsToldInTheHelp() {
    String help = Run.of("doctor", "--help").succeeds().out();
    assertTrue(help.contains("3   some problem found"), help);
  }

  @Test
  void wrongUseIsTold() {
    doctor("--class-weights", "1,x").isMisused("--class-weights 1,x: expected");
    doctor("--schedule", "cosine", "--warmup", 20).isMisused("warm-up");
    doctor("--epochs", 0).isMisused("--epochs 0: expected 1 or more");
    doctor("--steps", 0).isMisused("steps for one mini-batch 0: expected 1 or more");
    doctor("--optimizer", "magic").isMisused("optimizer 'magic': expected one of");
    doctor("--json", dir).fails("a directory of that name exists");
    doctor("--max-native-memory", "100").fails("native memory");
  }
}
