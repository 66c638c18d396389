package org.panagrad.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.data.FeatureMap;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Loss;
import org.panagrad.graph.LossFunction;
import org.panagrad.infer.Model;
import org.panagrad.infer.Predictor;
import org.panagrad.io.ModelFile;
import org.panagrad.random.SeededRandom;
import org.panagrad.train.ModelDescription;

/** Every line of the registry as a model file, and back. */
class ModelRoundTripTest {
  private static final Sizes SIZES = new Sizes(6, 7, 5, 3);

  /** A name for each output, awkward ones first. */
  private static List<String> names(int outputs) {
    List<String> awkward = List.of("a", "b \"quoted\"", "\u00e9\n", "", "\ud83d\ude00");
    return IntStream.range(0, outputs)
        .mapToObj(i -> i < awkward.size() ? awkward.get(i) : "class " + i)
        .toList();
  }

  @TempDir private Path directory;

  static List<ContractCase> cases() {
    return Cases.ALL;
  }

  private static List<String> describe(Graph graph) {
    return graph.operations().stream()
        .map(op -> op.path() + " = " + op + " of " + op.inputs() + " to " + op.output())
        .map(text -> text.replaceAll("@[0-9a-f]+", ""))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void readsBackAsItWasWritten(ContractCase c) throws IOException {
    Graph graph = c.network().apply(SIZES).graph();
    Loss loss = c.loss();
    ModelDescription description =
        new ModelDescription(
            loss,
            new FeatureMap(1 / 3f, -0.1f),
            names(graph.output().shape().elements()),
            Map.of("seed", "1", "data", "x\\y"));
    SeededRandom random = SeededRandom.of(1, c.name());
    Path file = directory.resolve("model.safetensors");
    Path again = directory.resolve("again.safetensors");
    float[][] rows = new float[4][graph.input().shape().elements()];
    for (float[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) random.nextDouble(-3, 3);
      }
    }
    try (Model model = new Model(graph, description, Long.MAX_VALUE)) {
      Draws.parameters(graph, random)
          .forEach((v, values) -> Draws.at(model.stateDict(), v.path()).set(values));
      ModelFile.write(file, model);
      try (Model read = ModelFile.read(file)) {
        assertEquals(describe(graph), describe(read.graph()));
        assertEquals(graph.input().toString(), read.graph().input().toString());
        assertEquals(graph.output().path(), read.graph().output().path());
        assertEquals(description, read.description());
        assertEquals(
            List.copyOf(model.stateDict().keySet()), List.copyOf(read.stateDict().keySet()));
        model
            .stateDict()
            .forEach(
                (path, p) ->
                    assertArrayEquals(p.toArray(), Draws.at(read.stateDict(), path).toArray()));
        ModelFile.write(again, read);
        assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(again));
        try (Predictor one = Predictor.of(model);
            Predictor two = Predictor.of(read)) {
          float[][] expected = one.predict(rows);
          assertArrayEquals(expected, two.predict(rows));
          if (loss != null && loss.function() == LossFunction.CROSS_ENTROPY) {
            for (float[] row : expected) {
              double sum = 0;
              for (float p : row) {
                sum += p;
              }
              assertEquals(1, sum, 1e-6);
            }
          }
        }
      }
    }
  }
}
