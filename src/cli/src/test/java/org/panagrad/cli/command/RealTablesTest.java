package org.panagrad.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  /**
   * What lr-find suggests trains: on the small tables too, where the loss of a mini-batch is mostly
   * noise.
   */
  @ParameterizedTest
  @CsvSource({
    // data, optimizer, seed, epochs, the most that may be left of the loss
    "iris.csv, sgd, 1, 40, 0.3",
    "iris.csv, adam, 2, 20, 0.3",
    "iris.csv, momentum, 3, 20, 0.3",
    "abalone.csv, sgd, 1, 10, 0.75",
    "abalone.csv, sgd, 2, 10, 0.75",
    "abalone.csv, adam, 3, 10, 0.75",
    "abalone.csv, momentum, 4, 10, 0.75",
    "adult-train.csv, adam, 1, 1, 0.8",
    "digits, sgd, 1, 3, 0.8",
    "digits, adam, 1, 2, 0.5",
  })
  void theSuggestedLearningRateTrains(
      String data, String optimizer, int seed, int epochs, double left) throws IOException {
    Path file = tables.resolve(data);
    Object[] training = {
      "--data", Files.exists(file) ? file : data, "--optimizer", optimizer, "--seed", seed
    };
    Run.of(with(training, "lr-find", "--json", json)).succeeds();
    JsonNode sweep = report();
    double start = sweep.get("smoothedLosses").get(0).asDouble();
    double rate = sweep.get("suggestion").asDouble(Double.NaN);
    assertTrue(rate > 1e-5 && rate < 1, sweep.get("suggestion").asText());
    Run.of(
            with(
                training,
                "train",
                "--lr",
                rate,
                "--epochs",
                epochs,
                "--out",
                model,
                "--json",
                json))
        .succeeds();
    List<Double> losses = new ArrayList<>();
    report().get("trainLoss").forEach(loss -> losses.add(loss.asDouble(Double.NaN)));
    String found = "from " + start + " with " + rate + ": " + losses;
    assertTrue(losses.getLast() < left * start, found);
    // It does not diverge on the way.
    assertTrue(losses.stream().allMatch(loss -> loss < 1.1 * start), found);
  }

  private static Object[] with(Object[] options, Object... before) {
    return Stream.concat(Stream.of(before), Stream.of(options)).toArray();
  }
}
