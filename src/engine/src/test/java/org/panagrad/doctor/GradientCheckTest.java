package org.panagrad.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.batchNorm;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.dropout;
import static org.panagrad.nn.Layers.gelu;
import static org.panagrad.nn.Layers.layerNorm;
import static org.panagrad.nn.Layers.leakyRelu;
import static org.panagrad.nn.Layers.relu;
import static org.panagrad.nn.Layers.residual;
import static org.panagrad.nn.Layers.sigmoid;
import static org.panagrad.nn.Layers.silu;
import static org.panagrad.nn.Layers.tanh;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.panagrad.data.Dataset;
import org.panagrad.data.DatasetBuilder;
import org.panagrad.graph.Loss;
import org.panagrad.graph.LossFunction;
import org.panagrad.nn.Layer;
import org.panagrad.nn.Network;
import org.panagrad.nn.StateDict;
import org.panagrad.optim.Sgd;
import org.panagrad.random.SeededRandom;
import org.panagrad.train.Problems;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

class GradientCheckTest {
  private static final TrainingOptions OPTIONS =
      TrainingOptions.defaults()
          .optimizer(new Sgd(0))
          .shuffle(false)
          .keepGradients(true)
          .threads(1)
          .partitions(2);

  private static Network network(Layer activation, int outputs) {
    return Network.of(
        7, dense(33), activation, residual(dense(33), activation), dropout(0.25f), dense(outputs));
  }

  private static Dataset values() {
    SeededRandom random = SeededRandom.of(3, "values");
    float[][] x = new float[100][7];
    float[][] t = new float[100][3];
    for (int r = 0; r < x.length; r++) {
      for (int i = 0; i < 7; i++) {
        x[r][i] = (float) random.nextGaussian();
      }
      for (int k = 0; k < 3; k++) {
        t[r][k] = (float) random.nextDouble(0, 1);
      }
    }
    return Dataset.ofValues("values", x, t);
  }

  private static Finding run(Network network, Dataset data, TrainingOptions options) {
    Findings findings = new Findings();
    GradientCheck.run(network, data, options, findings, () -> {});
    return findings.diagnosis().findings().getFirst();
  }

  private static void assertAgrees(Finding finding) {
    assertEquals(Severity.OK, finding.severity(), finding::text);
    assertTrue(finding.value() < 0.5, finding::text);
  }

  @ParameterizedTest
  @EnumSource(LossFunction.class)
  void everyLossIsDifferentiatedRight(LossFunction function) {
    TrainingOptions options = OPTIONS.loss(new Loss(function, 0.3f));
    try (Dataset data =
        function == LossFunction.CROSS_ENTROPY ? Problems.clouds(100, 7, 3, 1) : values()) {
      assertAgrees(run(network(tanh(), 3), data, options));
    }
  }

  @Test
  void everyActivationIsDifferentiatedRight() {
    for (Layer activation :
        new Layer[] {relu(), leakyRelu(0.1f), sigmoid(), tanh(), gelu(), silu()}) {
      try (Dataset data = Problems.clouds(100, 7, 3, 1)) {
        assertAgrees(run(network(activation, 3), data, OPTIONS));
      }
    }
  }

  @Test
  void everyNormalisationIsDifferentiatedRight() {
    for (Layer norm : new Layer[] {batchNorm(), layerNorm()}) {
      try (Dataset data = Problems.clouds(100, 7, 3, 1)) {
        Network network = Network.of(7, dense(33), norm, tanh(), dense(20), norm, relu(), dense(3));
        assertAgrees(run(network, data, OPTIONS));
      }
    }
  }

  @Test
  void weightsAndSmoothingAreDifferentiatedRight() {
    for (LossFunction function : LossFunction.values()) {
      Loss loss = new Loss(function, 0.3f).withClassWeights(List.of(1f, 0.5f, 3f));
      if (function == LossFunction.CROSS_ENTROPY) {
        loss = loss.withLabelSmoothing(0.1);
      }
      try (Dataset data = Problems.clouds(100, 7, 3, 1)) {
        assertAgrees(run(network(tanh(), 3), data, OPTIONS.loss(loss)));
      }
    }
  }

  /** Weights of rows too, alone and times those of their classes. */
  @ParameterizedTest
  @EnumSource(LossFunction.class)
  void weightsOfRowsAreDifferentiatedRight(LossFunction function) {
    Loss plain = new Loss(function, 0.3f);
    for (Loss loss : List.of(plain, plain.withClassWeights(List.of(1f, 0.5f, 3f)))) {
      try (Dataset rows = Problems.clouds(100, 7, 3, 1);
          DatasetBuilder builder = DatasetBuilder.classes("weighed", 7)) {
        SeededRandom random = SeededRandom.of(5, "weights of rows");
        float[] x = new float[7];
        for (int row = 0; row < rows.size(); row++) {
          for (int i = 0; i < x.length; i++) {
            x[i] = rows.feature(row, i);
          }
          builder.addRow(x, rows.label(row));
          builder.addWeight(row % 7 == 0 ? 0 : (float) Math.exp(2 * random.nextGaussian()));
        }
        try (Dataset weighed = builder.build(3)) {
          assertAgrees(run(network(tanh(), 3), weighed, OPTIONS.loss(loss)));
        }
      }
    }
  }

  @Test
  void aSingleLogitIsDifferentiatedRight() {
    try (Dataset data = Problems.clouds(100, 7, 2, 1)) {
      TrainingOptions options = OPTIONS.loss(new Loss(LossFunction.BINARY_CROSS_ENTROPY, 1));
      assertAgrees(run(network(relu(), 1), data, options));
    }
  }

  @Test
  void normalisationsSmoothingAndWeightsAreDifferentiatedRight() {
    Network network =
        Network.of(
            7,
            dense(33),
            batchNorm(),
            relu(),
            dropout(0.25f),
            dense(20),
            layerNorm(),
            tanh(),
            dense(3));
    Loss loss = OPTIONS.loss().withLabelSmoothing(0.1).withClassWeights(List.of(1f, 2f, 0.5f));
    try (Dataset data = Problems.clouds(100, 7, 3, 1)) {
      assertAgrees(run(network, data, OPTIONS.loss(loss)));
    }
  }

  /** With gradients that were made wrong on the way. */
  private static Finding compare(Consumer<Map<String, float[]>> damage) {
    Findings findings = new Findings();
    Network network = Network.of(7, dense(33), tanh(), dense(3));
    try (Dataset data = Problems.clouds(8, 7, 3, 1);
        TrainingSession session = TrainingSession.open(network, data, OPTIONS.batchSize(8))) {
      session.step();
      Map<String, float[]> gradients = GradientCheck.elements(session.gradients());
      damage.accept(gradients);
      SampleRows rows = SampleRows.draw(data, 8, 1);
      new GradientCheck(network.graph(), OPTIONS.loss(), OPTIONS.seed(), findings, () -> {})
          .compare(session.stateDict(), rows, gradients);
    }
    return findings.diagnosis().findings().getFirst();
  }

  private static float[] of(Map<String, float[]> gradients, String path) {
    return Objects.requireNonNull(gradients.get(path), path);
  }

  private static void assertCaught(String path, Finding finding) {
    assertEquals(Severity.PROBLEM, finding.severity(), finding::text);
    assertTrue(finding.text().contains("the gradient of " + path + "["), finding::text);
  }

  @Test
  void aWrongGradientIsCaught() {
    assertEquals(Severity.OK, compare(gradients -> {}).severity());
    for (String path : new String[] {"fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"}) {
      assertCaught(path, compare(all -> scale(of(all, path), 1.001f)));
      assertCaught(path, compare(all -> scale(of(all, path), -1)));
      assertCaught(path, compare(all -> scale(of(all, path), 0.5f)));
      assertCaught(path, compare(all -> of(all, path)[0] = Float.NaN));
    }
    // A transposed weight gradient.
    assertCaught(
        "fc2.weight",
        compare(
            all -> {
              float[] g = of(all, "fc2.weight");
              float[] before = g.clone();
              for (int o = 0; o < 3; o++) {
                for (int i = 0; i < 33; i++) {
                  g[i * 3 + o] = before[o * 33 + i];
                }
              }
            }));
  }

  private static void scale(float[] gradient, float by) {
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] *= by;
    }
  }

  /** Where float32 cannot tell, nothing is claimed. */
  @Test
  void hugeNumbersAreNotJudged() {
    float[][] x = new float[100][7];
    int[] labels = new int[100];
    SeededRandom random = SeededRandom.of(5, "huge");
    for (int r = 0; r < x.length; r++) {
      labels[r] = r % 3;
      for (int i = 0; i < 7; i++) {
        x[r][i] = (float) (1e6 * random.nextGaussian());
      }
    }
    try (Dataset data = Dataset.ofClasses("huge", x, labels, 3)) {
      Finding finding = run(Network.of(7, dense(33), relu(), dense(3)), data, OPTIONS);
      assertEquals(Severity.NOTE, finding.severity(), finding::text);
      assertTrue(finding.text().startsWith("not made"), finding::text);
    }
  }

  @Test
  void theForwardPassIsTheEngines() {
    try (Dataset data = Problems.clouds(50, 7, 3, 1);
        TrainingSession session =
            TrainingSession.open(network(gelu(), 3), data, OPTIONS.batchSize(50))) {
      SampleRows rows = SampleRows.draw(data, 50, 1);
      DoubleForward at =
          DoubleForward.predicting(
              session.network().graph(), session.stateDict(), OPTIONS.loss(), rows);
      double loss = session.evaluate(data).loss();
      assertEquals(at.loss(), loss, 1e-5 * loss);
      // Over a kink, or along a smooth way.
      var weight = session.network().graph().parameters().getFirst();
      double before = StateDict.require(session.stateDict(), weight.path()).get(3);
      assertEquals(at.loss(), at.lossWith(weight, 3, 0).getAsDouble());
      session.parameter(weight.path());
      assertTrue(Math.abs(at.lossWith(weight, 3, 1 - before).getAsDouble() - at.loss()) > 0);
    }
  }

  @Test
  void aStepOverAKinkIsNoDifference() {
    try (Dataset data = Problems.clouds(50, 7, 3, 1);
        TrainingSession session =
            TrainingSession.open(network(relu(), 3), data, OPTIONS.batchSize(50))) {
      DoubleForward at =
          DoubleForward.predicting(
              session.network().graph(),
              session.stateDict(),
              OPTIONS.loss(),
              SampleRows.draw(data, 50, 1));
      var weight = session.network().graph().parameters().getFirst();
      assertTrue(at.lossWith(weight, 3, 100).isEmpty());
      assertTrue(at.lossWith(weight, 3, 1e-9).isPresent());
    }
  }
}
