package org.panagrad.cli.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.cli.Run;
import org.panagrad.cli.TinyArrays;
import org.panagrad.cli.TinyData;

/** The commands on arrays and pictures, without a conversion before. */
class ArrayDataTest {
  @TempDir Path dir;

  private Path x;
  private Path y;
  private Path model;

  @BeforeEach
  void writeArrays() throws IOException {
    x = Files.write(dir.resolve("x.npy"), TinyArrays.features(100));
    y = Files.write(dir.resolve("y.npy"), TinyArrays.labels(100));
    model = dir.resolve("model.safetensors");
  }

  private Run train(Object... args) {
    Object[] common = {"--epochs", 60, "--out", model};
    return Run.train(Stream.of(common, args).flatMap(Arrays::stream).toArray()).succeeds();
  }

  private static void tells(Run run, String text) {
    assertTrue(run.out().contains(text), run.out());
  }

  @Test
  void anArrayIsTrainedOnWithItsLabels() {
    Run run = train("--data", x, "--labels", y, "--test-split", 0.2, "--validation-split", 0.1);
    tells(run, "70 rows and 10 to validate and 20 to test, 4 features, 2 classes");
    tells(run, "test accuracy 100.00 %");
    tells(run, "evaluate --model " + model + " --data " + x + " --labels " + y);
    tells(
        Run.of("evaluate", "--model", model, "--data", x, "--labels", y).succeeds(), "on 100 rows");
    Run.of("lr-find", "--data", x, "--labels", y, "--updates", 5).succeeds();
    tells(
        Run.of("cross-validate", "--data", x, "--labels", y, "--folds", 2, "--epochs", 2)
            .succeeds(),
        "over 2 folds");
    tells(Run.of("doctor", "--data", x, "--labels", y), "100 rows");
  }

  @Test
  void anArrayNeedsItsLabels() {
    Run.train("--data", x).isMisused("x.npy holds features only: expected --labels FILE");
    Run.train("--data", x, "--labels", y, "--test", x)
        .isMisused("--test " + x + " holds features only: expected --test-labels FILE");
    Run.train("--data", x, "--labels", y, "--validation-labels", y)
        .isMisused("--validation-labels " + y + ": expected --validation FILE, whose labels they");
    Run.train("--data", "digits", "--validation", x, "--validation-labels", y)
        .isMisused("expected --data to be a file or a folder of pictures");
    Run.train("--data", x, "--labels", y, "--colour").isMisused("--colour with " + x);
    Run.train("--data", "digits", "--labels", y).isMisused("expected an NPY or IDX file");
    Run.train("--data", x, "--labels", y, "--arrays", "a,b").isMisused("expected NPZ");
  }

  @Test
  void idxRowsAreTrainedOnWithTheirLabels() throws IOException {
    Path data = TinyData.USUAL.in(dir.resolve("idx"));
    Run run =
        train(
            "--data", data.resolve(TinyData.TRAIN_IMAGES),
            "--labels", data.resolve(TinyData.TRAIN_LABELS),
            "--test-split", 0.25);
    tells(run, "150 rows and 50 to test, 12 features, 3 classes");
  }

  /** As they are downloaded: each file packed. */
  @Test
  void idxRowsAreValidatedAndTestedOnWithTheirLabels() throws IOException {
    Path data = TinyData.USUAL.in(dir.resolve("idx"));
    Path[] files = new Path[4];
    String[] names = {
      TinyData.TRAIN_IMAGES, TinyData.TRAIN_LABELS, TinyData.TEST_IMAGES, TinyData.TEST_LABELS
    };
    for (int i = 0; i < 4; i++) {
      files[i] = dir.resolve(names[i] + ".gz");
      try (GZIPOutputStream packed = new GZIPOutputStream(Files.newOutputStream(files[i]))) {
        packed.write(Files.readAllBytes(data.resolve(names[i])));
      }
    }
    Object[] train = {"--data", files[0], "--labels", files[1], "--epochs", 3, "--out", model};
    Object[] test = {"--test", files[2], "--test-labels", files[3], "--validation-split", 0.1};
    Run run = Run.train(Stream.of(train, test).flatMap(Arrays::stream).toArray()).succeeds();
    tells(run, "180 rows and 20 to validate and 60 to test, 12 features, 3 classes");
    tells(run, "evaluate --model " + model + " --data " + files[2] + " --labels " + files[3]);
    // The set of the folder, by another way.
    byte[] expected = Files.readAllBytes(model);
    Path json = dir.resolve("one.json");
    Path other = dir.resolve("other.json");
    Object[] both = {"--validation", files[2], "--validation-labels", files[3], "--json", json};
    Run.train(Stream.of(train, both).flatMap(Arrays::stream).toArray()).succeeds();
    Run.train("--data", data, "--epochs", 3, "--out", model, "--json", other).succeeds();
    assertFalse(Arrays.equals(expected, Files.readAllBytes(model)), "all rows, and not a part");
    ObjectMapper reader = new ObjectMapper();
    assertEquals(
        reader.readTree(other.toFile()).get("testLossPerEpoch"),
        reader.readTree(json.toFile()).get("validationLossPerEpoch"));
  }

  @Test
  void rowsToTestNeedNotHaveEveryClass() throws IOException {
    Path one = Files.write(dir.resolve("one.npy"), TinyArrays.features(1));
    Path label = Files.write(dir.resolve("label.npy"), TinyArrays.labels(1));
    Run run = train("--data", x, "--labels", y, "--test", one, "--test-labels", label);
    tells(run, "100 rows and 1 to test, 4 features, 2 classes");
    Path npz =
        TinyArrays.npz(
            dir.resolve("rows.npz"),
            Map.of("x", TinyArrays.features(80), "y", TinyArrays.labels(80)));
    Run.train("--data", x, "--labels", y, "--test", npz, "--test-labels", label)
        .isMisused("--test-labels " + label + " with --test " + npz + ": expected an NPY or IDX");
    Path pgd = dir.resolve("rows.pgd");
    Run.of("convert", npz, "--out", pgd).succeeds();
    Run.train("--data", pgd, "--test", pgd, "--test-labels", label)
        .fails("--test-labels " + label + ": expected --data to be an NPY or IDX file");
  }

  @Test
  void anArchiveIsTrainedOn() throws IOException {
    Path npz =
        TinyArrays.npz(
            dir.resolve("rows.npz"),
            Map.of("a", TinyArrays.features(80), "b", TinyArrays.labels(80)));
    // One row has one class only, and still is one of two.
    Path test =
        TinyArrays.npz(
            dir.resolve("test.npz"),
            Map.of("a", TinyArrays.features(1), "b", TinyArrays.labels(1)));
    Run run = train("--data", npz, "--arrays", "a,b", "--test", test, "--validation-split", 0.25);
    tells(run, "60 rows and 20 to validate and 1 to test, 4 features, 2 classes");
    tells(
        Run.of("evaluate", "--model", model, "--data", npz, "--arrays", "a,b").succeeds(),
        "on 80 rows");
    Run.train("--data", npz).fails("rows.npz: array of features: expected one of x, X,");
  }

  /** What a network tells is the training's, whichever classes are among the rows to judge by. */
  @Test
  void rowsAreJudgedByTheClassesOfTheModel() throws IOException {
    train("--data", x, "--labels", y);
    Path first = Files.write(dir.resolve("first.npy"), TinyArrays.features(1));
    Path label = Files.write(dir.resolve("label.npy"), TinyArrays.labels(1));
    tells(
        Run.of("evaluate", "--model", model, "--data", first, "--labels", label).succeeds(),
        "on 1 rows");
    Path pictures = TinyArrays.pictures(dir.resolve("pictures"), 40, "cat", "dog");
    train("--data", pictures, "--batch-size", 8);
    tells(Run.of("evaluate", "--model", model, "--data", pictures).succeeds(), "100.00 %");
    // Numbers are the classes in their order.
    Path bytes = dir.resolve("numbers.npz");
    byte[] dark = TinyArrays.bytes(1);
    TinyArrays.npz(bytes, Map.of("x", dark, "y", TinyArrays.labels(1)));
    tells(Run.of("evaluate", "--model", model, "--data", bytes).succeeds(), "cat");
    // In their order the names would be swapped.
    Path turned = TinyArrays.pictures(dir.resolve("turned"), 40, "cat", "Dog");
    Run.of("evaluate", "--model", model, "--data", turned)
        .fails("turned: classes: expected cat, dog, found Dog, cat; bring the same classes");
    Path records = dir.resolve("turned.pgd");
    Run.of("convert", turned, "--out", records).succeeds();
    Run.of("evaluate", "--model", model, "--data", records)
        .fails(
            "names of the classes: expected cat, dog as the model was trained on, found Dog, cat");
  }

  @Test
  void predictionsAreOfRowsAsTheyWereTrainedOn() throws IOException {
    Path output = dir.resolve("out.csv");
    Path bytes = TinyData.USUAL.in(dir.resolve("idx")).resolve(TinyData.TEST_IMAGES);
    Path floats = dir.resolve("floats");
    ByteBuffer rows = TinyData.header(0x0D, 30, 12);
    Path labels = dir.resolve("labels");
    ByteBuffer classes = TinyData.header(0x08, 30);
    for (int row = 0; row < 30; row++) {
      for (int i = 0; i < 12; i++) {
        rows.putFloat(i % 3 == row % 3 ? 1 : 0);
      }
      classes.put((byte) (row % 3));
    }
    TinyData.write(floats, rows);
    TinyData.write(labels, classes);
    train("--data", floats, "--labels", labels);
    Run.of("predict", "--model", model, "--input", floats, "--output", output).succeeds();
    Run.of("predict", "--model", model, "--input", bytes, "--output", output)
        .fails(bytes + ": features come as ");
    train("--data", dir.resolve("idx"));
    Run.of("predict", "--model", model, "--input", bytes, "--output", output).succeeds();
    Run.of("predict", "--model", model, "--input", floats, "--output", output)
        .fails(floats + ": features come as ");
    Run.of("predict", "--model", model, "--input", bytes, "--header", "no", "--output", output)
        .isMisused("--header with --input " + bytes + ": expected a CSV or TSV file");
  }

  /** An array needs no labels to be predicted; what else holds rows becomes a record file. */
  @Test
  void arraysArePredicted() throws IOException {
    Path output = dir.resolve("out.csv");
    train("--data", x, "--labels", y);
    Path records = dir.resolve("rows.pgd");
    Run.of("convert", x, "--labels", y, "--out", records).succeeds();
    Run.of("predict", "--model", model, "--input", records, "--output", output).succeeds();
    byte[] expected = Files.readAllBytes(output);
    Run.of("predict", "--model", model, "--input", x, "--output", output).succeeds();
    assertArrayEquals(expected, Files.readAllBytes(output));
    byte[] whole = Files.readAllBytes(x);
    Path nan = dir.resolve("nan.npy");
    byte[] damaged = whole.clone();
    // The last float of the file, little-endian, becomes an infinity.
    damaged[whole.length - 1] = 0x7F;
    damaged[whole.length - 2] = (byte) 0x80;
    damaged[whole.length - 3] = 0;
    damaged[whole.length - 4] = 0;
    Files.write(nan, damaged);
    Run.of("predict", "--model", model, "--input", nan, "--output", output)
        .fails("nan.npy, row 99: element 3: expected a finite 32-bit float, found Infinity");
    Path cut = Files.write(dir.resolve("cut.npy"), Arrays.copyOf(whole, whole.length - 1));
    Run.of("predict", "--model", model, "--input", cut, "--output", output)
        .fails("cut.npy: length: expected");
    assertArrayEquals(expected, Files.readAllBytes(output), "the old output stays");
    Path npz = TinyArrays.npz(dir.resolve("rows.npz"), Map.of("x", whole));
    Run.of("predict", "--model", model, "--input", npz, "--output", output)
        .fails(
            "rows.npz: rows to predict: expected an IDX, NPY or .pgd file, found an NPZ archive");
    Path pictures = TinyArrays.pictures(dir.resolve("pictures"), 4, "cat", "dog");
    Run.of("predict", "--model", model, "--input", pictures, "--output", output)
        .fails("found a folder of pictures; write it as a .pgd file with 'panagrad convert'");
  }

  @Test
  void aNumberToTellIsAValueAndNoClass() throws IOException {
    Path values = Files.write(dir.resolve("values.npy"), TinyArrays.values(100));
    train("--data", x, "--labels", values);
    Path rows = dir.resolve("rows.pgd");
    Run.of("convert", x, "--labels", values, "--out", rows).succeeds();
    Path output = dir.resolve("out.csv");
    Run.of("predict", "--model", model, "--input", rows, "--output", output).succeeds();
    List<String> lines = Files.readAllLines(output);
    assertEquals("row,value", lines.getFirst());
    for (int row = 0; row < 100; row++) {
      String[] cells = lines.get(row + 1).split(",", -1);
      assertEquals(2, cells.length);
      // -1 or 1.5, as near as a short training comes: on its side of the middle.
      assertEquals(row % 2 == 1, Float.parseFloat(cells[1]) > 0.25f, lines.get(row + 1));
    }
  }

  @Test
  void severalNumbersAreAValueEachAndNoClass() throws IOException {
    Path values = Files.write(dir.resolve("values.npy"), TinyArrays.features(100));
    train("--data", x, "--labels", values);
    Path output = dir.resolve("out.csv");
    Run.of("predict", "--model", model, "--input", x, "--output", output).succeeds();
    List<String> lines = Files.readAllLines(output);
    assertEquals("row,value_0,value_1,value_2,value_3", lines.getFirst());
    for (int row = 0; row < 100; row++) {
      String[] cells = lines.get(row + 1).split(",", -1);
      assertEquals(5, cells.length);
      assertEquals(row + "", cells[0]);
    }
  }

  /** What says nothing of the data is refused, and not ignored. */
  @Test
  void optionsOfOtherDataAreRefused() throws IOException {
    Path npz =
        TinyArrays.npz(
            dir.resolve("rows.npz"),
            Map.of("x", TinyArrays.features(80), "y", TinyArrays.labels(80)));
    for (String option :
        List.of(
            "--target y",
            "--task regression",
            "--sample-weight w",
            "--ignore a",
            "--scaling none",
            "--drop-rows-without-target")) {
      String[] words = option.split(" ", -1);
      Run.train(Stream.of(new Object[] {"--data", npz}, words).flatMap(Stream::of).toArray())
          .isMisused(words[0] + " with --data " + npz + ": expected a table");
    }
    Run.train("--data", "digits", "--header", "no")
        .isMisused("--header with --data digits: expected a CSV or TSV file");
    Run.of("cross-validate", "--data", npz, "--numeric", "a").isMisused("--numeric with --data");
    Run.of("lr-find", "--data", npz, "--delimiter", ";").isMisused("--delimiter with --data");
    Run.of("doctor", "--data", npz, "--target", "y").isMisused("--target with --data");
    train("--data", npz);
    Run.of("evaluate", "--model", model, "--data", npz, "--drop-rows-without-target")
        .isMisused("--drop-rows-without-target with --data " + npz + ": expected a table");
    Path records = dir.resolve("rows.pgd");
    Run.of("convert", npz, "--colour", "--out", records).isMisused("--colour with " + npz);
    Run.of("convert", npz, "--labels", y, "--out", records).isMisused("--labels " + y + " with");
    Run.of("convert", npz, "--out", records).succeeds();
    Run.of("convert", records, "--arrays", "x,y", "--verify").isMisused("--arrays x,y with");
    Run.of("cross-validate", "--data", records, "--epochs", 1).succeeds();
  }

  @Test
  void anArchiveMayBringRowsToTestOn() throws IOException {
    Path npz =
        TinyArrays.npz(
            dir.resolve("split.npz"),
            Map.of(
                "x_train",
                TinyArrays.features(80),
                "y_train",
                TinyArrays.labels(80),
                "x_test",
                TinyArrays.features(30),
                "y_test",
                TinyArrays.labels(30)));
    tells(train("--data", npz), "80 rows and 30 to test");
    tells(Run.of("evaluate", "--model", model, "--data", npz).succeeds(), "on 30 rows");
    Run.train("--data", npz, "--test-split", 0.2).fails("split.npz has a test set of its own");
    // Arrays that are named are all that is read.
    tells(
        train("--data", npz, "--arrays", "x_train,y_train", "--test-split", 0.25),
        "60 rows and 20 to test");
    tells(
        Run.of("evaluate", "--model", model, "--data", npz, "--arrays", "x_train,y_train")
            .succeeds(),
        "on 80 rows");
    Path records = dir.resolve("rows.pgd");
    Run.of("convert", npz, "--arrays", "x_train,y_train", "--part", "test", "--out", records)
        .fails(
            "--part test: expected rows to train on and rows to test on, found rows of one kind");
  }

  @Test
  void picturesAreTrainedOnByTheirFolders() throws IOException {
    Path pictures = TinyArrays.pictures(dir.resolve("pictures"), 40, "cat", "dog");
    Path test = TinyArrays.pictures(dir.resolve("test"), 10, "cat", "dog");
    Path other = TinyArrays.pictures(dir.resolve("other"), 10, "cat", "cow");
    Run run = train("--data", pictures, "--test", test, "--batch-size", 8);
    tells(run, "40 rows and 10 to test, 4 features, 2 classes");
    tells(run, "test accuracy 100.00 %");
    tells(
        train("--data", pictures, "--image-size", "3x2", "--colour", "--test-split", 0.5),
        "20 rows and 20 to test, 18 features, 2 classes");
    Run.train("--data", pictures, "--test", other).fails("classes: expected cat, dog, found cat,");
    Run.train("--data", pictures, "--test", x).isMisused("expected --test-labels FILE");
    Run.train("--data", pictures, "--test", x, "--test-labels", y)
        .fails("rows to validate or test: expected the form of those to train on");
    Run.train("--data", pictures, "--test", dir.resolve("none"))
        .fails("expected an NPY, NPZ or IDX file or a folder of pictures by class");
    Run.train("--data", pictures, "--test", test, "--image-size", "3x").isMisused("--image-size");
  }
}
