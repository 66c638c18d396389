package org.panagrad.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.data.Dataset;
import org.panagrad.nn.Parameter;
import org.panagrad.optim.CycledMomentum;
import org.panagrad.optim.OneCycle;
import org.panagrad.optim.Penalties;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/**
 * Clipping, accumulation, penalties and schedules in whole trainings, as PyTorch has them: {@code
 * bench/golden/training.py} wrote the files.
 *
 * <p>The writer refuses a case in which PyTorch's own float32 is off by more than 4e-6 of a
 * tensor's largest value; the engine, which rounds as often but elsewhere, has twice that.
 */
class GoldenTrainingTest {
  private static final Path DIRECTORY =
      Path.of("src", "test", "resources", "org", "panagrad", "golden-training");

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      return files.filter(f -> f.toString().endsWith(".safetensors")).sorted().toList();
    }
  }

  @Test
  void noFileIsMissing() throws IOException {
    assertTrue(files().size() >= 29, "" + files().size());
  }

  private static TrainingOptions options(GoldenFile golden) {
    return TrainingOptions.defaults()
        .loss(golden.loss())
        .optimizer(golden.optimizer())
        .penalties(
            new Penalties(
                (float) golden.training("l1"),
                golden.trainingIs("decoupled"),
                golden.trainingIs("vectors")))
        .clipValue((float) golden.training("clipValue"))
        .clipNorm((float) golden.training("clipNorm"))
        .accumulate((int) golden.training("accumulate"))
        .batchSize((int) golden.training("batchSize"))
        .shuffle(false)
        .partitions(3);
  }

  private static Dataset data(GoldenFile golden) {
    int rows = (int) golden.shape("x")[0];
    int features = (int) golden.shape("x")[1];
    float[][] x = new float[rows][features];
    for (int r = 0; r < rows; r++) {
      System.arraycopy(golden.floats("x"), r * features, x[r], 0, features);
    }
    return Dataset.ofClasses("golden", x, golden.labels(), 5);
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyUpdateIsPyTorchs(Path path) throws IOException {
    GoldenFile golden = new GoldenFile(path);
    String name = String.valueOf(path.getFileName());
    TrainingOptions options = options(golden);
    if (options.clipValue() == 0 && options.clipNorm() == 0) {
      // The norm is in every file; measuring it is to change nothing.
      train(golden, name + ", measured", options.clipNorm(Float.POSITIVE_INFINITY));
    }
    train(golden, name, options);
    train(golden, name + ", in one tile", options.partitions(1));
  }

  private static void train(GoldenFile golden, String name, TrainingOptions given) {
    float[] losses = golden.floats("losses");
    OneCycle cycle = new OneCycle(losses.length);
    TrainingOptions options =
        switch (golden.trainingWord("schedule")) {
          case "one-cycle" -> given.schedule(cycle);
          case "one-cycle-momentum" -> given.schedule(new CycledMomentum(cycle));
          default -> given;
        };
    try (Dataset data = data(golden);
        TrainingSession session = TrainingSession.open(golden.network(), data, options)) {
      Map<String, Parameter> parameters = session.stateDict();
      parameters.forEach((path, parameter) -> parameter.set(golden.floats(path)));
      for (int step = 1; step <= losses.length; step++) {
        String where = name + ", update " + step + ": ";
        double loss = session.step();
        assertEquals(losses[step - 1], loss, 8e-6 * Math.abs(losses[step - 1]), where + "loss");
        if (options.clipNorm() > 0) {
          double norm = golden.floats("norms")[step - 1];
          assertEquals(norm, session.gradientNorm(), 2e-5 * norm, where + "norm");
        }
        if (golden.recordedSteps().contains(step)) {
          String prefix = "step" + step + ".";
          parameters.forEach(
              (path, parameter) ->
                  near(where + path, golden.floats(prefix + path), parameter.toArray()));
        }
      }
    }
  }

  private static void near(String where, float[] golden, float[] actual) {
    double largest = 0;
    for (float g : golden) {
      largest = Math.max(largest, Math.abs(g));
    }
    for (int i = 0; i < golden.length; i++) {
      if (!(Math.abs(actual[i] - golden[i]) <= 8e-6 * largest)) {
        fail(where + "[" + i + "]: " + actual[i] + ", PyTorch " + golden[i]);
      }
    }
  }
}
