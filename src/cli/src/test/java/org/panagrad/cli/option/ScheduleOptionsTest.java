package org.panagrad.cli.option;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import org.panagrad.cli.Run;
import org.panagrad.cli.TinyData;

/** Schedules, clipping, accumulation and penalties as options of the command. */
class ScheduleOptionsTest {
  @TempDir Path dir;

  private Path data;

  @BeforeEach
  void writeData() throws IOException {
    data = TinyData.USUAL.in(dir.resolve("data"));
  }

  private Run train(String options) {
    Object[] common = {
      "--data", data, "--out", dir.resolve("model"), "--json", dir.resolve("report.json")
    };
    return Run.train(
        Stream.of(common, options.isEmpty() ? new Object[0] : options.split(" "))
            .flatMap(Stream::of)
            .toArray());
  }

  private JsonNode report(String options) throws IOException {
    train(options).succeeds();
    return new ObjectMapper().readTree(dir.resolve("report.json").toFile());
  }

  /** 200 rows in batches of 20 for 2 epochs: 20 updates. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--schedule constant | ConstantRate[]",
        "--schedule step --step-every 1 --gamma 0.5 | StepDecay[every=10, gamma=0.5]",
        "--schedule step | StepDecay[every=100, gamma=0.1]",
        "--schedule exponential | ExponentialDecay[every=10, gamma=0.95]",
        "--schedule cosine | CosineDecay[warmup=0, total=20, least=0.0]",
        "--schedule cosine --warmup 0.5 --min-lr 1e-5"
            + " | CosineDecay[warmup=5, total=20, least=1.0E-5]",
        "--schedule cosine --warmup-steps 3 | CosineDecay[warmup=3, total=20, least=0.0]",
        "--schedule one-cycle"
            + " | OneCycle[total=20, start=0.3, divisor=25.0, finalDivisor=10000.0]",
        "--schedule one-cycle --accumulate 4 --pct-start 0.4 --div-factor 10 --final-div-factor 20"
            + " | OneCycle[total=6, start=0.4, divisor=10.0, finalDivisor=20.0]",
        "--schedule one-cycle --cycle-momentum --max-momentum 0.9"
            + " | CycledMomentum[cycle=OneCycle[total=20, start=0.3, divisor=25.0,"
            + " finalDivisor=10000.0], least=0.85, most=0.9]",
        "--schedule plateau --plateau-patience 2 --plateau-factor 0.5 --plateau-cooldown 1"
            + " --plateau-threshold 0.01 --min-lr 1e-4 --validation-split 0.2"
            + " | ReduceOnPlateau[factor=0.5, patience=2, threshold=0.01, cooldown=1,"
            + " least=1.0E-4]",
      })
  void aScheduleIsWhatTheOptionsSay(String options, String settings) throws IOException {
    assertEquals(settings, report(options).get("scheduleSettings").asText());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--optimizer rmsprop --alpha 0.9 --epsilon 1e-7"
            + " | RmsProp[learningRate=0.001, alpha=0.9, epsilon=1.0E-7, weightDecay=0.0]",
        "--optimizer rmsprop --l2 0.1"
            + " | RmsProp[learningRate=0.001, alpha=0.99, epsilon=1.0E-8, weightDecay=0.1]",
        "--beta1 0.8 --beta2 0.99 --epsilon 1e-6 | Adam[learningRate=0.001, beta1=0.8, beta2=0.99,"
            + " epsilon=1.0E-6, weightDecay=0.0, decoupled=false]",
        "--optimizer adamw --beta2 0.95 --l2 0.1 | Adam[learningRate=0.001, beta1=0.9, beta2=0.95,"
            + " epsilon=1.0E-8, weightDecay=0.1, decoupled=true]",
      })
  void anOptimizerIsWhatTheOptionsSay(String options, String settings) throws IOException {
    assertEquals(settings, report(options).get("optimizerSettings").asText());
  }

  /** Each of them has a say in the weights. */
  @Test
  void noOptionIsIgnored() throws IOException {
    String plain = report("").get("parametersSha256").asText();
    for (String options :
        new String[] {
          "--schedule cosine",
          "--clip-norm 0.01",
          "--clip-value 0.0001",
          "--accumulate 2",
          "--l1 0.01",
          "--l2 0.01",
          "--beta1 0.8",
          "--beta2 0.9",
          "--epsilon 0.01"
        }) {
      assertNotEquals(plain, report(options).get("parametersSha256").asText(), options);
    }
    // A plateau is seen behind the second epoch, and told by the third.
    String third = report("--epochs 3 --validation-split 0.2").get("parametersSha256").asText();
    String plateau =
        "--epochs 3 --validation-split 0.2 --schedule plateau --plateau-patience 0"
            + " --plateau-threshold 0.9";
    assertNotEquals(third, report(plateau).get("parametersSha256").asText());
    String decayed = report("--weight-decay 0.1").get("parametersSha256").asText();
    for (String options : new String[] {"--no-bias-decay", "--decoupled"}) {
      String changed = report("--weight-decay 0.1 " + options).get("parametersSha256").asText();
      assertNotEquals(decayed, changed, options);
    }
    assertEquals(
        report("--optimizer adamw --weight-decay 0.1").get("parametersSha256").asText(),
        report("--optimizer adam --weight-decay 0.1 --decoupled").get("parametersSha256").asText());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--schedule cosinus | --schedule 'cosinus': expected one of constant, step",
        "--gamma 0.5 | --gamma 0.5 with --schedule constant: expected --schedule step or exponent",
        "--schedule step --gamma 0 | gamma 0.0: expected a finite number above 0",
        "--schedule step --step-every 0 | --step-every 0: expected 1 or more",
        "--schedule cosine --warmup 1 --warmup-steps 3 | expected one",
        "--schedule cosine --warmup 2 | a warm-up of 20 updates: expected fewer than the 20",
        "--schedule one-cycle --warmup 1 | --warmup 1.0 with --schedule one-cycle",
        "--schedule one-cycle --pct-start 1 | expected above 0 and below 1",
        "--schedule plateau | --schedule plateau: expected a validation set to look at, as the"
            + " test",
        "--schedule plateau --validation-split 0.2 --plateau-factor 2 | plateau factor 2.0:"
            + " expected above 0",
        "--cycle-momentum | --cycle-momentum with --schedule constant: expected --schedule"
            + " one-cycle",
        "--schedule one-cycle --base-momentum 0.8 | --base-momentum 0.8: expected --schedule"
            + " one-cyc",
        "--schedule one-cycle --cycle-momentum --base-momentum 0.99 | base momentum 0.99: expected",
        "--schedule one-cycle --cycle-momentum --optimizer sgd | --cycle-momentum with --optimizer"
            + " sg",
        "--schedule one-cycle --cycle-momentum --optimizer momentum --momentum 0.9 | --momentum 0.9"
            + " w",
        "--schedule one-cycle --cycle-momentum --beta1 0.9 | --beta1 0.9 with --cycle-momentum",
        "--clip-norm 0 | --clip-norm 0.0: expected a number above 0",
        "--clip-norm 1 --clip-value 0 | --clip-value 0.0: expected a number above 0",
        "--accumulate 0 | --accumulate 0: expected 1 or more",
        "--l1 -1 | l1 -1.0: expected 0.0 or more",
        "--decoupled | --decoupled without weight decay",
        "--no-bias-decay | --no-bias-decay without any decay",
      })
  void whatDoesNotGoTogetherIsWrongUsage(String options, String message) {
    train(options).isMisused(message);
  }

  @Test
  void foldsHaveNoPlateau() {
    Run.of("cross-validate", "--data", data, "--schedule", "plateau")
        .isMisused("--schedule plateau: expected a schedule that looks at no validation set");
  }

  /** Tables decay unless told otherwise, so biases can be left out of that. */
  @Test
  void theUsualDecayOfTablesIsADecay() throws IOException {
    Path table = dir.resolve("rows.csv");
    StringBuilder rows = new StringBuilder("x,y\n");
    for (int i = 0; i < 60; i++) {
      rows.append(i % 7).append(',').append(i % 7 > 3 ? "yes" : "no").append('\n');
    }
    Files.writeString(table, rows);
    for (String option : new String[] {"--no-bias-decay", "--decoupled"}) {
      Run.train("--data", table, "--out", dir.resolve("model"), option).succeeds();
    }
    Run.train("--data", table, "--out", dir.resolve("model"), "--no-bias-decay", "--l2", 0)
        .isMisused("--no-bias-decay without any decay");
  }

  /** The model is there even where a row of the test set is beyond all numbers. */
  @Test
  void aTestSetThatCannotBeMeasuredDoesNotTakeTheModelWithIt() throws IOException {
    // Forty columns alike, whose weights all grow one way: their sum is no float.
    StringBuilder header = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      header.append("size").append(i).append(',');
    }
    header.append("big\n");
    StringBuilder rows = new StringBuilder(header);
    for (int i = 0; i < 100; i++) {
      rows.append((i % 7 + ",").repeat(40)).append(i % 7 > 3 ? "yes" : "no").append('\n');
    }
    Path table = Files.writeString(dir.resolve("train.csv"), rows);
    Path test = dir.resolve("test.csv");
    Files.writeString(test, header + "3e38,".repeat(40) + "yes\n");
    Path model = dir.resolve("model");
    Object[] args = {
      "--data", table, "--validation-split", 0.2, "--out", model, "--lr", 0.05, "--epochs", 30
    };
    Run.train(args).succeeds();
    byte[] whole = Files.readAllBytes(model);
    Files.delete(model);
    List<Object> tested = new ArrayList<>(List.of(args));
    tested.addAll(List.of("--test", test));
    Run run = Run.train(tested.toArray());
    assertEquals(1, run.status(), run.err());
    assertTrue(
        run.err()
            .startsWith(
                "panagrad: the model is written, in " + model + "; the test set is not measured\n"),
        run.err());
    assertTrue(run.err().contains("expected a finite number"), run.err());
    assertEquals(2, run.err().lines().count(), run.err());
    assertArrayEquals(whole, Files.readAllBytes(model));
  }

  /** That there is no memory to measure it with is known before the training. */
  @Test
  void memoryForTheTestSetIsAskedForBefore() throws IOException {
    String planned = report("--validation-split 0.2").get("plannedNativeBytes").asText();
    Path model = dir.resolve("model");
    Files.delete(model);
    Run run = train("--validation-split 0.2 --max-native-memory " + planned);
    run.fails("bytes of native memory (with what measures the test set at its end), the limit is");
    assertTrue(run.err().contains("raise --max-native-memory"), run.err());
    assertFalse(run.out().contains("epoch"), run.out());
    assertFalse(Files.exists(model));
  }

  @Test
  void aSetThatDoesNotFitIsRefusedBeforeTheTraining() throws IOException {
    Path other = new TinyData(40, 20, 12, 4).in(dir.resolve("other"));
    Path train = dir.resolve("train.pgd");
    Path test = dir.resolve("test.pgd");
    Run.of("convert", data, "--out", train).succeeds();
    Run.of("convert", other, "--out", test).succeeds();
    Run run = Run.train("--data", train, "--test", test, "--out", dir.resolve("model"));
    run.fails("classes: expected 3 without names, found 4 without names");
    assertFalse(run.out().contains("epoch"), run.out());
  }
}
