package org.panagrad.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.graph.LossFunction;
import org.panagrad.memory.NativeMemory;
import org.panagrad.memory.NativeMemoryLimitException;
import org.panagrad.random.SeededRandom;

/** The metrics against their definitions, spelled out, on random outputs; and their edges. */
class MetricsTest {
  // Sums of a few hundred doubles of one sign, in another order.
  private static final double TOLERANCE = 1e-12;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 6, 7, 8, 211, 2053})
  void areaIsTheShareOfPairsInOrder(int rows) {
    for (long seed = 1; seed <= 5; seed++) {
      SeededRandom random = SeededRandom.of(seed, "area " + rows);
      int[] labels = new int[rows];
      float[][] outputs = new float[rows][1];
      for (int i = 0; i < rows; i++) {
        labels[i] = random.nextDouble() < 0.3 ? 1 : 0;
        // Some are equal; some differ in the last place; both zeros are there.
        float score = Math.round(4 * random.nextGaussian()) / 4f;
        outputs[i][0] = random.nextDouble() < 0.5 ? score : score * Math.nextUp(1f);
      }
      double found =
          Collected.classes(LossFunction.BINARY_CROSS_ENTROPY, 2, labels, outputs).rocAuc();
      assertEquals(area(labels, outputs), found, TOLERANCE, rows + " rows, seed " + seed);
    }
  }

  private static double area(int[] labels, float[][] scores) {
    double inOrder = 0;
    double pairs = 0;
    for (int i = 0; i < labels.length; i++) {
      for (int j = 0; j < labels.length; j++) {
        if (labels[i] == 1 && labels[j] == 0) {
          pairs++;
          inOrder += scores[i][0] > scores[j][0] ? 1 : scores[i][0] == scores[j][0] ? 0.5 : 0;
        }
      }
    }
    return inOrder / pairs;
  }

  @Test
  void areaOfScoresOfAnySize() {
    float[] rising = {
      -Float.MAX_VALUE, -1, -Float.MIN_VALUE, 0, Float.MIN_VALUE, 1, Float.MAX_VALUE
    };
    for (int first = 1; first < rising.length; first++) {
      int[] labels = new int[rising.length];
      float[][] outputs = new float[rising.length][1];
      for (int i = 0; i < rising.length; i++) {
        labels[i] = i >= first ? 1 : 0;
        outputs[i][0] = rising[i];
      }
      assertEquals(
          1, Collected.classes(LossFunction.BINARY_CROSS_ENTROPY, 2, labels, outputs).rocAuc());
    }
  }

  @Test
  void zerosAreEqual() {
    assertEquals(
        0.5,
        Collected.classes(
                LossFunction.BINARY_CROSS_ENTROPY, 2, new int[] {0, 1}, new float[][] {{0f}, {-0f}})
            .rocAuc());
  }

  /** Probabilities that are 1 in float32, and even in double, still have an order. */
  @Test
  void sureOutputsAreToldApart() {
    int[] labels = {0, 0, 0, 1, 1, 2};
    float[][] outputs = {{60, 0, 0}, {59, 0, 0}, {58, 0, 0}, {57, 0, 0}, {56, 0, 0}, {0, 0, 55}};
    ClassMetrics metrics = Collected.classes(LossFunction.CROSS_ENTROPY, 3, labels, outputs);
    assertEquals(1, metrics.classes().getFirst().rocAuc());
    assertEquals(
        57 + Math.log1p(2 * Math.exp(-57)),
        metrics.worst().getFirst().row() == 3
            ? -Math.log(metrics.worst().getFirst().actualProbability())
            : Double.NaN,
        1e-9);
  }

  @Test
  void ranksAreThoseOfTheLargestOutputs() {
    SeededRandom random = SeededRandom.of(9, "ranks");
    int classes = 13;
    int rows = 301;
    int[] labels = new int[rows];
    float[][] outputs = new float[rows][classes];
    int[] within = new int[classes + 1];
    for (int i = 0; i < rows; i++) {
      labels[i] = i % classes;
      List<Integer> order = new ArrayList<>();
      for (int k = 0; k < classes; k++) {
        outputs[i][k] = Math.round(2 * random.nextGaussian());
        order.add(k);
      }
      float[] y = outputs[i];
      // The sort is stable: of equals the earlier comes first.
      order.sort((a, b) -> Float.compare(y[b], y[a]));
      for (int k = order.indexOf(labels[i]) + 1; k <= classes; k++) {
        within[k]++;
      }
    }
    for (LossFunction loss :
        List.of(LossFunction.CROSS_ENTROPY, LossFunction.HALF_MEAN_SQUARED_ERROR)) {
      ClassMetrics metrics = Collected.classes(loss, classes, labels, outputs);
      assertEquals(10, metrics.topK().size());
      for (int k = 1; k <= 10; k++) {
        assertEquals((double) within[k] / rows, metrics.topK().get(k - 1));
      }
      assertEquals(metrics.topK().getFirst(), metrics.accuracy());
    }
  }

  @Test
  void valuesThatAreNoProbabilitiesHaveNoLogLoss() {
    int[] labels = {0, 1, 1};
    float[][] outputs = {{0.9f, 0.2f}, {0.8f, 0.2f}, {0.3f, 0.6f}};
    ClassMetrics metrics = Collected.classes(LossFunction.MEAN_SQUARED_ERROR, 2, labels, outputs);
    assertTrue(Double.isNaN(metrics.logLoss()));
    assertTrue(Double.isNaN(metrics.worst().getFirst().predictedProbability()));
    assertEquals(1, metrics.worst().size());
    assertEquals(1, metrics.rocAuc());
  }

  @Test
  void oneClassOnlyHasNoArea() {
    ClassMetrics metrics =
        Collected.classes(
            LossFunction.CROSS_ENTROPY, 3, new int[] {1, 1}, new float[][] {{0, 1, 0}, {2, 1, 0}});
    for (ClassScores scores : metrics.classes()) {
      assertTrue(Double.isNaN(scores.rocAuc()), scores.name());
    }
    assertTrue(Double.isNaN(metrics.rocAuc()));
    assertEquals(0.5, metrics.accuracy());
    // The third class occurs nowhere and is not averaged: recalls are 0 and 1/2.
    assertEquals(0.25, metrics.macro().recall());
    assertEquals(0.5, metrics.weighted().recall());
  }

  @Test
  void theSurestMistakesAreKept() {
    SeededRandom random = SeededRandom.of(3, "mistakes");
    int rows = 500;
    int[] labels = new int[rows];
    float[][] outputs = new float[rows][1];
    List<Float> against = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      labels[i] = i % 2;
      outputs[i][0] = (float) random.nextGaussian();
      float towards = labels[i] == 1 ? outputs[i][0] : -outputs[i][0];
      if (towards < 0) {
        against.add(-towards);
      }
    }
    against.sort((a, b) -> Float.compare(b, a));
    List<Mistake> worst =
        Collected.classes(LossFunction.BINARY_CROSS_ENTROPY, 2, labels, outputs).worst();
    assertEquals(MetricsCollector.WORST_KEPT, worst.size());
    for (int i = 0; i < worst.size(); i++) {
      Mistake mistake = worst.get(i);
      assertEquals(against.get(i), Math.abs(outputs[mistake.row()][0]));
      assertEquals(labels[mistake.row()], mistake.actual());
      assertEquals(1 - mistake.actual(), mistake.predicted());
      assertEquals(1 / (1 + Math.exp(against.get(i))), mistake.actualProbability(), TOLERANCE);
    }
  }

  @Test
  void aTargetThatIsAlwaysTheSameHasNothingToExplain() {
    ValueMetrics metrics = Collected.values(new float[][] {{2}, {2}}, new float[][] {{1}, {5}});
    assertTrue(Double.isNaN(metrics.r2()));
    assertEquals(Math.sqrt(5), metrics.rmse());
    assertEquals(2, metrics.mae());
    assertEquals(new Miss(1, 0, 2, 5), metrics.worst().getFirst());
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void outputsThatAreNotFiniteAreNamed(float bad) {
    float[][] outputs = {{1, 2}, {bad, 0}};
    DataException e =
        assertThrows(
            DataException.class,
            () -> Collected.classes(LossFunction.CROSS_ENTROPY, 2, new int[] {0, 1}, outputs));
    assertTrue(e.getMessage().startsWith("case: row 1: output 0 of the network: "), e.getMessage());
    e =
        assertThrows(
            DataException.class, () -> Collected.values(new float[][] {{1, 2}, {3, 4}}, outputs));
    assertTrue(e.getMessage().contains("found " + bad), e.getMessage());
  }

  @Test
  void theLimitIsKept() {
    try (Dataset set = Dataset.ofClasses("case", new float[100][1], new int[100], 3);
        NativeMemory memory = new NativeMemory("metrics", 1000)) {
      assertThrows(
          NativeMemoryLimitException.class,
          () -> MetricsCollector.of(LossFunction.CROSS_ENTROPY, set, 3, memory));
      assertEquals(0, memory.bytes());
    }
  }

  @Test
  void manyClassesAreNotCrossed() {
    int classes = ClassMetrics.MOST_CLASSES_CROSSED + 1;
    float[][] outputs = new float[3][classes];
    outputs[0][1000] = 1;
    outputs[1][5] = 1;
    outputs[2][6] = 1;
    ClassMetrics metrics =
        Collected.classes(LossFunction.CROSS_ENTROPY, classes, new int[] {1000, 5, 7}, outputs);
    assertNull(metrics.confusion());
    assertEquals(2.0 / 3, metrics.accuracy());
    assertEquals(1, metrics.classes().get(1000).f1());
  }
}
