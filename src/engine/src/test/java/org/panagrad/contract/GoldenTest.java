package org.panagrad.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.blas.Blas;
import org.panagrad.blas.JavaBlas;
import org.panagrad.blas.NativeBlas;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Value;
import org.panagrad.kernel.BothKernels;
import org.panagrad.kernel.Kernels;
import org.panagrad.optim.Optimizer;
import org.panagrad.plan.op.CompileOptions;

/**
 * PyTorch's numbers, computed by it in float64 and rounded once: the reference network has to be
 * within that rounding of them, and the engine within its error bound besides.
 */
class GoldenTest {
  private static final Path DIRECTORY =
      Path.of("src", "test", "resources", "org", "panagrad", "golden");

  /** Half a unit in the last place of a golden value, and what double itself rounds. */
  private static double rounding(double golden) {
    return Bounded.U * Math.abs(golden) + 1e-12;
  }

  private static List<Path> files(String prefix) throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith("optimizer") == prefix.equals("o"))
          .sorted()
          .toList();
    }
  }

  static List<Path> gradients() throws IOException {
    return files("");
  }

  static List<Path> optimizers() throws IOException {
    return files("o");
  }

  @Test
  void noFileIsMissing() throws IOException {
    assertTrue(gradients().size() >= 30, "gradients: " + gradients().size());
    assertTrue(optimizers().size() >= 11, "optimizers: " + optimizers().size());
  }

  private static Map<Value, float[]> parameters(GoldenFile golden, Graph graph, String prefix) {
    Map<Value, float[]> parameters = new LinkedHashMap<>();
    for (Value v : graph.parameters()) {
      parameters.put(v, golden.floats(prefix + v.path()));
    }
    return parameters;
  }

  @ParameterizedTest
  @MethodSource("gradients")
  void outputLossAndGradientsArePyTorchs(Path path) throws IOException {
    GoldenFile golden = new GoldenFile(path);
    Graph graph = golden.network().graph();
    int in = graph.input().shape().elements();
    int out = graph.output().shape().elements();
    int n = (int) golden.shape("x")[0];
    float[] targets = golden.classes() ? new float[0] : golden.floats("targets");
    Batch batch =
        new Batch(n, in, out, golden.floats("x"), golden.labels(), targets, golden.weights());
    boolean weighted = golden.has("weights");
    Map<Value, float[]> parameters = parameters(golden, graph, "");
    ReferenceNetwork.Result reference =
        new ReferenceNetwork(graph, golden.loss(), true, 0, 0, n)
            .run(
                Draws.doubles(parameters),
                batch.x(),
                golden.classes() ? golden.labels() : null,
                golden.classes() ? null : batch.targets(),
                weighted ? batch.weights() : null,
                n);
    Map<String, float[]> expected = new LinkedHashMap<>();
    Map<String, Bounded> bounds = new LinkedHashMap<>();
    expected.put("logits", transposed(golden.floats("logits"), n, out));
    bounds.put("logits", reference.output());
    for (Value v : graph.trainedParameters()) {
      expected.put(v.path(), golden.floats("grad." + v.path()));
      bounds.put(v.path(), Draws.at(reference.gradients(), v));
    }
    expected.put("grad.x", transposed(golden.floats("grad.x"), n, in));
    bounds.put("grad.x", Draws.at(reference.gradients(), graph.input()));
    double loss = golden.floats("loss")[0];
    assertEquals(loss, reference.loss(), rounding(loss), path + ": reference loss");
    expected.forEach(
        (name, values) ->
            referenceIs(path + ": reference " + name, values, Draws.at(bounds, name)));

    for (Kernels kernels : BothKernels.ALL) {
      for (Blas blas : List.of(new JavaBlas(), NativeBlas.load())) {
        for (int partitions : new int[] {1, 4}) {
          CompileOptions options =
              CompileOptions.gradients(n, partitions, golden.loss(), golden.classes());
          options = weighted ? options.weighingExamples() : options;
          try (Engine engine = new Engine(graph, options, blas, kernels)) {
            engine.parameters(parameters);
            Engine.Outcome actual = engine.run(batch, null);
            String where =
                path.getFileName()
                    + ", "
                    + kernels.name()
                    + ", "
                    + blas.getClass().getSimpleName()
                    + ": ";
            assertEquals(loss, actual.loss(), reference.lossError() + rounding(loss), where);
            engineIs(
                where + "logits",
                Draws.at(expected, "logits"),
                Draws.at(bounds, "logits"),
                actual.output());
            for (Value v : graph.trainedParameters()) {
              engineIs(
                  where + v.path(),
                  Draws.at(expected, v.path()),
                  Draws.at(bounds, v.path()),
                  Draws.at(actual.gradients(), v));
            }
            engineIs(
                where + "grad.x",
                Draws.at(expected, "grad.x"),
                Draws.at(bounds, "grad.x"),
                Draws.at(actual.gradients(), graph.input()));
            for (Value v : graph.parameters()) {
              if (!v.isTrained()) {
                near(
                    where + v.path(),
                    golden.floats("after." + v.path()),
                    Draws.at(engine.parameters(), v));
              }
            }
          }
        }
      }
    }
    if (golden.has("evaluated")) {
      runningStatisticsServeAsPyTorchs(path, golden, graph, batch, parameters);
    }
    if (golden.has("probabilities")) {
      probabilitiesArePyTorchs(path, golden, graph, batch, parameters);
    }
  }

  /** What a step has left in them is what evaluation goes by. */
  private static void runningStatisticsServeAsPyTorchs(
      Path path, GoldenFile golden, Graph graph, Batch batch, Map<Value, float[]> parameters) {
    Map<Value, float[]> after = new LinkedHashMap<>(parameters);
    for (Value v : graph.parameters()) {
      if (!v.isTrained()) {
        after.put(v, golden.floats("after." + v.path()));
      }
    }
    int n = batch.size;
    int out = graph.output().shape().elements();
    float[] expected = transposed(golden.floats("evaluated"), n, out);
    ReferenceNetwork.Result reference =
        new ReferenceNetwork(graph, null, false, 0, 0, n)
            .run(Draws.doubles(after), batch.x(), null, null, null, n);
    for (Kernels kernels : BothKernels.ALL) {
      CompileOptions options = CompileOptions.inference(n, 2);
      try (Engine engine = new Engine(graph, options, NativeBlas.load(), kernels)) {
        engine.parameters(after);
        engineIs(
            path + ": evaluated", expected, reference.output(), engine.run(batch, null).output());
      }
    }
  }

  private static void probabilitiesArePyTorchs(
      Path path, GoldenFile golden, Graph graph, Batch batch, Map<Value, float[]> parameters) {
    int n = batch.size;
    Graph softmax = graph.withSoftmax();
    ReferenceNetwork.Result reference =
        new ReferenceNetwork(softmax, null, false, 0, 0, n)
            .run(Draws.doubles(parameters), batch.x(), null, null, null, n);
    float[] expected =
        transposed(golden.floats("probabilities"), n, softmax.output().shape().elements());
    referenceIs(path + ": reference probabilities", expected, reference.output());
    try (Engine engine =
        new Engine(
            softmax,
            CompileOptions.inference(n, 1),
            NativeBlas.load(),
            BothKernels.ALL.getLast())) {
      engine.parameters(parameters);
      engineIs(
          path + ": probabilities", expected, reference.output(), engine.run(batch, null).output());
    }
  }

  private static float[] transposed(float[] rows, int n, int cols) {
    float[] result = new float[rows.length];
    for (int j = 0; j < n; j++) {
      for (int k = 0; k < cols; k++) {
        result[k * n + j] = rows[j * cols + k];
      }
    }
    return result;
  }

  private static void referenceIs(String where, float[] golden, Bounded reference) {
    assertEquals(golden.length, reference.value().length, where);
    for (int i = 0; i < golden.length; i++) {
      assertEquals(golden[i], reference.value()[i], rounding(golden[i]), where + "[" + i + "]");
    }
  }

  private static void engineIs(String where, float[] golden, Bounded bound, float[] actual) {
    assertEquals(golden.length, actual.length, where);
    for (int i = 0; i < golden.length; i++) {
      assertEquals(
          golden[i], actual[i], bound.error()[i] + rounding(golden[i]), where + "[" + i + "]");
    }
    near(where, golden, actual);
  }

  /** What a float32 engine has no reason to pass: 2e-6 of the largest element. */
  private static void near(String where, float[] golden, float[] actual) {
    double largest = 0;
    for (float g : golden) {
      largest = Math.max(largest, Math.abs(g));
    }
    for (int i = 0; i < golden.length; i++) {
      if (!(Math.abs(actual[i] - golden[i]) <= 2e-6 * largest + 1e-12)) {
        fail(where + "[" + i + "]: " + actual[i] + ", PyTorch " + golden[i]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void tenStepsArePyTorchs(Path path) throws IOException {
    GoldenFile golden = new GoldenFile(path);
    Graph graph = golden.network().graph();
    int in = graph.input().shape().elements();
    int out = graph.output().shape().elements();
    int steps = (int) golden.shape("x")[0];
    int n = (int) golden.shape("x")[1];
    assertEquals(10, steps);
    Optimizer rule = golden.optimizer();
    for (Kernels kernels : BothKernels.ALL) {
      for (boolean keep : new boolean[] {false, true}) {
        CompileOptions options = CompileOptions.training(n, 4, golden.loss(), true, rule);
        try (Engine engine =
            new Engine(
                graph, keep ? options.keepingGradients() : options, NativeBlas.load(), kernels)) {
          engine.parameters(parameters(golden, graph, ""));
          engine.state.learningRate = rule.learningRate();
          for (int step = 1; step <= steps; step++) {
            int at = step - 1;
            Batch batch =
                new Batch(
                    n,
                    in,
                    out,
                    Arrays.copyOfRange(golden.floats("x"), at * n * in, step * n * in),
                    Arrays.copyOfRange(golden.labels(), at * n, step * n),
                    new float[0],
                    new float[0]);
            engine.state.step = step;
            rule.prepare(engine.state);
            double loss = engine.run(batch, null).loss();
            String where = path.getFileName() + ", " + kernels.name() + ", step " + step + ": ";
            double wanted = golden.floats("losses")[at];
            assertEquals(wanted, loss, 2e-6 * Math.abs(wanted), where + "loss");
            if (golden.recordedSteps().contains(step)) {
              Map<Value, float[]> now = engine.parameters();
              parameters(golden, graph, "step" + step + ".")
                  .forEach((v, floats) -> near(where + v.path(), floats, Draws.at(now, v)));
            }
          }
        }
      }
    }
  }
}
