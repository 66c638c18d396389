package org.panagrad.cli.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.panagrad.cli.Run;
import org.panagrad.cli.TinyData;
import org.panagrad.cli.option.Names;
import org.panagrad.cli.terminal.ShellCommand;

class TrainCommandTest {
  @TempDir Path dir;

  private Path data;
  private Path out;
  private Path json;

  @BeforeEach
  void writeData() throws IOException {
    data = TinyData.USUAL.in(dir.resolve("data"));
    out = dir.resolve("model.safetensors");
    json = dir.resolve("report.json");
  }

  private Run train(Object... args) {
    Object[] common = {"--data", data, "--out", out, "--json", json};
    return Run.train(Stream.of(common, args).flatMap(Stream::of).toArray());
  }

  private JsonNode report() throws IOException {
    return new ObjectMapper().readTree(json.toFile());
  }

  private void assertNothingWritten() throws IOException {
    try (var files = Files.list(dir)) {
      assertArrayEquals(new Path[] {data}, files.toArray());
    }
  }

  @ParameterizedTest
  @CsvSource({"batch, bn1.running_var", "layer, ln1.weight"})
  void normalisesHiddenLayers(String norm, String tensor) throws Exception {
    train("--epochs", 8, "--lr", 0.01, "--batch-size", 16, "--norm", norm).succeeds();
    assertTrue(report().get("testAccuracy").asDouble() > 0.9, report().toString());
    assertTrue(new String(Files.readAllBytes(out), StandardCharsets.UTF_8).contains(tensor));
    Run.of("evaluate", "--model", out, "--data", data).succeeds();
  }

  @Test
  void smoothsLabelsAndWeighsClasses() throws Exception {
    double plain = lossOf();
    assertNotEquals(plain, lossOf("--label-smoothing", 0.1));
    assertNotEquals(plain, lossOf("--class-weights", "1,2,0.5"));
    // Classes of 67, 67 and 66 rows are nearly balanced as they are.
    assertEquals(plain, lossOf("--class-weights", "balanced"), 0.05 * plain);
    assertTrue(report().get("testAccuracy").asDouble() > 0.9, report().toString());
  }

  private double lossOf(Object... args) throws IOException {
    Object[] common = {"--epochs", 5, "--lr", 0.01};
    train(Stream.of(common, args).flatMap(Stream::of).toArray()).succeeds();
    return report().get("trainLoss").get(4).asDouble();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--norm|group|normalisation 'group': expected one of none, batch, layer",
        "--label-smoothing|1|label smoothing 1.0: expected 0 or more, below 1",
        "--class-weights|1,x|or a number for each class, found 'x'",
        "--class-weights|0,0,0|class weights that are all 0: expected one above 0",
      })
  void wrongLossesAndNormsAreWrongUsage(String option, String value, String message)
      throws IOException {
    train(option, value).isMisused(message);
    assertNothingWritten();
  }

  @Test
  void writesTheModelAndTheReport() throws Exception {
    Run run = train("--epochs", 5, "--lr", 0.01).succeeds();
    JsonNode report = report();
    assertTrue(report.get("testAccuracy").asDouble() > 0.9, report.toString());
    assertEquals(5, report.get("trainLoss").size());
    assertTrue(
        report.get("trainLoss").get(4).asDouble() < report.get("trainLoss").get(0).asDouble());
    assertEquals(5, report.get("testAccuracyPerEpoch").size());
    assertEquals(12 * 16 + 16 + 16 * 3 + 3, report.get("parameters").asInt());
    assertEquals(0.01, report.get("learningRate").asDouble());
    assertTrue(report.get("plannedNativeBytes").asLong() > 4 * report.get("parameters").asLong());
    assertTrue(report.get("samplesPerSecond").asDouble() > 0);
    assertTrue(report.get("seconds").asDouble() > 0);
    assertEquals(1, report.get("seed").asInt());
    for (String key : new String[] {"openblasVersion", "openblasCore"}) {
      assertFalse(report.get(key).asText().isEmpty(), key);
    }
    for (String key : new String[] {"threads", "partitions", "vectorBits"}) {
      assertTrue(report.get(key).asInt() >= 1, key);
    }
    assertEquals(sha256OfTensors(out), report.get("parametersSha256").asText());
    assertTrue(run.out().contains("epoch 5/5"), run.out());
    assertTrue(run.out().contains("panagrad evaluate --model " + out + " --data " + data));
    assertTrue(run.out().chars().allMatch(c -> c == '\n' || c >= ' '), "no control characters");
  }

  @Test
  void theNextCommandIsTheOneThatWasCalled() {
    assertTrue(train().succeeds().out().contains("\nnext: panagrad evaluate --model " + out));
    System.setProperty(ShellCommand.NAME_PROPERTY, "scripts/panagrad");
    try {
      assertTrue(
          train().succeeds().out().contains("\nnext: scripts/panagrad evaluate --model " + out));
    } finally {
      System.clearProperty(ShellCommand.NAME_PROPERTY);
    }
  }

  @Test
  void theNextCommandCanBePasted() throws IOException {
    Path spaced = TinyData.USUAL.in(dir.resolve("it's data"));
    Path model = dir.resolve("my model");
    Run run = Run.train("--data", spaced, "--out", model).succeeds();
    String quotedData = "'" + spaced.toString().replace("'", "'\\''") + "'";
    assertTrue(
        run.out().contains("evaluate --model '" + model + "' --data " + quotedData), run.out());
  }

  private static String sha256OfTensors(Path file) throws IOException, NoSuchAlgorithmException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(8 + (int) bytes.getLong());
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(bytes);
    return HexFormat.of().formatHex(digest.digest());
  }

  @Test
  void threadsDoNotChangeTheParametersButSeedsDo() throws IOException {
    train("--partitions", 4, "--threads", 1, "--dropout", 0.2).succeeds();
    String one = report().get("parametersSha256").asText();
    for (int threads : new int[] {2, 4}) {
      train("--partitions", 4, "--threads", threads, "--dropout", 0.2).succeeds();
      assertEquals(threads, report().get("threads").asInt());
      assertEquals(one, report().get("parametersSha256").asText(), threads + " threads");
    }
    train("--partitions", 4, "--seed", 2, "--dropout", 0.2).succeeds();
    assertNotEquals(one, report().get("parametersSha256").asText());
  }

  @ParameterizedTest
  @CsvSource({"none", "''"})
  void noHiddenLayersAreALinearModel(String hidden) throws IOException {
    train("--hidden", hidden, "--batch-size", "full", "--loss", "half-mse", "--optimizer", "sgd")
        .succeeds();
    assertEquals(12 * 3 + 3, report().get("parameters").asInt());
    assertEquals(200, report().get("batchSize").asInt());
  }

  @Test
  void everyChoiceTrains() {
    for (String activation : new Names.Activations()) {
      train("--activation", activation).succeeds();
      train("--output-activation", activation, "--loss", "half-mse").succeeds();
    }
    for (String optimizer : new Names.OptimizerLabels()) {
      train("--optimizer", optimizer, "--weight-decay", "0.001").succeeds();
    }
    for (String init : new Names.Initializers()) {
      train("--init", init).succeeds();
    }
    for (String loss : new Names.LossLabels()) {
      train("--loss", loss).succeeds();
    }
  }

  @Test
  void twoClassesShareALogitInBinaryCrossEntropy() throws IOException {
    new TinyData(100, 40, 6, 2).in(data);
    train("--loss", "binary-cross-entropy", "--epochs", 20, "--lr", 0.01).succeeds();
    assertEquals(6 * 16 + 16 + 16 + 1, report().get("parameters").asInt());
    assertTrue(report().get("testAccuracy").asDouble() > 0.9, report().toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          --epochs 0              | --epochs 0: expected 1 or more
          --epochs -3             | --epochs -3: expected 1 or more
          --batch-size 0          | '0': expected 1 or more rows, or 'full'
          --batch-size many       | 'many': expected 1 or more rows, or 'full'
          --hidden 10,,10         | '10,,10': expected widths from 1 to
          --hidden 0              | '0': expected widths from 1 to
          --hidden 9999999        | '9999999': expected widths from 1 to
          --activation foo        | activation 'foo': expected one of identity, relu
          --loss foo              | loss 'foo': expected one of
          --init foo              | initialiser 'foo': expected one of
          --optimizer foo         | optimizer 'foo': expected one of
          --optimizer foo --momentum 0.1 | optimizer 'foo': expected one of
          --output-activation foo | activation 'foo': expected one of
          --output-activation sigmoid | this loss takes logits
          --dropout 1             | --dropout 1.0: expected 0 or more, below 1
          --dropout NaN           | --dropout NaN: expected 0 or more, below 1
          --lr -1                 | learning rate -1.0
          --lr NaN                | learning rate NaN
          --lr x                  | Invalid value for option '--learning-rate'
          --momentum 0.5          | expected --optimizer momentum or nesterov
          --alpha 0.9             | --alpha 0.9 with --optimizer adam: expected --optimizer rmsprop
          --beta1 0.9 --optimizer sgd | expected --optimizer adam or adamw
          --beta2 0.9 --optimizer sgd | expected --optimizer adam or adamw
          --epsilon 1 --optimizer sgd | expected --optimizer rmsprop or adam or adamw
          --beta1 1               | beta1 1.0: expected 0 or more, below 1
          --beta2 -1              | beta2 -1.0: expected 0 or more, below 1
          --optimizer rmsprop --alpha 1 | alpha 1.0: expected 0 or more, below 1
          --epsilon -1            | epsilon -1.0: expected
          --optimizer momentum --momentum 1 | momentum 1.0: expected 0 or more, below 1
          --weight-decay -1       | weight decay -1.0
          --threads 0             | --threads 0: expected 1 or more
          --partitions 0          | partitions 0: expected 1 or more
          --max-native-memory 1x  | '1x': expected bytes, or a number with k, m, g or t
          --max-native-memory 99999999t | expected bytes
          --data-dir somewhere    | expected --data mnist
          --seed 1.5              | Invalid value for option '--seed'
          --unknown               | Unknown option: '--unknown'
          """)
  void wrongUseIsOneLineAndStatus2(String options, String message) throws IOException {
    train((Object[]) options.split(" ", -1)).isMisused(message);
    assertNothingWritten();
  }

  @Test
  void aBatchLargerThanTheSetIsRefused() throws IOException {
    train("--batch-size", 201).fails("batch size 201 is larger than the set");
    assertNothingWritten();
  }

  @Test
  void nativeMemoryIsBounded() throws IOException {
    train("--max-native-memory", "2k").fails("bytes of native memory");
    train("--max-native-memory", "2k").fails("raise --max-native-memory");
    assertNothingWritten();
  }

  @Test
  void aDivergedTrainingWritesNoModelAndKeepsTheOld() throws IOException {
    Files.writeString(out, "the old one");
    train("--optimizer", "sgd", "--lr", "1e30", "--loss", "half-mse").fails("learning rate");
    assertEquals("the old one", Files.readString(out));
    assertFalse(Files.exists(json));
  }

  @Test
  void outputsAreTriedBeforeTraining() throws IOException {
    Path nowhere = dir.resolve("missing").resolve("file");
    assertEquals("", failure("the directory", "--out", nowhere));
    assertEquals("", failure("the directory", "--json", nowhere));
    Path folder = Files.createDirectory(dir.resolve("folder"));
    assertEquals("", failure("a directory of that name exists", "--out", folder));
    Path file = Files.writeString(dir.resolve("file"), "x");
    assertEquals("", failure("is not a directory", "--out", file.resolve("model")));
  }

  private String failure(String message, Object... args) {
    Object[] common = {"--data", data, "--out", out};
    Run run = Run.train(Stream.of(common, args).flatMap(Stream::of).toArray());
    if (args[0].equals("--out")) {
      run = Run.train("--data", data, "--out", args[1]);
    }
    run.fails(message);
    return run.out();
  }

  @Test
  void aSingleClassIsRefused() throws IOException {
    new TinyData(50, 20, 4, 1).in(data);
    train().fails("rows are of one class");
    assertNothingWritten();
  }

  @Test
  void testRowsOfAnotherLengthAreRefused() throws IOException {
    Path other = new TinyData(50, 60, 13, 3).in(dir.resolve("other"));
    Files.copy(
        other.resolve(TinyData.TEST_IMAGES),
        data.resolve(TinyData.TEST_IMAGES),
        StandardCopyOption.REPLACE_EXISTING);
    train().fails("features in a row: expected 12");
    assertFalse(Files.exists(out));
  }

  @Test
  void aMissingDirectoryOrFileIsNamed() throws IOException {
    Run.train("--data", dir.resolve("absent"), "--out", out)
        .fails(
            "expected 'digits', 'mnist', a directory of four IDX files or a table, found nothing");
    Files.delete(data.resolve(TinyData.TEST_LABELS));
    train().fails("t10k-labels-idx1-ubyte");
    assertNothingWritten();
  }

  @Test
  void damagedDataIsRefused() throws IOException {
    Path images = data.resolve(TinyData.TRAIN_IMAGES);
    byte[] good = Files.readAllBytes(images);
    Files.write(images, Arrays.copyOf(good, good.length - 1));
    train().fails("file length: expected");
    Files.write(images, new byte[0]);
    train().fails("IDX header");
    Files.writeString(images, "no IDX file at all");
    train().fails("not an IDX file");
    TinyData.write(images, TinyData.header(0x08, 0, 12, 1));
    train().fails("size of dimension 1 of 3: expected 1 to");
    Files.write(images, new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0});
    train().fails("gzip");
    assertNothingWritten();
  }

  @Test
  void inputsThatAreNotNumbersAreRefused() throws IOException {
    ByteBuffer images = TinyData.header(0x0D, 200, 12, 1);
    images.putFloat(4 + 12 + 4 * (12 * 7 + 3), Float.NaN);
    TinyData.write(data.resolve(TinyData.TRAIN_IMAGES), images);
    train().fails("row 7: feature 3: expected a finite 32-bit float, found NaN");
    assertNothingWritten();
  }

  @Test
  void anEmptyNameIsNoData() {
    Run.train("--data", "", "--out", out)
        .isMisused("expected digits, mnist, a directory or a file");
  }

  @Test
  void verboseTellsTheTrace() {
    Run run = train("--batch-size", 201, "--verbose");
    assertEquals(1, run.status());
    assertTrue(run.err().contains("\tat "), run.err());
  }
}
