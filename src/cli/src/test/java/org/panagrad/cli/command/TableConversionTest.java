package org.panagrad.cli.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.cli.ForkedTraining;
import org.panagrad.cli.Run;
import org.panagrad.cli.TinyData;
import org.panagrad.random.SeededRandom;

/** Tables as record files: the same training, and the same answers, as from the tables. */
class TableConversionTest {
  private static final String[] JOBS = {"clerk", "smith", "baker", "cook"};

  @TempDir Path dir;

  private Path people;
  private Path records;
  private Path model;

  @BeforeEach
  void writePeople() throws IOException {
    people = write("people.csv", "age,job,weight,hours,rich", rows(300, 1));
    records = dir.resolve("people.pgd");
    model = dir.resolve("model.safetensors");
  }

  /** Smiths are rich; some hours are missing. */
  private static List<String> rows(int count, long seed) {
    SeededRandom random = SeededRandom.of(seed, "people");
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String job = JOBS[random.nextInt(4)];
      String hours = random.nextInt(10) == 0 ? "?" : Integer.toString(30 + random.nextInt(20));
      String rich = job.equals("smith") ? "yes" : "no";
      int age = 20 + random.nextInt(40);
      rows.add(String.join(",", "" + age, job, "" + random.nextInt(4), hours, rich));
    }
    return rows;
  }

  private Path write(String name, String header, List<String> rows) throws IOException {
    List<String> lines = new ArrayList<>(rows);
    lines.addFirst(header);
    return Files.write(dir.resolve(name), lines);
  }

  private static Run run(String command, Object... args) {
    return Run.of(Stream.concat(Stream.of(command), Stream.of(args)).toArray());
  }

  private Run convert(Path input, Path out, Object... more) {
    Object[] fixed = {input, "--out", out};
    return run("convert", Stream.of(fixed, more).flatMap(Stream::of).toArray());
  }

  private byte[] trained(Path data, Object... more) throws IOException {
    Object[] fixed = {"--data", data, "--out", model};
    run("train", Stream.of(fixed, more).flatMap(Stream::of).toArray()).succeeds();
    return Files.readAllBytes(model);
  }

  private byte[] predicted(Path input) throws IOException {
    Path output = dir.resolve("answers.csv");
    run("predict", "--model", model, "--input", input, "--output", output).succeeds();
    return Files.readAllBytes(output);
  }

  private JsonNode evaluated(Path data) throws IOException {
    Path json = dir.resolve("evaluated.json");
    run("evaluate", "--model", model, "--data", data, "--json", json).succeeds();
    return new ObjectMapper().readTree(json.toFile()).get("metrics");
  }

  @Test
  void theModelIsThatOfTheTableByteForByte() throws IOException {
    Run run = convert(people, records, "--verify", "--ignore", "weight").succeeds();
    assertTrue(run.out().contains("people.pgd: 300 rows, 7 features"), run.out());
    assertTrue(run.out().contains("all 300 rows are whole"), run.out());
    byte[] expected = trained(people, "--ignore", "weight", "--epochs", 5);
    byte[] answers = predicted(people);
    JsonNode metrics = evaluated(people);
    assertArrayEquals(expected, trained(records, "--epochs", 5));
    // Raw rows and encoded ones have one answer.
    assertArrayEquals(answers, predicted(people));
    assertArrayEquals(answers, predicted(records));
    assertEquals(metrics, evaluated(people));
    assertEquals(metrics, evaluated(records));
  }

  @Test
  void numbersKeepTheirUnit() throws IOException {
    Object[] columns = {"--target", "age", "--scaling", "min-max", "--task", "regression"};
    convert(people, records, columns).succeeds();
    Object[] both = Stream.of(columns, new Object[] {"--epochs", 3}).flatMap(Stream::of).toArray();
    byte[] expected = trained(people, both);
    byte[] answers = predicted(people);
    assertTrue(new String(answers, StandardCharsets.UTF_8).startsWith("row,value"));
    assertArrayEquals(expected, trained(records, "--epochs", 3));
    assertArrayEquals(answers, predicted(records));
    assertEquals(evaluated(people), evaluated(records));
  }

  @Test
  void weightsAreTakenAlong() throws IOException {
    convert(people, records, "--sample-weight", "weight").succeeds();
    byte[] expected = trained(people, "--sample-weight", "weight", "--epochs", 3);
    assertArrayEquals(expected, trained(records, "--epochs", 3));
    assertEquals(2, Files.readAllBytes(records)[8], "version");
    // Weighted rows can be copied.
    Path copy = dir.resolve("copy.pgd");
    convert(records, copy).succeeds();
    assertArrayEquals(Files.readAllBytes(records), Files.readAllBytes(copy));
  }

  @Test
  void rowsToTestAreEncodedByWhatTrainingLearned() throws IOException {
    Path test = write("test.csv", "rich,hours,job,age", List.of("no,30,cook,90", "yes,,smith,7"));
    convert(people, records, "--ignore", "weight").succeeds();
    trained(records, "--test", test, "--epochs", 3);
    Path byRecords = dir.resolve("by-records.pgd");
    Path byModel = dir.resolve("by-model.pgd");
    convert(test, byRecords, "--schema-from", records).succeeds();
    convert(test, byModel, "--schema-from", model).succeeds();
    assertArrayEquals(Files.readAllBytes(byRecords), Files.readAllBytes(byModel));
    assertEquals(evaluated(test), evaluated(byRecords));
    assertArrayEquals(predicted(test), predicted(byRecords));
    byte[] watched = trained(records, "--test", test, "--epochs", 3);
    assertArrayEquals(watched, trained(records, "--test", byRecords, "--epochs", 3));
    // By its own statistics it would be something else.
    Path other = dir.resolve("other.pgd");
    convert(write("more.csv", "age,job,weight,hours,rich", rows(50, 2)), other).succeeds();
    Object[] train = {"--data", records, "--out", model};
    Run.of(
            Stream.of(new Object[] {"train"}, train, new Object[] {"--test", other})
                .flatMap(Stream::of)
                .toArray())
        .fails("other.pgd: encoding of the rows: expected that of people.csv");
    run("evaluate", "--model", model, "--data", other)
        .fails("more.csv: rows are encoded by what was learned of a table, expected rows");
    run("predict", "--model", model, "--input", other, "--output", dir.resolve("x.csv"))
        .fails("convert it by the model's schema");
    run("convert", records, other, "--out", dir.resolve("both.pgd"))
        .fails("encoding of the rows: expected that of people.csv");
  }

  @Test
  void aTableInPartsIsOne() throws IOException {
    List<String> all = rows(300, 1);
    String header = "age,job,weight,hours,rich";
    Path first = write("first.csv", header, all.subList(0, 120));
    Path second = write("second.csv", header, all.subList(120, 300));
    Path joined = dir.resolve("joined.pgd");
    convert(people, records).succeeds();
    run("convert", first, second, "--out", joined).succeeds();
    byte[] whole = Files.readAllBytes(records);
    byte[] parts = Files.readAllBytes(joined);
    int rowsEnd = 4096 + 300 * 8 * 4; // behind it the parts have another name
    assertArrayEquals(
        Arrays.copyOfRange(whole, 4096, rowsEnd), Arrays.copyOfRange(parts, 4096, rowsEnd));
    Path damaged = write("third.csv", header, List.of("33,cook,1,30,no", "x,cook,1,30,no"));
    run("convert", first, damaged, "--numeric", "age", "--out", joined)
        .fails("first.csv and 1 more, third.csv, line 3, column 1 (age): field: expected a number");
    Path narrow = write("narrow.csv", "age,job,hours,rich", List.of("33,cook,30,no"));
    run("convert", first, narrow, "--out", joined)
        .fails("narrow.csv: columns: expected age, job, weight, hours, rich, as in first.csv");
  }

  /** What is in a file does not depend on how the table was stored. */
  @Test
  void tablesOfEveryFormGiveTheSameFile() throws IOException {
    byte[][] files = new byte[3][];
    for (int i = 0; i < 3; i++) {
      Path folder = Files.createDirectory(dir.resolve("folder" + i));
      Path table = folder.resolve("people");
      String resource = i == 1 ? "people.parquet" : "people.csv";
      try (InputStream in = getClass().getResourceAsStream(resource)) {
        Files.copy(Objects.requireNonNull(in), table);
      }
      if (i == 2) {
        byte[] plain = Files.readAllBytes(table);
        try (GZIPOutputStream packed = new GZIPOutputStream(Files.newOutputStream(table))) {
          packed.write(plain);
        }
      }
      convert(table, records, "--target", "rich").succeeds();
      files[i] = Files.readAllBytes(records);
    }
    assertArrayEquals(files[0], files[1]);
    assertArrayEquals(files[0], files[2]);
  }

  /** A table of 20 MB goes through a heap of 24, which a row of it at a time does not fill. */
  @Test
  void theHeapHoldsNoRows() throws Exception {
    Path large = dir.resolve("large.csv");
    SeededRandom random = SeededRandom.of(3, "large");
    try (BufferedWriter out = Files.newBufferedWriter(large)) {
      out.write("a,b,c,d,word,y\n");
      for (int i = 0; i < 400_000; i++) {
        for (int k = 0; k < 4; k++) {
          out.write(random.nextInt(10_000_000) / 1000f + ",");
        }
        out.write(JOBS[i % 4] + "," + i % 2 + "\n");
      }
    }
    assertTrue(Files.size(large) > 16 << 20, Files.size(large) + " bytes");
    Path output = dir.resolve("output");
    ForkedTraining process =
        ForkedTraining.start(output, List.of(), "24m", List.of("convert", large, "--out", records));
    assertEquals(0, process.end(), process.output());
    assertTrue(process.output().contains("400,000 rows, 8 features"), process.output());
  }

  /**
   * Interrupted while it learns what the columns are, it ends at once, and not because nobody waits
   * for it any longer, which is after a second.
   */
  @Test
  void interruptedInItsFirstPassItEndsAndLeavesNothing() throws Exception {
    Path large = dir.resolve("large.csv.gz");
    byte[] rows = "1,2,3,a\n4,5,6,b\n".repeat(1000).getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(large))) {
      for (int i = 0; i < 3000; i++) {
        out.write(rows);
      }
    }
    Path output = dir.resolve("output");
    List<Object> args = List.of("convert", large, "--out", records);
    List<Long> millis = new ArrayList<>();
    // The machine may be slow for a moment.
    while (millis.size() < 3 && (millis.isEmpty() || millis.getLast() >= 1_000)) {
      ForkedTraining process =
          ForkedTraining.start(output, ForkedTraining.withSignals(), "64m", args);
      process.awaitOpen(large.toRealPath());
      process.signal("INT");
      long begin = System.nanoTime();
      assertEquals(130, process.end(), process.output());
      millis.add((System.nanoTime() - begin) / 1_000_000);
      assertTrue(process.output().endsWith("panagrad: interrupted\n"), process.output());
      try (Stream<Path> files = Files.list(dir)) {
        assertEquals(List.of(), files.filter(file -> file.toString().contains(".pgd")).toList());
      }
    }
    assertTrue(millis.getLast() < 1_000, millis + " ms");
  }

  @Test
  void whatIsWrongIsNamed() throws IOException {
    convert(people, records, "--target", "wealth").fails("target \"wealth\": expected one of the");
    convert(people, records, "--scaling", "huge").isMisused("'huge': expected standard, min-max");
    convert(people, records, "--part", "test").fails("people.csv: --part test: expected rows to");
    convert(people, records, "--schema-from", people).fails("people.csv");
    assertFalse(Files.exists(records));
    convert(people, records).succeeds();
    Path others = dir.resolve("others.pgd");
    convert(people, others, "--schema-from", records, "--target", "age")
        .isMisused("--target with --schema-from");
    run("cross-validate", "--data", records, "--folds", 2)
        .fails("found rows encoded by what was learned of all of them");
    Path idx = TinyData.USUAL.in(dir.resolve("idx"));
    convert(idx, others, "--schema-from", records)
        .isMisused("--schema-from " + records + " with " + idx + ": expected a table");
    convert(idx, records, "--numeric", "a").isMisused("--numeric with " + idx);
    run("convert", people, idx, "--out", records).isMisused("expected tables only, or none");
    convert(idx, records).succeeds();
    convert(people, dir.resolve("x.pgd"), "--schema-from", records)
        .fails("people.pgd: --schema-from: expected a record file made of a table");
    Path images = idx.resolve(TinyData.TRAIN_IMAGES);
    run("convert", images, images, "--labels", idx.resolve(TinyData.TRAIN_LABELS), "--out", records)
        .isMisused("with 2 inputs: expected one, whose labels they are");
  }

  /** The data set of docs/tabular.md, with the defaults of one epoch. */
  @Test
  void adultTrainsToTheBytesOfItsTable() throws IOException {
    String folder = System.getenv("PANAGRAD_DATA_DIR");
    Assumptions.assumeTrue(folder != null, "PANAGRAD_DATA_DIR is not set");
    Path table = Path.of(folder, "tabular", "adult-train.csv");
    Path test = Path.of(folder, "tabular", "adult-test.csv");
    convert(table, records, "--verify").succeeds();
    Path encoded = dir.resolve("test.pgd");
    Run run = convert(test, encoded, "--schema-from", records).succeeds();
    assertTrue(run.out().contains("16281 labels end in a full stop"), run.out());
    byte[] expected = trained(table, "--test", test, "--epochs", 2);
    JsonNode metrics = evaluated(test);
    assertArrayEquals(expected, trained(records, "--test", encoded, "--epochs", 2));
    assertEquals(metrics, evaluated(encoded));
    assertEquals(metrics, evaluated(test));
  }
}
