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
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.cli.Run;
import org.panagrad.cli.TinyData;
import org.panagrad.infer.Model;
import org.panagrad.io.ModelFile;

class EvaluateCommandTest {
  @TempDir Path dir;

  private Path data;
  private Path model;

  @BeforeEach
  void trainModel() throws IOException {
    data = TinyData.USUAL.in(dir.resolve("data"));
    model = dir.resolve("model.safetensors");
    Run.train("--data", data, "--out", model, "--json", dir.resolve("train.json")).succeeds();
  }

  private Run evaluate(Object... args) {
    Object[] all = {"evaluate", "--model", model, "--data", data};
    return Run.of(Stream.of(all, args).flatMap(Arrays::stream).toArray());
  }

  @Test
  void findsWhatTrainingFound() throws IOException {
    Path json = dir.resolve("evaluate.json");
    evaluate("--json", json).succeeds();
    JsonNode trained = new ObjectMapper().readTree(dir.resolve("train.json").toFile());
    JsonNode evaluated = new ObjectMapper().readTree(json.toFile());
    assertEquals(trained.get("testAccuracy").asDouble(), evaluated.get("testAccuracy").asDouble());
    assertEquals(trained.get("testLoss").asDouble(), evaluated.get("testLoss").asDouble(), 1e-6);
    assertEquals(60, evaluated.get("testRows").asInt());
  }

  @Test
  void tellsTheMetrics() throws IOException {
    Path json = dir.resolve("evaluate.json");
    Run run = evaluate("--json", json).succeeds();
    List<String> lines = run.out().lines().toList();
    assertTrue(lines.get(1).matches("top 2 .* %, log loss .*, ROC AUC [01][.].*"), run.out());
    assertEquals(
        "class         rows  precision    recall        F1      AUC", lines.get(3), run.out());
    assertTrue(lines.get(6).startsWith("2 "), run.out());
    assertTrue(lines.get(7).startsWith("macro           60 "), run.out());
    assertEquals("as         0   1   2", lines.get(10), run.out());
    JsonNode metrics = new ObjectMapper().readTree(json.toFile()).get("metrics");
    int rows = 0;
    int hits = 0;
    for (int actual = 0; actual < 3; actual++) {
      for (int said = 0; said < 3; said++) {
        rows += metrics.get("confusion").get(actual).get(said).asInt();
      }
      hits += metrics.get("confusion").get(actual).get(actual).asInt();
      assertTrue(metrics.get("classes").get(actual).get("rocAuc").asDouble() > 0.5);
    }
    assertEquals(60, rows);
    assertEquals(hits / 60.0, metrics.get("topK").get(0).asDouble());
    assertEquals(hits / 60.0, metrics.get("micro").get("f1").asDouble());
  }

  @Test
  void aModelThatIsNoneIsRefused() throws IOException {
    byte[] good = Files.readAllBytes(model);
    Files.write(model, Arrays.copyOf(good, good.length - 1));
    evaluate().fails(model.toString());
    Files.write(model, Arrays.copyOf(good, 5));
    evaluate().fails(model.toString());
    Files.write(model, new byte[0]);
    evaluate().fails(model.toString());
    Files.writeString(model, "not a model, not at all, by no means");
    evaluate().fails(model.toString());
    Files.delete(model);
    evaluate().fails(model.toString());
  }

  @Test
  void dataOfAnotherShapeIsRefused() throws IOException {
    new TinyData(50, 60, 13, 3).in(data);
    evaluate().fails(data.getFileName() + " test: rows of 13 features, expected 12");
    new TinyData(50, 60, 12, 4).in(data);
    evaluate().fails("3 outputs, expected 4");
  }

  @Test
  void limitsAreKept() {
    evaluate("--max-native-memory", "100").fails("native memory");
    evaluate("--threads", "0").isMisused("--threads 0: expected 1 or more");
  }

  /** The limit is for the model and what evaluates it together. */
  @Test
  void modelAndEvaluationShareTheLimit() throws IOException {
    Run.train("--data", data, "--out", model, "--hidden", "1000,1000", "--epochs", 1).succeeds();
    long parameters;
    try (Model read = ModelFile.read(model)) {
      parameters = read.memoryReport().bytes();
    }
    evaluate("--max-native-memory", parameters + 1000).fails("evaluation needs ");
    evaluate("--max-native-memory", 4 * parameters).succeeds();
  }

  @Test
  void theReportMustBeWritable() {
    evaluate("--json", dir).fails("a directory of that name exists");
    assertFalse(Files.exists(dir.resolve("evaluate.json")));
  }

  @Test
  void theModelIsRequired() {
    Run.of("evaluate").isMisused("--model");
  }
}
