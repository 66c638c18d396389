package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.data.Dataset;
import org.panagrad.io.CheckpointFolder;
import org.panagrad.io.ModelFile;
import org.panagrad.nn.Network;
import org.panagrad.optim.CycledMomentum;
import org.panagrad.optim.OneCycle;
import org.panagrad.optim.Optimizers;
import org.panagrad.optim.Schedule;

/** A momentum that a schedule sets; its values are held against PyTorch's elsewhere. */
class CycledMomentumTest {
  private static final int STEPS = 12;

  @TempDir Path dir;

  private static Network network() {
    return Network.of(12, dense(20), relu(), dense(3));
  }

  private static TrainingOptions options(String optimizer, Schedule schedule) {
    return TrainingOptions.defaults()
        .optimizer(Optimizers.byName(optimizer, 0.01f, 0.9f, 0))
        .schedule(schedule)
        .batchSize(16)
        .partitions(2);
  }

  private static String trained(Dataset data, TrainingOptions options) {
    try (TrainingSession session = TrainingSession.open(network(), data, options)) {
      new Trainer(session).epochs(2).run();
      assertEquals(STEPS, session.steps());
      return ModelFile.parametersSha256(session);
    }
  }

  /** Nothing but the number of updates decides it, so that it goes on where it was. */
  @ParameterizedTest
  @ValueSource(strings = {"momentum", "nesterov", "adam", "adamw"})
  void aTrainingGoesOnToTheSameBitsFromAnyUpdate(String optimizer) throws IOException {
    TrainingOptions options = options(optimizer, new CycledMomentum(new OneCycle(STEPS)));
    try (Dataset data = Problems.clouds(90, 12, 3, 1)) {
      String expected = trained(data, options);
      assertNotEquals(expected, trained(data, options.schedule(new OneCycle(STEPS))));
      for (int stop = 1; stop < STEPS; stop++) {
        Path folder = dir.resolve("" + stop);
        for (boolean resumed : new boolean[] {false, true}) {
          int until = resumed ? Integer.MAX_VALUE : stop;
          try (CheckpointFolder store = CheckpointFolder.open(folder, 2);
              TrainingSession session = TrainingSession.open(network(), data, options)) {
            Trainer trainer =
                new Trainer(session)
                    .epochs(2)
                    .checkpoints(store, new CheckpointPolicy(0, Duration.ofDays(1)))
                    .resume();
            trainer.stepListener(
                (done, examples, loss, accuracy) -> {
                  if (session.steps() == until) {
                    trainer.stop();
                  }
                });
            trainer.run();
            if (resumed) {
              assertEquals(expected, ModelFile.parametersSha256(session), stop + " steps before");
            }
          }
        }
      }
    }
  }

  /** Where it does not move it is the optimizer's. */
  @Test
  void aMomentumThatStandsStillIsTheOptimizersOwn() {
    OneCycle cycle = new OneCycle(STEPS);
    try (Dataset data = Problems.clouds(90, 12, 3, 1)) {
      for (String optimizer : new String[] {"momentum", "nesterov", "adam", "adamw"}) {
        // As the float that momentum is; beta1 is the double.
        double own = optimizer.startsWith("adam") ? 0.9 : 0.9f;
        assertEquals(
            trained(data, options(optimizer, cycle)),
            trained(data, options(optimizer, new CycledMomentum(cycle, own, own))),
            optimizer);
      }
    }
  }

  @Test
  void anOptimizerWithoutMomentumHasNoneToSet() {
    try (Dataset data = Problems.clouds(90, 12, 3, 1)) {
      for (String optimizer : new String[] {"sgd", "rmsprop"}) {
        TrainingOptions options = options(optimizer, new CycledMomentum(new OneCycle(STEPS)));
        IllegalArgumentException e =
            assertThrows(
                IllegalArgumentException.class,
                () -> TrainingSession.open(network(), data, options));
        assertTrue(
            String.valueOf(e.getMessage())
                .endsWith(
                    "and " + optimizer + " has none; expected momentum, nesterov, adam or adamw"),
            e.toString());
      }
    }
  }
}
