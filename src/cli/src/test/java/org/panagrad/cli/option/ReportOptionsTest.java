package org.panagrad.cli.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.cli.Run;
import org.panagrad.cli.TinyData;

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
}
