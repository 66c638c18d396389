package org.panagrad.cli.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.panagrad.cli.Run;
import org.panagrad.cli.TinyArrays;
import org.panagrad.cli.TinyData;
import org.panagrad.cli.terminal.TrainingClock;
import org.panagrad.infer.Model;
import org.panagrad.infer.TablePrediction;
import org.panagrad.infer.TablePredictor;
import org.panagrad.io.ModelFile;
import org.panagrad.random.SeededRandom;

/** The commands on tables of raw rows. */
class TableCommandsTest {
  private static final String[] JOBS = {"clerk", "smith", "baker", "cook"};

  @TempDir Path dir;

  private Path data;
  private Path model;
  private Path json;
  private Path output;

  @BeforeEach
  void writeData() throws IOException {
    data = write("people.csv", "age,job,hours,rich", rows(400, 1));
    model = dir.resolve("model.safetensors");
    json = dir.resolve("report.json");
    output = dir.resolve("predictions.csv");
  }

  /** Rich are smiths, and clerks above 40. */
  private static List<String> rows(int count, long seed) {
    SeededRandom random = SeededRandom.of(seed);
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int age = 20 + random.nextInt(40);
      String job = JOBS[random.nextInt(4)];
      boolean rich = job.equals("smith") || (job.equals("clerk") && age > 40);
      String hours = random.nextInt(10) == 0 ? "?" : Integer.toString(30 + random.nextInt(20));
      rows.add(age + ", " + job + " ," + hours + "," + (rich ? "yes" : "no"));
    }
    return rows;
  }

  private Path write(String name, String header, List<String> rows) throws IOException {
    List<String> lines = new ArrayList<>(rows);
    if (!header.isEmpty()) {
      lines.addFirst(header);
    }
    return Files.write(dir.resolve(name), lines);
  }

  private Run train(Object... args) {
    Object[] common = {"train", "--data", data, "--out", model, "--json", json};
    return Run.of(Stream.of(common, args).flatMap(Stream::of).toArray());
  }

  private Run predict(Path input, Object... args) {
    Object[] common = {"predict", "--model", model, "--input", input, "--output", output};
    return Run.of(Stream.of(common, args).flatMap(Stream::of).toArray());
  }

  private JsonNode report() throws IOException {
    return new ObjectMapper().readTree(json.toFile());
  }

  @Test
  void aTableTrainsWithTheDefaults() throws IOException {
    Run run = train("--test-split", "0.25").succeeds();
    assertTrue(run.out().contains("300 rows and 100 to test, 7 features, 2 classes"), run.out());
    JsonNode report = report();
    assertTrue(report.get("testAccuracy").asDouble() > 0.95, report.toString());
    assertEquals("cross-entropy", report.get("loss").asText());
    assertEquals("[64,32]", report.get("hidden").toString());
    assertEquals(8, report.get("batchSize").asInt());
    assertEquals(1.0 / 300, report.get("weightDecay").asDouble(), 1e-9);
    assertEquals(66, report.get("epochs").asInt(), "2500 steps of 8 in 300 rows");
    assertTrue(
        run.out()
            .contains(
                "next: panagrad predict --model " + model + " --input " + data + " --output"));
  }

  /** Both were written by DuckDB from the same rows: bench/formats/WriteParquet.java. */
  @Test
  void aParquetFileTrainsToTheBytesOfTheSameRowsInCsv() throws IOException {
    byte[][] models = new byte[2][];
    byte[][] answers = new byte[2][];
    String[] scores = new String[2];
    for (int i = 0; i < 2; i++) {
      // One name, as the model keeps it: the content says what the file is.
      Path folder = Files.createDirectory(dir.resolve("folder" + i));
      data = folder.resolve("people");
      try (InputStream in =
          getClass().getResourceAsStream(i == 0 ? "people.csv" : "people.parquet")) {
        Files.copy(Objects.requireNonNull(in), data);
      }
      train("--target", "rich", "--test", data, "--epochs", 5).succeeds();
      scores[i] = report().get("testLoss").asText();
      models[i] = Files.readAllBytes(model);
      predict(data).succeeds();
      answers[i] = Files.readAllBytes(output);
      Path other = dir.resolve("evaluated.json");
      Run.of("evaluate", "--model", model, "--data", data, "--json", other).succeeds();
      assertEquals(
          report().get("testAccuracy"),
          new ObjectMapper().readTree(other.toFile()).get("testAccuracy"));
    }
    assertEquals(scores[0], scores[1]);
    assertArrayEquals(models[0], models[1]);
    assertArrayEquals(answers[0], answers[1]);
  }

  @Test
  void optionsOfDelimitedTextAreRefusedWhereNoFileIsSuch() throws IOException {
    Path text = dir.resolve("people-as-text.csv");
    data = dir.resolve("people.parquet");
    for (Path file : List.of(text, data)) {
      String name = file.equals(text) ? "people.csv" : "people.parquet";
      try (InputStream in = getClass().getResourceAsStream(name)) {
        Files.copy(Objects.requireNonNull(in), file);
      }
    }
    String refused = "--delimiter with --data " + data + ": expected a CSV or TSV file";
    for (String command :
        List.of("train", "doctor", "lr-find", "cross-validate", "evaluate --model " + model)) {
      List<Object> args = new ArrayList<>(List.of(command.split(" ")));
      args.addAll(List.of("--data", data, "--delimiter", ","));
      Run.of(args.toArray()).isMisused(refused);
    }
    train("--test", data, "--delimiter", ",").isMisused(refused);
    Path records = dir.resolve("people.pgd");
    Run.of("convert", data, "--out", records, "--header", "yes")
        .isMisused("--header with " + data + ": expected a CSV or TSV file");
    // They speak of any file among those given.
    train("--epochs", 1, "--test", text, "--delimiter", ",").succeeds();
    predict(data, "--header", "yes")
        .isMisused("--header with --input " + data + ": expected a CSV or TSV file");
    Run.of("convert", data, "--out", records).succeeds();
    data = records;
    train("--epochs", 1, "--test", text, "--delimiter", ",").succeeds();
    train("--epochs", 1, "--delimiter", ",").isMisused("expected a CSV or TSV file");
  }

  @Test
  void aTestSetIsNotNeeded() throws IOException {
    Run run = train("--epochs", 3).succeeds();
    assertTrue(run.out().contains("\ntrained for "), run.out());
    assertFalse(run.out().contains("test"), run.out());
    assertFalse(report().has("testAccuracy"));
    assertEquals(3, report().get("trainLoss").size());
  }

  @Test
  void validationIsWatchedAndTheTestSetJudges() throws IOException {
    Path test = write("test.csv", "job,rich,more,hours,age", reordered(rows(100, 2)));
    Run run = train("--validation-split", 0.2, "--test", test, "--epochs", 30).succeeds();
    assertTrue(run.out().contains("320 rows and 80 to validate and 100 to test"), run.out());
    assertTrue(run.out().contains("note      test.csv: columns the model does not use: more"));
    assertTrue(run.out().contains("epoch 30/30") && run.out().contains("validation "), run.out());
    JsonNode report = report();
    assertEquals(30, report.get("validationAccuracyPerEpoch").size());
    assertFalse(report.has("testAccuracyPerEpoch"));
    assertTrue(report.get("testAccuracy").asDouble() > 0.9, report.toString());
    // The command that is named next finds what training found.
    Path other = dir.resolve("evaluated.json");
    Run.of("evaluate", "--model", model, "--data", test, "--json", other).succeeds();
    JsonNode evaluated = new ObjectMapper().readTree(other.toFile());
    assertEquals(report.get("testAccuracy"), evaluated.get("testAccuracy"));
    assertEquals(report.get("testLoss").asDouble(), evaluated.get("testLoss").asDouble(), 1e-6);
  }

  private static List<String> reordered(List<String> rows) {
    return rows.stream()
        .map(row -> row.split(",", -1))
        .map(f -> String.join(",", f[1], f[3], "x", f[2], f[0]))
        .toList();
  }

  @Test
  void splitsFollowTheSeed() throws IOException {
    String[] hashes = new String[3];
    for (int i = 0; i < 3; i++) {
      train("--test-split", 0.25, "--epochs", 1, "--seed", i < 2 ? 7 : 8).succeeds();
      hashes[i] = report().get("parametersSha256").asText();
    }
    assertEquals(hashes[0], hashes[1]);
    assertNotEquals(hashes[0], hashes[2]);
  }

  @Test
  void predictionsAreThoseOfTheJavaPredictor() throws IOException {
    train("--epochs", 20).succeeds();
    List<String> rows = new ArrayList<>(rows(300, 3));
    rows.set(0, "33,astronaut,?,");
    rows.set(1, "?,?,?,");
    predict(write("new.csv", "age,job,hours,rich", rows)).succeeds();
    List<String> lines = Files.readAllLines(output);
    assertEquals("row,class,probability_no,probability_yes", lines.getFirst());
    assertEquals(301, lines.size());
    try (Model trained = ModelFile.read(model);
        TablePredictor predictor = TablePredictor.of(trained)) {
      for (int i = 0; i < rows.size(); i++) {
        String[] fields = rows.get(i).split(",", -1);
        Map<String, String> row = new HashMap<>();
        row.put("hours", fields[2]);
        row.put("job", fields[1]);
        row.put("age", fields[0]);
        TablePrediction.OfClass answer = (TablePrediction.OfClass) predictor.predict(row);
        String[] written = lines.get(i + 1).split(",", -1);
        assertEquals(Integer.toString(i), written[0]);
        assertEquals(answer.label(), written[1]);
        // A row alone and one of a batch may go through other products.
        assertEquals(
            answer.probabilities().getOrDefault("no", -1f), Float.parseFloat(written[2]), 1e-5f);
        assertEquals(
            answer.probabilities().getOrDefault("yes", -1f), Float.parseFloat(written[3]), 1e-5f);
      }
    }
  }

  /** By what lies there, not by what a reader of tables would have expected. */
  @Test
  void whatIsNoTableIsToldApart() throws IOException {
    train("--epochs", 1).succeeds();
    String expected =
        ": rows to predict: expected a CSV, TSV or Parquet file, or a .pgd file of one, as the"
            + " model was trained on a table, found ";
    Path array = Files.write(dir.resolve("x.npy"), TinyArrays.features(8));
    predict(array).fails(array + expected + "an NPY file; bring rows of the form that it");
    Path folder = TinyData.USUAL.in(dir.resolve("idx"));
    predict(folder).fails(folder + expected + "a folder; ");
    Path none = dir.resolve("none.csv");
    predict(none).fails(none + expected + "nothing of that name; check the path");
    Run.of("predict", "--model", model, "--input", "digits", "--output", output)
        .fails("digits" + expected + "images; ");
    Path labels = Files.write(dir.resolve("y.npy"), TinyArrays.labels(8));
    for (Object[] other : new Object[][] {{"digits"}, {folder}, {array, "--labels", labels}}) {
      Object[] words = {"evaluate", "--model", model, "--data"};
      Run.of(Stream.of(words, other).flatMap(Stream::of).toArray())
          .fails(
              "--data "
                  + other[0]
                  + ": expected a CSV, TSV or Parquet file, or a .pgd file of one, as the model was"
                  + " trained on a table");
    }
  }

  @Test
  void columnsComeInAnyOrderByNameAndInTheirOwnByPosition() throws IOException {
    train("--epochs", 5).succeeds();
    List<String> rows = rows(50, 4);
    predict(write("a.csv", "age,job,hours,rich", rows)).succeeds();
    byte[] expected = Files.readAllBytes(output);
    Run reordered = predict(write("b.csv", "job,rich,more,hours,age", reordered(rows))).succeeds();
    assertTrue(
        reordered.out().contains("note      b.csv: columns the model does not use: more"),
        reordered.out());
    assertArrayEquals(expected, Files.readAllBytes(output));
    predict(write("c.csv", "", rows)).succeeds();
    assertArrayEquals(expected, Files.readAllBytes(output));
    List<String> without =
        rows.stream().map(row -> row.substring(0, row.lastIndexOf(','))).toList();
    predict(write("d.csv", "", without)).succeeds();
    assertArrayEquals(expected, Files.readAllBytes(output));
    predict(write("e.csv", "age,hours", List.of("1,2"))).fails("found none named job");
    predict(write("f.csv", "", List.of("1,2"))).fails("number of columns: expected 4");
    predict(write("g.csv", "age,job,hours", List.of("1,smith,2", "x,smith,3")), "--header", "yes")
        .fails("g.csv, line 3, column 1 (age): field: expected a number, found \"x\"");
    assertArrayEquals(expected, Files.readAllBytes(output), "the old output stays");
  }

  /** Of a table of texts a few rows show no header; that its columns are known does. */
  @Test
  void aHeaderOfKnownNamesIsNoRow() throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      rows.add((i % 2 == 0 ? "red" : "blue") + "," + JOBS[i % 3] + "," + (i % 2 == 0 ? "a" : "b"));
    }
    data = write("colours.csv", "colour,job,kind", rows);
    train("--epochs", 40).succeeds();
    predict(write("one.csv", "colour,job", List.of("red," + JOBS[0]))).succeeds();
    String answer = Files.readString(output);
    assertTrue(answer.matches("(?s)[^\n]*\n0,a,[^\n]*\n"), answer);
    predict(write("turned.csv", "job,colour", List.of(JOBS[0] + ",red"))).succeeds();
    assertEquals(answer, Files.readString(output));
    predict(write("half.csv", "colour,kind", List.of("red,a")))
        .fails(
            "half.csv: columns: expected all that the model was trained on, found none named job");
    Path test = write("test.csv", "kind,colour,job", List.of("a,red,baker"));
    assertTrue(
        Run.of("evaluate", "--model", model, "--data", test)
            .succeeds()
            .out()
            .contains("on 1 rows"));
    train("--test", test, "--validation", test, "--epochs", 1).succeeds();
  }

  @Test
  void numbersAreToldInTheirUnit() throws IOException {
    SeededRandom random = SeededRandom.of(5);
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      double x = random.nextDouble(-1, 1);
      double y = random.nextDouble(-1, 1);
      rows.add(String.format(Locale.ROOT, "%.6f\t%.6f\t%.6f", x, y, 5000 + 1000 * (x + y * y)));
    }
    data = write("values.tsv", "x\ty\tz", rows);
    Run run = train("--test-split", 0.2).succeeds();
    assertTrue(run.out().contains("numbers to tell"), run.out());
    assertTrue(run.out().contains("test RMSE ") && run.out().contains(", R2 0.99"), run.out());
    assertFalse(run.out().contains("accuracy"), run.out());
    assertEquals("mse", report().get("loss").asText());
    double rmse = report().get("testRmse").asDouble();
    assertTrue(rmse > 1 && rmse < 100, "deviation of the target is 650, error " + rmse);
    predict(data).succeeds();
    List<String> lines = Files.readAllLines(output);
    assertEquals("row,value", lines.getFirst());
    double squares = 0;
    for (int i = 0; i < 500; i++) {
      double wanted = Double.parseDouble(rows.get(i).split("\t", -1)[2]);
      squares += Math.pow(Double.parseDouble(lines.get(i + 1).split(",", -1)[1]) - wanted, 2);
    }
    assertEquals(rmse, Math.sqrt(squares / 500), 0.5 * rmse, "the mean squared error of all rows");
    Run evaluated = Run.of("evaluate", "--model", model, "--data", data).succeeds();
    String error = TrainingClock.loss(Math.sqrt(squares / 500)).substring(0, 4);
    assertTrue(evaluated.out().contains("\nRMSE " + error), evaluated.out());
  }

  @Test
  void crossValidationTestsOnEveryRowOnce() throws IOException {
    Run run =
        Run.of("cross-validate", "--data", data, "--folds", 4, "--epochs", 20, "--json", json)
            .succeeds();
    assertTrue(run.out().contains("fold 4/4  300 rows and 100 to test  test "), run.out());
    assertTrue(run.out().contains("over 4 folds"), run.out());
    JsonNode report = report();
    assertEquals(4, report.get("folds").size());
    double mean = 0;
    for (JsonNode fold : report.get("folds")) {
      mean += fold.asDouble() / 4;
    }
    assertEquals(mean, report.get("mean").asDouble(), 1e-12);
    assertTrue(mean > 0.9, report.toString());
    Run.of(
            "cross-validate",
            "--data",
            TinyData.USUAL.in(dir.resolve("idx")),
            "--folds",
            3,
            "--epochs",
            1,
            "--hidden",
            8)
        .succeeds();
    Run.of("cross-validate", "--data", data, "--folds", 1).isMisused("--folds 1: expected 2");
    Run.of("cross-validate", "--data", data, "--folds", 500).fails("expected 2 to the 400 rows");
  }

  @Test
  void partOfAnIdxSetIsForValidation() throws IOException {
    data = TinyData.USUAL.in(dir.resolve("idx"));
    Run run = train("--validation-split", 0.25, "--hidden", 8, "--batch-size", 20).succeeds();
    assertTrue(run.out().contains("150 rows and 50 to validate and 60 to test"), run.out());
    assertEquals(50, report().get("validationRows").asInt());
    train("--test-split", 0.2).isMisused("the data has a test set of its own");
    train("--test", data).isMisused("expected --data to be a file or a folder of pictures");
  }

  @Test
  void rowsWithoutATargetAreRefusedUnlessLeftOut() throws IOException {
    List<String> rows = new ArrayList<>(rows(100, 6));
    rows.set(30, "40,smith,30,?");
    data = write("gaps.csv", "age,job,hours,rich", rows);
    train().fails("gaps.csv, line 32, column 4 (rich): target: expected a value, found none");
    train("--drop-rows-without-target", "--epochs", 1, "--test-split", 0.2).succeeds();
    assertEquals(99, report().get("trainRows").asInt() + report().get("testRows").asInt());
  }

  @Test
  void aModelOfNumbersTakesNoTable() throws IOException {
    Path idx = TinyData.USUAL.in(dir.resolve("idx"));
    Run.train("--data", idx, "--out", model).succeeds();
    Run.of("evaluate", "--model", model, "--data", data).fails("was not trained on one");
    train("--epochs", 1).succeeds();
    Run.of("evaluate", "--model", model, "--data", idx).fails("as the model was trained");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          --header maybe          | 'maybe': expected yes, no or auto
          --delimiter ab          | 'ab': expected one character
          --task guess            | 'guess': expected classification, regression or auto
          --scaling huge          | 'huge': expected standard, min-max or none
          --rare-below 0          | --rare-below 0: expected 1 or more
          --test-split 0          | --test-split 0.0: expected more than 0, below 1
          --validation-split 1    | --validation-split 1.0: expected more than 0, below 1
          --test-split 0.5 --validation-split 0.5 | nothing is left to train on
          --test-split 0.5 --test x.csv | expected one of them
          --task regression --loss cross-entropy | expected a loss for numbers
          """)
  void wrongUseIsOneLineAndStatus2(String options, String message) {
    train((Object[]) options.split(" ", -1)).isMisused(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          --target wealth         | target "wealth": expected one of the columns age, job, hours
          --categorical x         | column "x": expected one of
          --numeric job           | people.csv, line 2, column 2 (job): field: expected a number
          --test-split 0.0001     | --test-split 1.0E-4 of 400 rows: expected 1 row or more
          --test nowhere.csv      | nowhere.csv: file: expected a file
          --task regression       | column 4 (rich): field: expected a number
          """)
  void whatDoesNotFitTheDataIsNamed(String options, String message) {
    train((Object[]) options.split(" ", -1)).fails(message);
    assertFalse(Files.exists(model));
  }

  @Test
  void whatFollowsIsToldWithAllItNeeds() throws IOException {
    Path test = write("test.csv", "age,job,hours,rich", List.of("33,smith,40,yes", "33,cook,9,?"));
    Run run = train("--test", test, "--epochs", 1, "--drop-rows-without-target").succeeds();
    String next = "evaluate --model " + model + " --data " + test + " --drop-rows-without-target";
    assertTrue(run.out().contains(next), run.out());
    assertTrue(Run.of((Object[]) next.split(" ", -1)).succeeds().out().contains("on 1 rows"));
  }

  @Test
  void columnTypesCanBeGiven() throws IOException {
    train("--categorical", "age", "--ignore", "job,2", "--rare-below", 1, "--epochs", 1).succeeds();
    try (Model trained = ModelFile.read(model)) {
      int ages =
          (int)
              rows(400, 1).stream()
                  .map(row -> row.substring(0, row.indexOf(',')))
                  .distinct()
                  .count();
      assertEquals(ages, trained.graph().input().shape().elements());
    }
    assertTrue(Arrays.asList(JOBS).contains("smith"));
  }

  /** The same row has two classes: what counts decides between them. */
  @Test
  void weightsOfRowsCountAndAreNoFeature() throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      rows.add(i % 2 + ",3,yes");
      rows.add(i % 2 + ",0,no");
    }
    data = write("weighted.csv", "x,w,y", rows);
    Run run = train("--sample-weight", "w", "--target", "y", "--epochs", 60).succeeds();
    assertTrue(run.out().contains("80 rows, 1 features, 2 classes"), run.out());
    assertFalse(run.out().contains("does not use"), run.out());
    predict(write("raw.csv", "x", List.of("0", "1"))).succeeds();
    for (String line : Files.readAllLines(output).subList(1, 3)) {
      assertTrue(line.matches("[0-9]+,yes,.*"), line);
    }
    // By its index, and without it the two are even.
    Run split =
        train("--sample-weight", 1, "--test-split", 0.25, "--validation-split", 0.1, "--epochs", 1);
    assertFalse(split.succeeds().out().contains("does not use"), split.out());
    Run.of("cross-validate", "--data", data, "--sample-weight", "w", "--epochs", 1).succeeds();
    Path test = write("test.csv", "x,y", List.of("0,yes", "1,no"));
    train("--sample-weight", "w", "--test", test, "--epochs", 1).succeeds();
  }

  /** A table without names: what stands where the weights stood is never taken for them. */
  @Test
  void rowsWithoutNamesHaveTargetAndWeightOrNeither() throws IOException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      rows.add(1 + i % 3 + "," + i % 2 + "," + i % 5 + "," + (i % 2 == 0 ? "no" : "yes"));
    }
    data = write("weighted.csv", "", rows);
    train("--sample-weight", 0, "--epochs", 60).succeeds();
    predict(write("whole.csv", "", List.of("2,1,4,yes", "1,0,0,no"))).succeeds();
    String answers = Files.readString(output);
    assertTrue(answers.matches("(?s).*\n0,yes,.*\n1,no,.*"), answers);
    predict(write("bare.csv", "", List.of("1,4", "0,0"))).succeeds();
    assertEquals(answers, Files.readString(output));
    predict(write("target.csv", "", List.of("1,4,yes", "0,0,no")))
        .fails(
            "target.csv: number of columns: expected 4 as the training table had, or 2 without the"
                + " target 3 and the weight 0, found 3");
  }

  @Test
  void weightsAreFiniteAndNotNegative() throws IOException {
    for (String bad : List.of("-1", "nan", "", "1e60", "much")) {
      data = write("weighted.csv", "x,w,y", List.of("1,1,a", "2," + bad + ",b", "3,1,b"));
      train("--sample-weight", "w")
          .fails(
              "column 2 (w): weight: expected a finite number of 0 or more, found \"" + bad + "\"");
    }
    data = write("weighted.csv", "x,w,y", List.of("1,0,a", "2,0,b", "3,0,b"));
    train("--sample-weight", "w").fails("weights: expected one above 0, found all 0");
    train("--sample-weight", "y")
        .fails("weight \"y\": expected a column of its own, found the target");
    train("--sample-weight", "v").fails("weight \"v\": expected one of the columns x, w, y");
  }
}
