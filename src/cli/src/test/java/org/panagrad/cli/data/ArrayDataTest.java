package org.panagrad.cli.data;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
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
    Run.train("--data", x, "--labels", y, "--test", x).isMisused("expected --data to be a table");
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
    Run.train("--data", pictures, "--test", x).fails("expected an NPZ file or a folder of pict");
    Run.train("--data", pictures, "--test", test, "--image-size", "3x").isMisused("--image-size");
  }
}
