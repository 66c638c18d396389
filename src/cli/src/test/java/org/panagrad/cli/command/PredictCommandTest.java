package org.panagrad.cli.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.cli.Run;
import org.panagrad.cli.TinyData;
import org.panagrad.data.Dataset;
import org.panagrad.data.RecordWriter;

class PredictCommandTest {
  private static final TinyData DATA = new TinyData(200, 600, 12, 3);

  @TempDir Path dir;

  private Path model;
  private Path input;
  private Path output;
  private Path json;

  @BeforeEach
  void trainModel() throws IOException {
    Path data = DATA.in(dir.resolve("data"));
    model = dir.resolve("model.safetensors");
    json = dir.resolve("train.json");
    input = data.resolve(TinyData.TEST_IMAGES);
    output = dir.resolve("predictions.csv");
    Run.train("--data", data, "--out", model, "--json", json).succeeds();
  }

  private Run predict() {
    return Run.of("predict", "--model", model, "--input", input, "--output", output);
  }

  @Test
  void writesAClassAndProbabilitiesPerRow() throws IOException {
    predict().succeeds();
    List<String> lines = Files.readAllLines(output);
    assertEquals("row,class,probability_0,probability_1,probability_2", lines.getFirst());
    assertEquals(601, lines.size());
    int correct = 0;
    for (int row = 0; row < 600; row++) {
      String[] cells = lines.get(row + 1).split(",", -1);
      assertEquals(Integer.toString(row), cells[0]);
      float[] p = new float[3];
      for (int i = 0; i < 3; i++) {
        p[i] = Float.parseFloat(cells[2 + i]);
      }
      assertEquals(1, p[0] + p[1] + p[2], 1e-5, lines.get(row + 1));
      int predicted = Integer.parseInt(cells[1]);
      assertTrue(p[predicted] >= Math.max(p[0], Math.max(p[1], p[2])), lines.get(row + 1));
      correct += predicted == row % 3 ? 1 : 0;
    }
    double accuracy = new ObjectMapper().readTree(json.toFile()).get("testAccuracy").asDouble();
    assertEquals(Math.round(accuracy * 600), correct);
  }

  @Test
  void gzipIsReadLikePlain() throws IOException {
    predict().succeeds();
    byte[] plain = Files.readAllBytes(output);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(Files.readAllBytes(input));
    }
    Files.write(input, packed.toByteArray());
    predict().succeeds();
    assertArrayEquals(plain, Files.readAllBytes(output));
  }

  @Test
  void aRecordFileIsReadLikeTheImagesItWasMadeOf() throws IOException {
    predict().succeeds();
    byte[] images = Files.readAllBytes(output);
    Path records = dir.resolve("test.pgd");
    Run.of("convert", dir.resolve("data"), "--part", "test", "--out", records).succeeds();
    input = records;
    predict().succeeds();
    assertArrayEquals(images, Files.readAllBytes(output));
    input = dir.resolve("floats.pgd");
    try (Dataset floats = Dataset.ofClasses("floats", new float[5][12], new int[5], 3)) {
      RecordWriter.write(input, floats.stream());
    }
    predict().fails("floats: features come as");
  }

  @Test
  void twoClassesOfOneLogitHaveTwoProbabilities() throws IOException {
    Path data = new TinyData(100, 40, 6, 2).in(dir.resolve("two"));
    input = data.resolve(TinyData.TEST_IMAGES);
    Run.train(
            "--data",
            data,
            "--out",
            model,
            "--loss",
            "binary-cross-entropy",
            "--lr",
            0.01,
            "--epochs",
            20)
        .succeeds();
    predict().succeeds();
    List<String> lines = Files.readAllLines(output);
    assertEquals("row,class,probability_0,probability_1", lines.getFirst());
    long correct = lines.stream().skip(1).filter(l -> isRight(l)).count();
    assertTrue(correct > 36, lines.toString());
  }

  private static boolean isRight(String line) {
    String[] cells = line.split(",", -1);
    return Integer.parseInt(cells[0]) % 2 == Integer.parseInt(cells[1]);
  }

  @Test
  void aDamagedInputLeavesTheOldOutput() throws IOException {
    Files.writeString(output, "the old one");
    byte[] good = Files.readAllBytes(input);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      // The header is whole: that something is missing shows when most rows are written.
      gzip.write(good, 0, good.length - 5);
    }
    Files.write(input, packed.toByteArray());
    predict().fails("file length");
    assertEquals("the old one", Files.readString(output));
    try (var files = Files.list(dir)) {
      assertTrue(files.noneMatch(f -> f.getFileName().toString().startsWith(".panagrad")));
    }
  }

  /** By what lies there, not by what a reader of the other form would have expected. */
  @Test
  void rowsOfAnotherFormAreToldApart() throws IOException {
    String expected =
        ": rows to predict: expected an IDX, NPY or .pgd file, as the model was not trained on a"
            + " table, found ";
    input = Files.writeString(dir.resolve("rows.csv"), "a,b\n1,2\n");
    predict()
        .fails(
            input
                + expected
                + "a table or something else; bring rows of the form that it was trained on");
    input = dir.resolve("absent");
    predict().fails(input + expected + "nothing of that name; check the path");
    input = dir.resolve("data");
    predict().fails(input + expected + "a folder; ");
  }

  @Test
  void rowsOfAnotherLengthAreRefused() throws IOException {
    input = new TinyData(10, 10, 7, 2).in(dir.resolve("seven")).resolve(TinyData.TEST_IMAGES);
    predict().fails("rows of 7 features, expected 12");
  }

  @Test
  void whatIsMissingIsNamed() {
    input = dir.resolve("absent");
    predict().fails("absent");
    output = dir.resolve("missing").resolve("file.csv");
    predict().fails("does not exist");
    Run.of("predict", "--model", model).isMisused("'--input=FILE'");
    Run.of("predict", "--model", model, "--input", "digits", "--output", output, "--data-dir", dir)
        .isMisused("expected --input mnist");
  }
}
