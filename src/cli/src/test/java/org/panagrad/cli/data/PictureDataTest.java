package org.panagrad.cli.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.cli.Run;
import org.panagrad.cli.TinyArrays;
import org.panagrad.data.Dataset;
import org.panagrad.data.PictureShape;
import org.panagrad.data.RecordFile;

/** Which pictures rows are goes with them, from their files to models, record files and pages. */
class PictureDataTest {
  private static final String WIDE = "pictures of 5x3 in interleaved colour";

  @TempDir Path dir;

  private static JsonNode mistakes(Path page) throws IOException {
    String text = Files.readString(page);
    String begin = "<script type=\"application/json\" id=\"report\">";
    int from = text.indexOf(begin) + begin.length();
    String json = text.substring(from, text.indexOf("</script>", from));
    return new ObjectMapper().readTree(json).get("mistakes");
  }

  private static void tells(Run run, String text) {
    assertTrue(run.out().contains(text), run.out());
  }

  private static void assertDrawn(List<byte[]> rows, JsonNode mistakes) throws IOException {
    assertEquals(
        new ObjectMapper().readTree("{\"width\":5,\"height\":3,\"channels\":3}"),
        mistakes.get("picture"));
    assertTrue(mistakes.get("items").size() > 3, mistakes.toString());
    for (JsonNode item : mistakes.get("items")) {
      int row = item.get("row").asInt();
      assertArrayEquals(rows.get(row), item.get("pixels").binaryValue(), "row " + row);
      assertEquals(row < 30 ? "cat" : "dog", item.get("actual").asText());
    }
  }

  @Test
  void thePageHasThePixelsOfItsFolder() throws IOException {
    Path folder = dir.resolve("pictures");
    List<byte[]> rows = TinyArrays.colours(folder, 5, 3, 30, "cat", "dog");
    Path page = dir.resolve("report.html");
    Path model = dir.resolve("model");
    Object[] options = {"--data", folder, "--colour", "--report", page, "--out", model};
    Run run = Run.train(options).succeeds();
    tells(run, "60 rows, 45 features, 2 classes, " + WIDE);
    assertDrawn(rows, mistakes(page));
    // And of its record file, with the same model.
    Path records = dir.resolve("rows.pgd");
    tells(
        Run.of("convert", folder, "--colour", "--out", records).succeeds(),
        "60 rows, 45 features, " + WIDE);
    Path again = dir.resolve("again.html");
    Path other = dir.resolve("other");
    run = Run.train("--data", records, "--report", again, "--out", other).succeeds();
    tells(run, WIDE);
    assertEquals(mistakes(page), mistakes(again));
    assertArrayEquals(Files.readAllBytes(model), Files.readAllBytes(other));
    run = Run.train("--data", records, "--test-split", 0.5, "--report", again, "--out", other);
    tells(run.succeeds(), "30 rows and 30 to test, 45 features, 2 classes, " + WIDE);
    assertEquals(5, mistakes(again).get("picture").get("width").asInt());
    run = Run.of("cross-validate", "--data", records, "--folds", 2, "--epochs", 1);
    run.succeeds();
  }

  @Test
  void aTableIsNoPictureHoweverWide() throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int row = 0; row < 40; row++) {
      for (int i = 0; i < 784; i++) {
        rows.append((row * 31 + i * 17) % 256).append(',');
      }
      rows.append(row * 7 % 3 == 0 ? "cat" : "dog").append('\n');
    }
    Path table = Files.writeString(dir.resolve("rows.csv"), rows);
    Path page = dir.resolve("report.html");
    Run.train("--data", table, "--report", page, "--out", dir.resolve("model")).succeeds();
    assertNull(mistakes(page).get("picture"));
    assertTrue(mistakes(page).get("caption").asText().contains("of 784 columns"));
  }

  private Path npy(String name, String dimensions) throws IOException {
    return Files.write(dir.resolve(name), TinyArrays.dark(40, dimensions, 45));
  }

  @Test
  void otherPicturesDoNotGoWithThoseTrainedOn() throws IOException {
    Path wide = npy("wide.npy", "3, 5, 3");
    Path planes = npy("planes.npy", "3, 5, 3, 1");
    Path grey = npy("grey.npy", "5, 9");
    Path turned = npy("turned.npy", "9, 5");
    Path vectors = npy("vectors.npy", "45");
    Path y = Files.write(dir.resolve("y.npy"), TinyArrays.labels(40));
    Path model = dir.resolve("model");
    tells(
        Run.train("--data", grey, "--labels", y, "--out", model).succeeds(),
        "45 features, 2 classes, pictures of 9x5 in grey");
    Path out = dir.resolve("out.csv");
    String refused =
        "turned.npy: pictures: expected 9x5 in grey as the model was trained on, found 5x9 in grey";
    Run.of("predict", "--model", model, "--input", turned, "--output", out).fails(refused);
    Run.of("evaluate", "--model", model, "--data", turned, "--labels", y).fails(refused);
    Run.train("--data", grey, "--labels", y, "--test", turned, "--test-labels", y, "--out", model)
        .fails("rows to validate or test: expected the form of those to train on");
    // What says nothing of pictures may be the same, as it always was.
    for (Path other : List.of(vectors, wide, planes, grey)) {
      Run.of("predict", "--model", model, "--input", other, "--output", out).succeeds();
      Run.train("--data", grey, "--labels", y, "--test", other, "--test-labels", y, "--out", model)
          .succeeds();
    }
  }

  @Test
  void joinedRowsArePicturesIfAllAre() throws IOException {
    Path y = Files.write(dir.resolve("y.npy"), TinyArrays.labels(40));
    Path[] files = new Path[3];
    String[] dimensions = {"5, 9", "9, 5", "45"};
    for (int i = 0; i < 3; i++) {
      files[i] = dir.resolve(i + ".pgd");
      Path rows = npy("rows.npy", dimensions[i]);
      Run.of("convert", rows, "--labels", y, "--out", files[i]).succeeds();
    }
    Path joined = dir.resolve("joined.pgd");
    Run.of("convert", files[0], files[0], "--out", joined).succeeds();
    try (Dataset rows = RecordFile.read(joined)) {
      assertEquals(PictureShape.grey(5, 9), rows.picture());
    }
    for (int first : new int[] {0, 2}) {
      Run.of("convert", files[first], files[2 - first], "--out", joined).succeeds();
      try (Dataset rows = RecordFile.read(joined)) {
        assertNull(rows.picture());
      }
    }
    for (Path[] three : new Path[][] {{files[0], files[1]}, {files[2], files[0], files[1]}}) {
      Object[] all = new Object[three.length + 3];
      all[0] = "convert";
      System.arraycopy(three, 0, all, 1, three.length);
      all[three.length + 1] = "--out";
      all[three.length + 2] = joined;
      Run.of(all)
          .fails(
              "form of the rows: expected 45 bytes, 1 of CLASSES, pictures of 9x5 in grey as in"
                  + " rows.npy, found 45 bytes, 1 of CLASSES, pictures of 5x9 in grey");
    }
  }
}
