package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.tanh;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.panagrad.data.ClassWeights;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.DatasetBuilder;
import org.panagrad.graph.Loss;
import org.panagrad.graph.LossFunction;
import org.panagrad.infer.Model;
import org.panagrad.io.ModelFile;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.optim.Sgd;
import org.panagrad.random.SeededRandom;

/** What weights of rows and classes mean in a training. */
class WeightedTrainingTest {
  @TempDir Path directory;

  private static final long SEED = 3;
  private static final int FEATURES = 4;
  private static final int CLASSES = 3;

  private static TrainingOptions options(Loss loss, int batchSize) {
    return TrainingOptions.defaults()
        .loss(loss)
        .optimizer(new Sgd(0.2f))
        .batchSize(batchSize)
        .partitions(2)
        .threads(1)
        .shuffle(false);
  }

  private static Network network() {
    return Network.of(FEATURES, dense(20), tanh(), dense(CLASSES));
  }

  /** Row r of class r mod 3, repeated or weighed as often as told. */
  private static Dataset data(int[] times, boolean repeat) {
    SeededRandom random = SeededRandom.of(SEED, "weights");
    try (DatasetBuilder builder = DatasetBuilder.classes("weighed", FEATURES)) {
      for (int r = 0; r < times.length; r++) {
        float[] row = new float[FEATURES];
        for (int i = 0; i < FEATURES; i++) {
          row[i] = (float) random.nextGaussian();
        }
        for (int k = 0; k < (repeat ? times[r] : 1); k++) {
          builder.addRow(row, r % CLASSES);
          if (!repeat) {
            builder.addWeight(times[r]);
          }
        }
      }
      return builder.build(CLASSES);
    }
  }

  /** A row of weight 3 is as good as three rows, one of weight 0 as good as none. */
  @ParameterizedTest
  @EnumSource(LossFunction.class)
  void aWeightIsANumberOfRows(LossFunction function) {
    int[] times = {1, 3, 0, 2, 1, 1, 4, 0, 2};
    Loss loss = new Loss(function, 1);
    try (Dataset weighed = data(times, false);
        Dataset repeated = data(times, true);
        TrainingSession one =
            TrainingSession.open(network(), weighed, options(loss, weighed.size()));
        TrainingSession other =
            TrainingSession.open(network(), repeated, options(loss, repeated.size()))) {
      for (int epoch = 0; epoch < 5; epoch++) {
        // Sums of fourteen terms in another order.
        assertEquals(other.epoch().loss(), one.epoch().loss(), 1e-5);
      }
      one.stateDict()
          .forEach(
              (path, p) -> assertArrayEquals(other.parameter(path).toArray(), p.toArray(), 1e-5f));
      assertEquals(other.evaluate(repeated).loss(), one.evaluateWeighted(weighed).loss(), 1e-5);
    }
  }

  /** Weights say what to learn, and not what to be judged by. */
  @ParameterizedTest
  @EnumSource(LossFunction.class)
  void rowsThatAModelIsJudgedByCountAlike(LossFunction function) throws IOException {
    int[] times = {1, 3, 0, 2, 1, 1, 4, 0, 2};
    int[] ones = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    TrainingOptions options = options(new Loss(function, 1), 4).partitions(1);
    Evaluator evaluator = new Evaluator(4, 1, 1, Long.MAX_VALUE);
    try (Dataset weighed = data(times, false);
        Dataset plain = data(ones, true);
        TrainingSession one = TrainingSession.open(network(), weighed, options);
        TrainingSession other = TrainingSession.open(network(), plain, options)) {
      one.epoch();
      Path file = directory.resolve("model.safetensors");
      ModelFile.write(file, one);
      Evaluation expected = one.evaluate(plain);
      assertEquals(expected, one.evaluate(weighed));
      assertNotEquals(expected.loss(), one.evaluateWeighted(weighed).loss(), 1e-3);
      assertEquals(other.evaluate(plain), other.evaluate(weighed));
      try (Model model = ModelFile.read(file)) {
        Evaluation alone = model.evaluate(weighed, evaluator);
        assertEquals(expected.loss(), alone.loss(), 1e-6);
        assertEquals(model.evaluate(plain, evaluator), alone);
      }
    }
  }

  /** Weights of classes are weights of their rows. */
  @Test
  void classWeightsAreRowWeights() {
    int[] byClass = {2, 1, 3};
    int[] times = new int[12];
    int[] ones = new int[12];
    for (int r = 0; r < times.length; r++) {
      times[r] = byClass[r % CLASSES];
      ones[r] = 1;
    }
    Loss loss = Losses.crossEntropy();
    Loss weighing = loss.withClassWeights(List.of(2f, 1f, 3f));
    try (Dataset weighed = data(times, false);
        Dataset plain = data(ones, true);
        TrainingSession one = TrainingSession.open(network(), weighed, options(loss, 5));
        TrainingSession other = TrainingSession.open(network(), plain, options(weighing, 5))) {
      for (int epoch = 0; epoch < 3; epoch++) {
        assertEquals(other.epoch().loss(), one.epoch().loss());
      }
      one.stateDict()
          .forEach((path, p) -> assertArrayEquals(other.parameter(path).toArray(), p.toArray()));
    }
  }

  /** Mini-batches of one update share one mean, however their weights are spread over them. */
  @Test
  void accumulatedMiniBatchesAreOne() {
    int[] times = {1, 3, 0, 2, 5, 1, 4, 0, 2, 1, 1, 2};
    Loss loss = Losses.crossEntropy().withClassWeights(List.of(2f, 1f, 0.5f));
    try (Dataset data = data(times, false);
        TrainingSession one =
            TrainingSession.open(network(), data, options(loss, 2).accumulate(3));
        TrainingSession other = TrainingSession.open(network(), data, options(loss, 6))) {
      for (int step = 0; step < 6; step++) {
        assertEquals(other.step(), one.step(), 1e-5);
      }
      one.stateDict()
          .forEach(
              (path, p) -> assertArrayEquals(other.parameter(path).toArray(), p.toArray(), 1e-5f));
    }
  }

  @Test
  void aMiniBatchThatWeighsNothingTeachesNothing() {
    int[] times = {1, 1, 1, 0, 0, 0, 1, 1, 1};
    for (LossFunction function : LossFunction.values()) {
      try (Dataset data = data(times, false);
          TrainingSession session =
              TrainingSession.open(network(), data, options(new Loss(function, 1), 3))) {
        session.step();
        float[] before = session.parameter("fc1.weight").toArray();
        assertEquals(0, session.step());
        assertArrayEquals(before, session.parameter("fc1.weight").toArray());
        session.step();
        assertEquals(0, session.parameter("fc1.weight").toArray()[0] * 0);
      }
    }
  }

  @Test
  void whatDoesNotFitIsNamed() {
    int[] ones = {1, 1, 1, 1};
    Loss two = Losses.crossEntropy().withClassWeights(List.of(1f, 2f));
    try (Dataset plain = data(ones, true);
        Dataset weighed = data(ones, false)) {
      DataException count =
          assertThrows(
              DataException.class, () -> TrainingSession.open(network(), plain, options(two, 2)));
      assertEquals(
          "weighed: 2 class weights, expected one for each of its 3 classes", count.getMessage());
      try (TrainingSession session =
          TrainingSession.open(network(), plain, options(Losses.crossEntropy(), 2))) {
        DataException mixed =
            assertThrows(DataException.class, () -> session.evaluateWeighted(weighed));
        assertEquals(
            "weighed: rows have weights, expected none as in weighed, which is trained on; give"
                + " both weights or neither",
            mixed.getMessage());
      }
    }
    IllegalArgumentException smoothing =
        assertThrows(IllegalArgumentException.class, () -> Losses.huber().withLabelSmoothing(0.1));
    assertEquals(
        "label smoothing 0.1 with the loss huber: expected cross-entropy, the only one that has"
            + " classes to spread a target over",
        smoothing.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Losses.crossEntropy().withLabelSmoothing(1));
    assertThrows(
        IllegalArgumentException.class,
        () -> Losses.crossEntropy().withClassWeights(List.of(0f, 0f)));
    assertThrows(
        IllegalArgumentException.class,
        () -> Losses.crossEntropy().withClassWeights(List.of(1f, Float.NaN)));
  }

  @Test
  void balancedClassesCountTheSame() {
    try (Dataset data =
        Dataset.ofClasses(
            "skewed",
            new float[][] {{1}, {2}, {3}, {4}, {5}, {6}},
            new int[] {0, 0, 0, 3, 3, 1},
            4)) {
      assertEquals(List.of(6 / 9f, 2f, 0f, 1f), ClassWeights.balanced(data));
    }
  }

  @Test
  void aModelKnowsItsWeightsAndSmoothing() throws IOException {
    Path file = directory.resolve("model.safetensors");
    Loss loss =
        Losses.crossEntropy().withClassWeights(List.of(2f, 0f, 0.1f)).withLabelSmoothing(0.1);
    try (Dataset data = data(new int[] {1, 2, 3, 1, 2, 3}, false)) {
      Evaluation evaluation;
      try (TrainingSession session =
          TrainingSession.open(network(), data, options(loss, 3).partitions(1))) {
        session.epoch();
        evaluation = session.evaluate(data);
        ModelFile.write(file, session);
      }
      try (Model model = ModelFile.read(file)) {
        assertEquals(loss, model.description().loss());
        assertEquals(evaluation, model.evaluate(data, new Evaluator(3, 1, 1, Long.MAX_VALUE)));
      }
    }
  }

  @Test
  void chosenRowsKeepTheirWeights() {
    int[] times = {1, 3, 0, 2, 5, 1};
    try (Dataset data = data(times, false);
        Dataset chosen = data.select("some", 4, 1, 2)) {
      assertTrue(chosen.isWeighted());
      assertArrayEquals(
          new float[] {5, 3, 0},
          new float[] {chosen.weight(0), chosen.weight(1), chosen.weight(2)});
    }
  }
}
