package org.panagrad.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.cli.Run;

/** The commands of docs/tabular.md, with the defaults, on the real files. */
class RealTablesTest {
  @TempDir Path dir;

  private Path tables;
  private Path json;
  private Path model;

  @BeforeEach
  void findTables() {
    String folder = System.getenv("PANAGRAD_DATA_DIR");
    Assumptions.assumeTrue(folder != null, "PANAGRAD_DATA_DIR is not set");
    tables = Path.of(folder, "tabular");
    json = dir.resolve("report.json");
    model = dir.resolve("model.safetensors");
  }

  private JsonNode report() throws IOException {
    return new ObjectMapper().readTree(json.toFile());
  }

  @Test
  void adult() throws IOException {
    Path test = tables.resolve("adult-test.csv");
    Run run =
        Run.of(
                "train",
                "--data",
                tables.resolve("adult-train.csv"),
                "--test",
                test,
                "--out",
                model,
                "--json",
                json)
            .succeeds();
    JsonNode report = report();
    assertEquals(32_561, report.get("trainRows").asInt());
    assertEquals(16_281, report.get("testRows").asInt());
    assertTrue(run.out().contains("16281 labels end in a full stop"), run.out());
    assertTrue(report.get("testAccuracy").asDouble() >= 0.85, report.get("testAccuracy").asText());
    Path output = dir.resolve("predictions.csv");
    Run.of("predict", "--model", model, "--input", test, "--output", output).succeeds();
    List<String> answers = Files.readAllLines(output);
    List<String> rows = Files.readAllLines(test).stream().filter(row -> !row.isEmpty()).toList();
    assertEquals("row,class,probability_<=50K,probability_>50K", answers.getFirst());
    int correct = 0;
    for (int i = 0; i < rows.size(); i++) {
      String label = rows.get(i).substring(rows.get(i).lastIndexOf(' ') + 1).replace(".", "");
      correct += answers.get(i + 1).split(",", -1)[1].equals(label) ? 1 : 0;
    }
    assertEquals(report.get("testAccuracy").asDouble(), correct / 16_281.0, 1e-9);
  }

  @Test
  void abalone() throws IOException {
    Run.of(
            "train",
            "--data",
            tables.resolve("abalone.csv"),
            "--test-split",
            0.2,
            "--out",
            model,
            "--json",
            json)
        .succeeds();
    JsonNode report = report();
    assertEquals(4_177, report.get("trainRows").asInt() + report.get("testRows").asInt());
    assertEquals(835, report.get("testRows").asInt());
    assertTrue(report.get("testRmse").asDouble() <= 2.2, report.get("testRmse").asText());
  }

  @Test
  void iris() throws IOException {
    // One row is 0.67 %, so that a single seed tells little.
    double mean = 0;
    for (int seed = 1; seed <= 3; seed++) {
      Object[] data = {"--data", tables.resolve("iris.csv"), "--folds", 5, "--seed", seed};
      Run.of(
              Stream.of(new Object[] {"cross-validate", "--json", json}, data)
                  .flatMap(Stream::of)
                  .toArray())
          .succeeds();
      assertEquals(5, report().get("folds").size());
      mean += report().get("mean").asDouble() / 3;
    }
    assertTrue(mean >= 0.96, Double.toString(mean));
  }
}
