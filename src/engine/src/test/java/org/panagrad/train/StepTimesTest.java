package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.dropout;
import static org.panagrad.nn.Layers.relu;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.data.Dataset;
import org.panagrad.io.ModelFile;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Momentum;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.Sgd;
import org.panagrad.plan.Step;

/** Timing steps tells where their time goes, and is not seen in the training. */
class StepTimesTest {
  private static TrainingSession open(Dataset data, Optimizer optimizer) {
    return TrainingSession.open(
        Network.of(5, dense(33), relu(), dropout(0.5f), dense(3)),
        data,
        TrainingOptions.defaults().optimizer(optimizer).batchSize(16).partitions(2).threads(2));
  }

  static Stream<Optimizer> optimizers() {
    return Stream.of(new Sgd(0.1f), new Momentum(0.1f, 0.9f, false, 0), new Adam(0.01f));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void theTrainingGoesOnAsIfNothingHadBeen(Optimizer optimizer) {
    try (Dataset data = Problems.clouds(101, 5, 3, 1);
        TrainingSession plain = open(data, optimizer);
        TrainingSession timed = open(data, optimizer)) {
      timed.profile(3);
      for (int epoch = 0; epoch < 2; epoch++) {
        plain.epoch();
        timed.step();
        timed.profile(9);
        timed.epoch();
        assertEquals(plain.steps(), timed.steps());
        assertEquals(
            ModelFile.parametersSha256(plain), ModelFile.parametersSha256(timed), "epoch " + epoch);
      }
    }
  }

  @Test
  void theTimesAreThoseOfTheSteps() {
    try (Dataset data = Problems.clouds(101, 5, 3, 1);
        TrainingSession session = open(data, new Adam(0.01f))) {
      long begin = System.nanoTime();
      StepTimes times = session.profile(20);
      double seconds = (System.nanoTime() - begin) / 1e9;
      assertEquals(20, times.steps());
      // Three steps before do not count; the seventh of an epoch has 5 rows.
      assertEquals(17 * 16 + 3 * 5, times.examples());
      assertTrue(times.seconds() > 0 && times.seconds() <= seconds);
      for (Step.Category category : Step.Category.values()) {
        assertTrue(times.byCategory().getOrDefault(category, 0.0) > 0, category.name());
      }
      double parts =
          times.waiting() + times.byCategory().values().stream().mapToDouble(s -> s).sum();
      assertTrue(parts <= times.seconds(), parts + " of " + times.seconds());
      assertEquals(times.seconds(), parts + times.other(), 1e-12);
      assertThrows(IllegalArgumentException.class, () -> session.profile(0));
    }
  }
}
