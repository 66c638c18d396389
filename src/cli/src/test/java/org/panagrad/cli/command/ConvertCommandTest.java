package org.panagrad.cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.cli.Run;
import org.panagrad.cli.TinyData;
import org.panagrad.data.Dataset;
import org.panagrad.data.Mnist;
import org.panagrad.data.PictureShape;
import org.panagrad.data.RecordFile;
import org.panagrad.data.RecordWriter;
import org.panagrad.data.TrainTest;

class ConvertCommandTest {
  /** Two by two pixels in colour. */
  private static final String PNG =
      "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEU"
          + "lEQVR4nGPgEpHTMLJhgFAACiwBpXBsUlAAAAAASUVORK5CYII=";

  @TempDir Path dir;

  private Path data;
  private Path out;

  @BeforeEach
  void writeData() throws IOException {
    data = TinyData.USUAL.in(dir.resolve("data"));
    out = dir.resolve("rows.pgd");
  }

  private Run convert(Object... args) {
    Object[] all = new Object[args.length + 1];
    all[0] = "convert";
    System.arraycopy(args, 0, all, 1, args.length);
    return Run.of(all);
  }

  private static void assertSame(Dataset expected, Dataset found) {
    assertEquals(expected.form(), found.form());
    assertEquals(expected.size(), found.size());
    for (int row = 0; row < expected.size(); row++) {
      assertEquals(expected.label(row), found.label(row));
      for (int i = 0; i < expected.featureCount(); i++) {
        assertEquals(expected.feature(row, i), found.feature(row, i));
      }
    }
  }

  @Test
  void writesEitherPartOfAFolderOfIdxFiles() {
    Run run = convert(data, "--out", out, "--verify").succeeds();
    assertTrue(run.out().contains("rows.pgd: 200 rows, 12 features"), run.out());
    assertTrue(run.out().contains("rows.pgd: all 200 rows are whole"), run.out());
    Path test = dir.resolve("test.pgd");
    convert(data, "--part", "test", "--out", test).succeeds();
    try (TrainTest sets = Mnist.load(data);
        Dataset train = RecordFile.read(out);
        Dataset testRows = RecordFile.read(test)) {
      assertSame(sets.train(), train);
      assertSame(sets.test(), testRows);
    }
  }

  @Test
  void oneFileOfIdxRowsNeedsItsLabels() {
    Path images = data.resolve(TinyData.TRAIN_IMAGES);
    convert(images, "--labels", data.resolve(TinyData.TRAIN_LABELS), "--out", out).succeeds();
    assertEquals(200, RecordFile.rows(out));
    convert(images, "--out", out).isMisused("holds features only: expected --labels FILE");
  }

  @Test
  void joinsFilesOfOneForm() {
    convert(data, "--out", out).succeeds();
    Path twice = dir.resolve("twice.pgd");
    convert(out, out, "--out", twice).succeeds();
    assertEquals(400, RecordFile.rows(twice));
    try (Dataset joined = RecordFile.read(twice);
        Dataset once = RecordFile.read(out)) {
      assertEquals(once.label(7), joined.label(207));
    }
  }

  @Test
  void writesPictures() throws IOException {
    Path pictures = dir.resolve("pictures");
    for (String name : List.of("cat", "dog")) {
      Files.createDirectories(pictures.resolve(name));
      Files.write(pictures.resolve(name).resolve("1.png"), Base64.getDecoder().decode(PNG));
    }
    convert(pictures, "--image-size", "2x3", "--colour", "--out", out).succeeds();
    try (Dataset read = RecordFile.read(out)) {
      assertEquals(List.of("cat", "dog"), read.classNames());
      assertEquals(PictureShape.colour(3, 2, PictureShape.Layout.INTERLEAVED), read.picture());
    }
    convert(pictures, "--image-size", "2", "--out", out).isMisused("--image-size 2: expected");
    convert(pictures, "--image-size", "0x2", "--out", out).isMisused("--image-size: size 0x2");
  }

  @Test
  void readsNumpysArchives() throws IOException {
    Path npz = dir.resolve("rows.npz");
    Files.writeString(npz, "PK\u0003\u0004 and no more");
    convert(npz, "--out", out).fails("NPZ archive: expected a zip archive of arrays");
    assertFalse(Files.exists(out));
  }

  @Test
  void whatIsConvertedIsTrainedOn() {
    Path test = dir.resolve("test.pgd");
    convert(data, "--out", out).succeeds();
    convert(data, "--part", "test", "--out", test).succeeds();
    Path model = dir.resolve("model");
    Run run = Run.train("--data", out, "--test", test, "--out", model).succeeds();
    assertTrue(run.out().contains("waited 0.0 % of it for data"), run.out());
    Run.of("evaluate", "--model", model, "--data", test).succeeds();
    Run folds = Run.of("cross-validate", "--data", out, "--folds", 2, "--epochs", 1, "--hidden", 8);
    assertTrue(folds.succeeds().out().contains("over 2 folds"), folds.out());
    Run split =
        Run.train("--data", out, "--test-split", 0.25, "--validation-split", 0.1, "--out", model);
    assertTrue(split.out().contains("130 rows and 20 to validate and 50 to test"), split.out());
    Run.train("--data", out, "--test", test, "--test-split", 0.5).isMisused("expected one of them");
  }

  private Path records(String name, int classes) {
    int rows = 60;
    int[] labels = new int[rows];
    float[][] features = new float[rows][3];
    for (int row = 0; row < rows; row++) {
      labels[row] = row % classes;
      features[row][labels[row]] = 1;
    }
    Path file = dir.resolve(name);
    try (Dataset data = Dataset.ofClasses(name, features, labels, classes)) {
      RecordWriter.write(file, data.stream());
    }
    return file;
  }

  /** Where classes are numbers, a small set may lack the highest; it has none of its own. */
  @Test
  void furtherRowsMayLackTheHighestClass() {
    Path three = records("three.pgd", 3);
    Path two = records("two.pgd", 2);
    Path model = dir.resolve("model");
    for (String loss : List.of("cross-entropy", "mse")) {
      List<Object> args = new ArrayList<>(List.of("--data", three, "--loss", loss));
      args.addAll(List.of("--validation", two, "--test", two, "--out", model));
      args.addAll(List.of("--epochs", 60, "--lr", 0.05));
      Run run = Run.train(args.toArray()).succeeds();
      assertTrue(run.out().contains("test accuracy 100.00 %"), run.out());
      Run judged = Run.of("evaluate", "--model", model, "--data", two).succeeds();
      assertTrue(judged.out().contains("accuracy 100.00 %"), judged.out());
    }
    Run.train("--data", two, "--test", three, "--out", model)
        .fails("three.pgd: classes: expected 2 without names, found 3 without names");
    Run.train("--data", two, "--out", model).succeeds();
    Run.of("evaluate", "--model", model, "--data", three).fails("2 outputs, expected 3");
  }

  @Test
  void verifiesAFile() throws IOException {
    convert(data, "--out", out).succeeds();
    convert(out, "--verify").succeeds();
    byte[] bytes = Files.readAllBytes(out);
    bytes[4096 + 3 * 12] ^= 1;
    Files.write(out, bytes);
    convert(out, "--verify").fails("rows.pgd, row 3: checksum: expected");
    // A copy would have checksums of its own: the damage would be whole.
    Path copy = dir.resolve("copy.pgd");
    convert(out, "--out", copy).fails("rows.pgd, row 3: checksum: expected");
    assertFalse(Files.exists(copy));
  }

  /** Either part: to leave an option unread is to do something else than was asked for. */
  @Test
  void aPartOfWhatHasNoPartsIsRefused() throws IOException {
    convert(data, "--out", out).succeeds();
    Path table = Files.writeString(dir.resolve("table.csv"), "a,b\n1,x\n2,y\n");
    Path other = dir.resolve("other.pgd");
    for (String part : List.of("train", "test")) {
      String refused = "--part " + part + ": expected rows to train on and rows to test on";
      convert(out, "--part", part, "--out", other).fails(refused);
      convert(table, "--part", part, "--out", other).fails(refused);
      Path images = data.resolve(TinyData.TRAIN_IMAGES);
      Path labels = data.resolve(TinyData.TRAIN_LABELS);
      convert(images, "--labels", labels, "--part", part, "--out", other).fails(refused);
      convert(out, "--part", part, "--verify").isMisused("--part " + part + " with --verify alone");
    }
    assertFalse(Files.exists(other));
    convert(data, "--part", "train", "--out", other).succeeds();
    assertEquals(200, RecordFile.rows(other));
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    convert(data).isMisused("nothing to do: expected --out FILE.pgd");
    convert(data, "--out", out, "--part", "both").isMisused("--part both: expected train or test");
    convert(dir.resolve("none"), "--out", out).fails("found nothing of that name");
    Path text = Files.write(dir.resolve("notes"), "x".getBytes(StandardCharsets.UTF_8));
    convert(text, "--out", out).fails("notes: columns to learn from: expected 1 or more");
    convert(data, "--out", dir.resolve("no/where.pgd")).fails("does not exist");
    assertFalse(Files.exists(out));
  }
}
