package org.panagrad.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.cli.Run;
import org.panagrad.cli.TinyData;

/** The sweep of learning rates: it is that of the training to come, with all of its options. */
class LrFindCommandTest {
  @TempDir Path dir;

  private Path data;

  @BeforeEach
  void writeData() throws IOException {
    data = TinyData.USUAL.in(dir.resolve("data"));
  }

  /** Of a small network, unless the options say otherwise. */
  private Run find(String options) {
    List<Object> words = new ArrayList<>(List.of("lr-find", "--data", data));
    List<String> given = options.isEmpty() ? List.of() : List.of(options.split(" "));
    if (!given.contains("--hidden")) {
      words.addAll(List.of("--hidden", 16));
    }
    if (!given.contains("--batch-size")) {
      words.addAll(List.of("--batch-size", 20));
    }
    words.addAll(given);
    return Run.of(words.toArray());
  }

  private JsonNode sweep(String options) throws IOException {
    Path json = dir.resolve("sweep.json");
    find(options + " --json " + json).succeeds();
    return new ObjectMapper().readTree(json.toFile());
  }

  /** Its losses, over rates with which all of them are finite and no two trainings the same. */
  private String losses(String options) throws IOException {
    return sweep(("--from 1e-3 --to 0.1 --updates 12 " + options).strip()).get("losses").toString();
  }

  @Test
  void whatItSuggestsTrains() throws IOException {
    Run run = find("--json " + dir.resolve("sweep.json")).succeeds();
    assertTrue(run.out().contains("suggestion: --optimizer adam --lr "), run.out());
    assertTrue(run.out().contains("learning rate"), run.out());
    assertTrue(run.out().lines().allMatch(line -> line.length() <= 80), run.out());
    JsonNode sweep = new ObjectMapper().readTree(dir.resolve("sweep.json").toFile());
    double suggestion = sweep.get("suggestion").asDouble();
    assertTrue(suggestion > 1e-6 && suggestion < 10, sweep.toString());
    assertEquals(sweep.get("losses").size(), sweep.get("learningRates").size());
    Path report = dir.resolve("report.json");
    Path model = dir.resolve("model");
    Run.train("--data", data, "--out", model, "--json", report, "--epochs", 5, "--lr", suggestion)
        .succeeds();
    assertTrue(
        new ObjectMapper().readTree(report.toFile()).get("testAccuracy").asDouble() > 0.8,
        "" + suggestion);
  }

  @Test
  void theRatesGoFromTheFirstToTheLast() throws IOException {
    JsonNode sweep = sweep("--from 1e-4 --to 1e-2 --updates 21");
    JsonNode rates = sweep.get("learningRates");
    assertEquals(21, rates.size());
    assertEquals(1e-4, rates.get(0).asDouble(), 1e-10);
    assertEquals(1e-3, rates.get(10).asDouble(), 1e-8);
    assertEquals(1e-2, rates.get(20).asDouble(), 1e-7);
    assertEquals(21, sweep.get("smoothedLosses").size());
    assertEquals(data.toString(), sweep.get("data").asText());
  }

  /** Whatever changes the losses, changes the rate that is best. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | --optimizer sgd",
        "'' | --hidden 15",
        "'' | --batch-size 10",
        "'' | --seed 2",
        "'' | --activation tanh",
        "'' | --norm layer",
        "'' | --dropout 0.5",
        "'' | --init he-uniform",
        "'' | --loss half-mse",
        "'' | --label-smoothing 0.1",
        "'' | --class-weights 1,2,3",
        "'' | --beta1 0.5",
        "'' | --beta2 0.5",
        "'' | --epsilon 0.1",
        "'' | --weight-decay 0.1",
        "'' | --l1 0.1",
        "'' | --accumulate 2",
        "'' | --validation-split 0.2",
        "--optimizer momentum | --optimizer momentum --momentum 0.5",
        "--optimizer rmsprop | --optimizer rmsprop --alpha 0.5",
        "--optimizer sgd | --optimizer sgd --clip-norm 0.01",
        "--optimizer sgd | --optimizer sgd --clip-value 0.001",
        "--weight-decay 0.1 | --weight-decay 0.1 --decoupled",
        "--weight-decay 0.1 | --weight-decay 0.1 --no-bias-decay",
      })
  void anOptionOfTheTrainingPlaysItsPart(String without, String with) throws IOException {
    String expected = losses(without);
    assertEquals(expected, losses(without), "the same options, the same losses");
    assertNotEquals(expected, losses(with));
  }

  /** The rate is the sweep's own, and the momentum the optimizer's. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--epochs 3",
        "--threads 1",
        "--schedule cosine --warmup 2",
        "--schedule step --step-every 1 --gamma 0.5",
        "--schedule one-cycle --cycle-momentum --base-momentum 0.2 --max-momentum 0.5",
        "--schedule plateau --plateau-patience 1",
      })
  void anOptionThatIsOfNoUsePlaysNoPart(String options) throws IOException {
    assertEquals(losses(""), losses(options));
  }

  @Test
  void nothingIsWrittenButTheSweep() throws IOException {
    find("--updates 5").succeeds();
    try (Stream<Path> files = Files.list(dir)) {
      assertEquals(List.of(data), files.toList());
    }
  }

  @Test
  void whatMakesNoSweepIsWrongUsage() {
    find("--lr 0.1").isMisused("expected no learning rate");
    find("--from 1 --to 0.1").isMisused("last learning rate");
    find("--from 0").isMisused("learning rate");
    find("--updates 1").isMisused("expected 2 or more");
    find("--optimizer rmsprop --beta1 0.5").isMisused("--beta1 0.5 with --optimizer rmsprop");
    find("--optimizer adam --alpha 0.5").isMisused("--alpha 0.5 with --optimizer adam");
    find("--schedule one-cycle --cycle-momentum --optimizer sgd").isMisused("--cycle-momentum");
    find("--max-native-memory 1000").fails("bytes of native memory");
  }
}
