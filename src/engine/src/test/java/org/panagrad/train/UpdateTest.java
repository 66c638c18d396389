package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.dropout;
import static org.panagrad.nn.Layers.gelu;
import static org.panagrad.nn.Layers.relu;
import static org.panagrad.nn.Layers.residual;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.data.Dataset;
import org.panagrad.io.ModelFile;
import org.panagrad.nn.Network;
import org.panagrad.optim.Momentum;
import org.panagrad.optim.Penalties;
import org.panagrad.optim.ReduceOnPlateau;
import org.panagrad.optim.Sgd;
import org.panagrad.optim.StepDecay;

/** What is done with gradients before the optimizer takes them, and when. */
class UpdateTest {
  private static Network network() {
    return Network.of(37, dense(96), relu(), residual(dense(96), gelu()), dense(5));
  }

  private static TrainingOptions options() {
    return TrainingOptions.defaults()
        .optimizer(new Sgd(0.1f))
        .shuffle(false)
        .partitions(3)
        .keepGradients(true);
  }

  private static Map<String, float[]> after(Dataset data, TrainingOptions options, int steps) {
    try (TrainingSession session = TrainingSession.open(network(), data, options)) {
      for (int i = 0; i < steps; i++) {
        session.step();
      }
      Map<String, float[]> values = new LinkedHashMap<>();
      session.stateDict().forEach((path, parameter) -> values.put(path, parameter.toArray()));
      return values;
    }
  }

  /**
   * An update over several mini-batches is the update over all their rows: the same terms, summed
   * in another order. Of a sum of n terms the order changes at most 2 n u times the sum of their
   * sizes (Higham 2002, 4.2); n is the rows, and a gradient's terms add up to at most ten times the
   * largest element here, three layers deep.
   */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void severalMiniBatchesAreOneLargeOne(int parts) {
    int batch = 40;
    // The last update of the epoch has 17 rows.
    int rows = 2 * parts * batch + 17;
    try (Dataset data = Problems.clouds(rows, 37, 5, 5)) {
      TrainingOptions gathered = options().batchSize(batch).accumulate(parts);
      TrainingOptions whole = options().batchSize(parts * batch);
      assertEquals(3, gathered.updatesPerEpoch(rows));
      assertEquals(3, whole.updatesPerEpoch(rows));
      try (TrainingSession one = TrainingSession.open(network(), data, whole);
          TrainingSession several = TrainingSession.open(network(), data, gathered)) {
        for (int step = 1; step <= 6; step++) {
          double loss = one.step();
          assertEquals(loss, several.step(), 1e-5 * loss, "loss of update " + step);
          for (String path : one.gradients().keySet()) {
            float[] wanted = one.gradient(path).toArray();
            float[] found = several.gradient(path).toArray();
            double largest = 0;
            for (float g : wanted) {
              largest = Math.max(largest, Math.abs(g));
            }
            for (int i = 0; i < wanted.length; i++) {
              assertEquals(
                  wanted[i],
                  found[i],
                  step * 2 * parts * batch * 0x1p-24 * 10 * largest,
                  path + "[" + i + "], update " + step);
            }
          }
        }
        assertEquals(6, several.steps());
      }
    }
  }

  /** Otherwise the mini-batches of an update would all drop the same. */
  @Test
  void eachMiniBatchOfAnUpdateDropsOtherUnits() {
    // The same row over and over: gradients of mini-batches differ by their masks alone.
    float[][] x = new float[8][37];
    for (float[] row : x) {
      Arrays.fill(row, 1);
    }
    Network dropping = Network.of(37, dense(64), dropout(0.5f), dense(2));
    try (Dataset data = Dataset.ofClasses("same", x, new int[] {0, 1, 0, 1, 0, 1, 0, 1}, 2)) {
      float[] one = gradientOf(dropping, data, options().batchSize(2));
      float[] four = gradientOf(dropping, data, options().batchSize(2).accumulate(4));
      int dropped = 0;
      int droppedByAll = 0;
      for (int i = 0; i < 64; i++) {
        dropped += one[i * 37] == 0 ? 1 : 0;
        droppedByAll += four[i * 37] == 0 ? 1 : 0;
      }
      // Of two rows a quarter of the units are dropped in both, of eight one in 256.
      assertTrue(dropped > 4, "" + dropped);
      assertTrue(droppedByAll < dropped / 2, droppedByAll + " of " + dropped);
    }
  }

  private static float[] gradientOf(Network network, Dataset data, TrainingOptions options) {
    try (TrainingSession session = TrainingSession.open(network, data, options)) {
      session.step();
      return session.gradient("fc1.weight").toArray();
    }
  }

  @Test
  void theNormIsThatOfAllGradientsAndTheyAreScaledToTheBound() {
    try (Dataset data = Problems.clouds(256, 37, 5, 5)) {
      double norm = 0;
      try (TrainingSession session = TrainingSession.open(network(), data, options())) {
        session.step();
        for (String path : session.gradients().keySet()) {
          for (float g : session.gradient(path).toArray()) {
            norm += (double) g * g;
          }
        }
        norm = Math.sqrt(norm);
      }
      float bound = (float) (norm / 3);
      try (TrainingSession session =
          TrainingSession.open(network(), data, options().clipNorm(bound))) {
        session.step();
        assertEquals(norm, session.gradientNorm(), 1e-5 * norm);
        double clipped = 0;
        for (String path : session.gradients().keySet()) {
          for (float g : session.gradient(path).toArray()) {
            clipped += (double) g * g;
          }
        }
        assertEquals(bound, Math.sqrt(clipped), 1e-5 * bound);
      }
    }
  }

  @Test
  void noElementIsPastTheValue() {
    try (Dataset data = Problems.clouds(256, 37, 5, 5);
        TrainingSession session =
            TrainingSession.open(network(), data, options().clipValue(0.001f))) {
      session.step();
      int at = 0;
      for (String path : session.gradients().keySet()) {
        for (float g : session.gradient(path).toArray()) {
          assertTrue(Math.abs(g) <= 0.001f, path + " " + g);
          at += Math.abs(g) == 0.001f ? 1 : 0;
        }
      }
      assertTrue(at > 100, "" + at);
    }
  }

  /** Elements first, then the norm of what is left. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void elementsAreBroughtIntoTheirBoundBeforeTheNormIsTaken(int parts) {
    float most = 0.001f;
    TrainingOptions options = options().batchSize(128).accumulate(parts);
    try (Dataset data = Problems.clouds(256, 37, 5, 5)) {
      Map<String, float[]> expected = new LinkedHashMap<>();
      double norm = 0;
      int bounded = 0;
      try (TrainingSession session = TrainingSession.open(network(), data, options)) {
        session.step();
        for (String path : session.gradients().keySet()) {
          float[] gradient = session.gradient(path).toArray();
          for (int i = 0; i < gradient.length; i++) {
            bounded += Math.abs(gradient[i]) > most ? 1 : 0;
            gradient[i] = Math.clamp(gradient[i], -most, most);
            norm += (double) gradient[i] * gradient[i];
          }
          expected.put(path, gradient);
        }
        norm = Math.sqrt(norm);
      }
      assertTrue(bounded > 100, "" + bounded);
      float bound = (float) (norm / 2);
      try (TrainingSession session =
          TrainingSession.open(network(), data, options.clipNorm(bound).clipValue(most))) {
        session.step();
        assertEquals(norm, session.gradientNorm(), 1e-5 * norm);
        for (Map.Entry<String, float[]> gradient : expected.entrySet()) {
          String path = gradient.getKey();
          float[] found = session.gradient(path).toArray();
          float[] wanted = gradient.getValue();
          for (int i = 0; i < found.length; i++) {
            double half = wanted[i] * (bound / (norm + 1e-6));
            assertEquals(half, found[i], 1e-5 * most, path + "[" + i + "]");
          }
        }
      }
    }
  }

  /** Skipping measures the norm, and that is no reason to forget the bound of elements. */
  @Test
  void elementsHaveTheirBoundWhereUpdatesMayBeSkippedToo() {
    try (Dataset data = Problems.clouds(256, 37, 5, 5)) {
      TrainingOptions clipped = options().clipValue(0.001f);
      Map<String, float[]> expected = after(data, clipped, 2);
      Map<String, float[]> found = after(data, clipped.onNonFinite(OnNonFinite.SKIP), 2);
      Map<String, float[]> unclipped = after(data, options().onNonFinite(OnNonFinite.SKIP), 2);
      for (String path : expected.keySet()) {
        assertEquals(Arrays.toString(expected.get(path)), Arrays.toString(found.get(path)), path);
        assertNotEquals(Arrays.toString(unclipped.get(path)), Arrays.toString(found.get(path)));
      }
    }
  }

  /** No clipping, no accumulation: the plan is the one it was, the update its own product. */
  @Test
  void plansWithoutThemHaveNothingOfThem() {
    try (Dataset data = Problems.clouds(256, 37, 5, 5)) {
      TrainingOptions plain = options().keepGradients(false);
      String plan = plan(data, plain);
      assertTrue(plan.contains("fc1 weight gradient and update"), plan);
      for (String word : List.of("squares", "norm", "clip", "gather")) {
        assertTrue(!plan.contains(word), plan);
      }
      TrainingOptions noBias = plain.optimizer(new Sgd(0.1f, 0.01f));
      assertEquals(plan, plan(data, noBias.penalties(Penalties.NONE.vectors(false))));
      assertEquals(plan, plan(data, noBias.penalties(Penalties.NONE.decoupled(true))));
    }
  }

  /** The updates wait for the norm, which takes one meeting at most, not one per parameter. */
  @Test
  void theNormCostsNoMoreThanOneMeeting() {
    try (Dataset data = Problems.clouds(256, 37, 5, 5)) {
      TrainingOptions kept = options().optimizer(new Momentum(0.1f, 0.9f, false, 0));
      try (TrainingSession before = TrainingSession.open(network(), data, kept);
          TrainingSession clipped = TrainingSession.open(network(), data, kept.clipNorm(1))) {
        int phases = clipped.plan().phases();
        assertTrue(phases <= before.plan().phases() + 1, clipped.plan().toString());
      }
    }
  }

  private static String plan(Dataset data, TrainingOptions options) {
    try (TrainingSession session = TrainingSession.open(network(), data, options)) {
      return session.plan().toString();
    }
  }

  @Test
  void biasesAreLeftAloneOnRequest() {
    try (Dataset data = Problems.clouds(256, 37, 5, 5)) {
      TrainingOptions plain = options();
      TrainingOptions decayed = options().optimizer(new Sgd(0.1f, 0.5f));
      Map<String, float[]> without = after(data, plain, 1);
      Map<String, float[]> all = after(data, decayed, 1);
      Map<String, float[]> weights =
          after(data, decayed.penalties(Penalties.NONE.vectors(false)), 1);
      for (String path : without.keySet()) {
        String bits = Arrays.toString(weights.get(path));
        boolean bias = path.endsWith("bias");
        assertEquals(bits, Arrays.toString((bias ? without : all).get(path)), path);
        assertNotEquals(bits, Arrays.toString((bias ? all : without).get(path)), path);
      }
    }
  }

  @Test
  void theScheduleSetsTheRateOfEachUpdate() {
    try (Dataset data = Problems.clouds(256, 37, 5, 5);
        TrainingSession session =
            TrainingSession.open(
                network(), data, options().batchSize(128).schedule(new StepDecay(2, 0.5)))) {
      assertEquals(0.1f, session.learningRate());
      for (float rate : new float[] {0.1f, 0.1f, 0.05f, 0.05f, 0.025f}) {
        session.step();
        assertEquals(rate, session.learningRate(), 1e-9f);
      }
      session.learningRate(0.4f);
      session.step();
      assertEquals(0.1f, session.learningRate(), 1e-9f);
    }
  }

  @Test
  void aPlateauIsRememberedByWhoGoesOn() {
    try (Dataset data = Problems.clouds(256, 37, 5, 5)) {
      TrainingOptions options = options().schedule(new ReduceOnPlateau(0.5, 1, 0, 0, 0));
      try (TrainingSession first = TrainingSession.open(network(), data, options);
          TrainingSession second = TrainingSession.open(network(), data, options)) {
        first.observeValidation(1);
        first.observeValidation(2);
        second.scheduleState(first.scheduleState());
        first.observeValidation(3);
        second.observeValidation(3);
        first.step();
        second.step();
        assertEquals(0.05f, first.learningRate());
        assertEquals(0.05f, second.learningRate());
        assertEquals(ModelFile.parametersSha256(first), ModelFile.parametersSha256(second));
      }
    }
  }

  @Test
  void optionsThatMakeNoSenseAreRefused() {
    TrainingOptions options = options();
    assertThrows(IllegalArgumentException.class, () -> options.clipNorm(-1));
    assertThrows(IllegalArgumentException.class, () -> options.clipValue(Float.NaN));
    assertThrows(IllegalArgumentException.class, () -> options.accumulate(0));
    assertThrows(IllegalArgumentException.class, () -> new Penalties(-1, false, true));
    try (Dataset data = Problems.clouds(256, 37, 5, 5);
        TrainingSession session = TrainingSession.open(network(), data, options)) {
      assertThrows(IllegalStateException.class, session::gradientNorm);
    }
  }

  /** Evaluations share the workspace that the norm is computed in. */
  @Test
  void theNormIsTheStepsAlsoAfterAnEvaluation() {
    try (Dataset data = Problems.clouds(64, 50, 3, 1);
        Dataset other = Problems.clouds(33, 50, 3, 2)) {
      for (boolean shuffle : new boolean[] {false, true}) {
        TrainingOptions options = options().batchSize(16).shuffle(shuffle).clipNorm(1);
        try (TrainingSession session =
            TrainingSession.open(Network.of(50, dense(3)), data, options)) {
          assertTrue(Double.isNaN(session.gradientNorm()));
          session.step();
          double norm = session.gradientNorm();
          assertTrue(norm > 0 && norm < 100, norm + "");
          session.evaluate(other);
          session.profile(2);
          assertEquals(norm, session.gradientNorm());
        }
      }
    }
  }
}
