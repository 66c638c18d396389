package org.panagrad.cli.option;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.cli.Run;
import org.panagrad.cli.TinyData;
import org.panagrad.random.SeededRandom;

class ReportOptionsTest {
  @TempDir Path dir;

  private Run train(Object... args) throws IOException {
    List<Object> all = new ArrayList<>(List.of(args));
    all.addAll(
        List.of(
            "--data", TinyData.USUAL.in(dir.resolve("a set")), "--out", dir.resolve("model.st")));
    return Run.train(all.toArray());
  }

  private static JsonNode content(Path page) throws IOException {
    String text = Files.readString(page);
    String begin = "<script type=\"application/json\" id=\"report\">";
    int from = text.indexOf(begin) + begin.length();
    return new ObjectMapper().readTree(text.substring(from, text.indexOf("</script>", from)));
  }

  @Test
  void thePageTellsTheTrainingAndHowToRepeatIt() throws IOException {
    Path page = dir.resolve("report.html");
    Path json = dir.resolve("train.json");
    train("--report", page, "--json", json).succeeds();
    JsonNode report = content(page);
    JsonNode trained = new ObjectMapper().readTree(json.toFile());
    JsonNode loss = report.get("curves").get("loss");
    assertEquals(trained.get("trainLoss"), loss.get(0).get("values"));
    assertEquals("test", loss.get(1).get("name").asText());
    assertEquals(trained.get("testLossPerEpoch"), loss.get(1).get("values"));
    assertEquals(60, report.get("metrics").get("rows").asInt());
    String command = report.get("command").asText();
    assertTrue(command.startsWith("panagrad train --"), command);
    assertTrue(command.contains(" --data '" + dir.resolve("a set") + "' "), command);
    List<String> options = new ArrayList<>();
    report
        .get("facts")
        .forEach(
            group -> {
              if (group.get("group").asText().equals("Options")) {
                group.get("items").forEach(item -> options.add(item.get(0).asText()));
              }
            });
    // Those that were not given too.
    assertTrue(
        options.containsAll(List.of("--data", "--report", "--optimizer", "--seed")),
        () -> "" + options);
    assertFalse(options.contains("--help"));
  }

  /** A reader can type what the page says of the options. */
  @Test
  void optionsAreToldAsTheyAreTyped() throws IOException {
    Path page = dir.resolve("report.html");
    train(
            "--report",
            page,
            "--max-native-memory",
            "100m",
            "--checkpoint-every",
            "10m",
            "--checkpoint-dir",
            dir.resolve("checkpoints"))
        .succeeds();
    Map<String, String> options = new HashMap<>();
    for (JsonNode group : content(page).get("facts")) {
      if (group.get("group").asText().equals("Options")) {
        group.get("items").forEach(i -> options.put(i.get(0).asText(), i.get(1).asText()));
      }
    }
    assertEquals("100m", options.get("--max-native-memory"));
    assertEquals("10m", options.get("--checkpoint-every"));
    assertEquals("adam", options.get("--optimizer"));
    assertEquals("false", options.get("--resume"));
    options.forEach((name, text) -> assertFalse(text.contains("["), name + " " + text));
  }

  @Test
  void aLogThatCannotBeWrittenDoesNotEndTheTraining() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "no /dev/full here");
    Run run = train("--log", full);
    assertEquals(0, run.status(), run.err());
    assertEquals(
        "panagrad: /dev/full: No space left on device; the training goes on without it\n",
        run.err());
    assertTrue(Files.exists(dir.resolve("model.st")));
  }

  @Test
  void filesAreApart() throws IOException {
    Path one = dir.resolve("one");
    train("--report", one, "--json", one)
        .isMisused("--report " + one + ": expected a file of its own, found that of --json");
    train("--log", dir.resolve("../" + dir.getFileName() + "/model.st"))
        .isMisused("found that of --out; name another");
    Path rows = Files.writeString(dir.resolve("rows.csv"), "a,b\n1,x\n2,y\n");
    Run.of("train", "--data", rows, "--out", rows)
        .isMisused("--out " + rows + ": expected a file of its own, found that of --data");
    train().succeeds();
    Path model = dir.resolve("model.st");
    byte[] before = Files.readAllBytes(model);
    Run.of("predict", "--model", model, "--input", rows, "--output", model)
        .isMisused("found that of --model");
    Run.of("predict", "--model", model, "--input", rows, "--output", rows)
        .isMisused("found that of --input");
    assertArrayEquals(before, Files.readAllBytes(model));
  }

  @Test
  void theLogHasALineForEveryEpochAndIsContinued() throws IOException {
    Path log = dir.resolve("log.jsonl");
    train("--log", log, "--epochs", "3").succeeds();
    List<String> events = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      events.add(new ObjectMapper().readTree(line).get("event").asText());
    }
    assertEquals(List.of("started", "epoch", "epoch", "epoch", "stopped"), events);
    train("--log", log).succeeds();
    assertEquals(5 + 4, Files.readAllLines(log).size());
  }

  @Test
  void tensorBoardHasItsFile() throws IOException {
    Path board = dir.resolve("board/run");
    train("--tensorboard", board).succeeds();
    try (Stream<Path> files = Files.list(board)) {
      List<Path> all = files.toList();
      assertEquals(1, all.size());
      assertTrue(Files.size(all.getFirst()) > 1000);
    }
  }

  @Test
  void whatCannotBeWrittenIsSaidBeforeTheTraining() throws IOException {
    train("--report", dir).fails("a directory of that name exists");
    train("--log", dir).fails(dir.toString());
    Path file = Files.createFile(dir.resolve("file"));
    train("--tensorboard", file).fails(file.toString());
    assertFalse(Files.exists(dir.resolve("model.st")));
  }

  @Test
  void reportsDoNotChangeTheModel() throws IOException {
    train("--json", dir.resolve("a.json")).succeeds();
    train("--json", dir.resolve("b.json"), "--report", dir.resolve("r.html")).succeeds();
    ObjectMapper mapper = new ObjectMapper();
    assertEquals(
        mapper.readTree(dir.resolve("a.json").toFile()).get("parametersSha256"),
        mapper.readTree(dir.resolve("b.json").toFile()).get("parametersSha256"));
  }

  private static JsonNode named(JsonNode curves) {
    ObjectNode values = new ObjectMapper().createObjectNode();
    curves.forEach(curve -> values.set(curve.get("name").asText(), curve.get("values")));
    return values;
  }

  private Path housePrices() throws IOException {
    SeededRandom random = SeededRandom.of(5);
    StringBuilder rows = new StringBuilder("rooms,age,price\n");
    for (int i = 0; i < 200; i++) {
      int rooms = 1 + random.nextInt(6);
      int age = random.nextInt(80);
      rows.append(rooms).append(',').append(age).append(',');
      rows.append(50_000 * rooms - 700 * age + random.nextInt(9_000)).append('\n');
    }
    return Files.writeString(dir.resolve("prices.csv"), rows);
  }

  /** Curves of the error in the target's own unit, as the line of an epoch has it. */
  @Test
  void aRegressionHasCurvesOfItsRmse() throws IOException {
    Path page = dir.resolve("report.html");
    Path json = dir.resolve("train.json");
    Object[] args = {
      "--data",
      housePrices(),
      "--out",
      dir.resolve("model.st"),
      "--report",
      page,
      "--json",
      json,
      "--test-split",
      0.25,
      "--epochs",
      4
    };
    Run.train(args).succeeds();
    JsonNode curves = content(page).get("curves");
    JsonNode trained = new ObjectMapper().readTree(json.toFile());
    JsonNode errors = named(curves.get("rmse"));
    JsonNode losses = named(curves.get("loss"));
    assertEquals(2, errors.size());
    double measured = trained.get("testRmse").asDouble();
    assertTrue(measured > 1_000, "in the unit of prices: " + measured);
    // A loss of float32 outputs, summed in two orders.
    assertEquals(measured, errors.get("test").get(3).asDouble(), 1e-5 * measured);
    double unit =
        errors.get("test").get(0).asDouble() / Math.sqrt(losses.get("test").get(0).asDouble());
    for (int epoch = 0; epoch < 4; epoch++) {
      assertEquals(
          unit * Math.sqrt(losses.get("training").get(epoch).asDouble()),
          errors.get("training").get(epoch).asDouble(),
          1e-9 * unit);
    }
    assertTrue(curves.get("accuracy").isNull());
    // Other losses do not tell it, and for classes there is none.
    List<Object> absolute = new ArrayList<>(List.of(args));
    absolute.addAll(List.of("--loss", "mae"));
    Run.train(absolute.toArray()).succeeds();
    assertTrue(content(page).get("curves").get("rmse").isNull());
    train("--report", page).succeeds();
    assertTrue(content(page).get("curves").get("rmse").isNull());
  }

  /** Also those that training does not store; the model is the same with a page and without. */
  @Test
  void everyLayerHasAHistogramOfItsGradients() throws IOException {
    Path page = dir.resolve("report.html");
    for (String optimizer : List.of("sgd", "adam")) {
      train("--optimizer", optimizer).succeeds();
      byte[] model = Files.readAllBytes(dir.resolve("model.st"));
      train("--optimizer", optimizer, "--report", page).succeeds();
      assertArrayEquals(model, Files.readAllBytes(dir.resolve("model.st")), optimizer);
      JsonNode histograms = content(page).get("histograms");
      assertEquals(4, histograms.size());
      for (JsonNode histogram : histograms) {
        JsonNode gradients = histogram.get("gradients");
        assertEquals(histogram.get("weights").get("count"), gradients.get("count"), optimizer);
        assertTrue(gradients.get("max").asDouble() > gradients.get("min").asDouble(), optimizer);
      }
      assertEquals(
          optimizer.equals("sgd"),
          content(page).get("gradientsNote").asText().contains("one mini-batch"));
    }
  }

  /** What the page measures takes memory: that there is none is known before the training. */
  @Test
  void memoryForThePageIsAskedForBefore() throws IOException {
    Path page = dir.resolve("report.html");
    Path json = dir.resolve("train.json");
    for (String optimizer : List.of("sgd", "adam")) {
      Object[] net = {"--hidden", 200, "--optimizer", optimizer, "--json", json};
      train(net).succeeds();
      JsonNode trained = new ObjectMapper().readTree(json.toFile());
      long planned = trained.get("plannedNativeBytes").asLong();
      // Parameters, and for Adam gradients and two slabs of state, as copies; or gradients only.
      long slab = 4 * trained.get("parameters").asLong();
      assertTrue(slab > 10_000);
      List<Object> tight = new ArrayList<>(List.of(net));
      tight.addAll(List.of("--max-native-memory", planned + slab - 64));
      train(tight.toArray()).succeeds();
      Files.delete(dir.resolve("model.st"));
      Files.deleteIfExists(page);
      tight.addAll(List.of("--report", page));
      Run run = train(tight.toArray());
      run.fails("bytes of native memory (with what --report measures at its end), the limit is");
      assertFalse(run.out().contains("epoch"), run.out());
      assertFalse(Files.exists(dir.resolve("model.st")));
      assertFalse(Files.exists(page));
      // As much as it names is enough.
      String needed = run.err().replaceFirst("(?s).* needs (\\d+) bytes.*", "$1");
      List<Object> enough = new ArrayList<>(List.of(net));
      enough.addAll(List.of("--report", page, "--max-native-memory", needed));
      train(enough.toArray()).succeeds();
      assertTrue(Files.exists(page));
    }
  }
}
