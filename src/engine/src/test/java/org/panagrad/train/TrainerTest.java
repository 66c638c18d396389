package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.io.ModelFile;
import org.panagrad.memory.NativeMemoryLimitException;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;
import org.panagrad.optim.ReduceOnPlateau;

/** The loop over epochs: what it tells, when it ends, and with which weights. */
@Timeout(60)
class TrainerTest {
  // 90 rows in batches of 16: the last of an epoch is short. The second set is of other clouds, so
  // that training soon makes things worse there.
  private final Dataset data = Problems.clouds(90, 12, 3, 1);
  private final Dataset validation = Problems.clouds(40, 12, 3, 2);

  @AfterEach
  void close() {
    data.close();
    validation.close();
  }

  private static Network network() {
    return Network.of(12, dense(20), relu(), dense(3));
  }

  private static TrainingOptions options() {
    return TrainingOptions.defaults()
        .batchSize(16)
        .threads(2)
        .partitions(2)
        .optimizer(new Adam(0.01f));
  }

  private TrainingSession session() {
    return TrainingSession.open(network(), data, options());
  }

  private static Map<String, float[]> weights(TrainingSession session) {
    Map<String, float[]> weights = new HashMap<>();
    session.stateDict().forEach((path, parameter) -> weights.put(path, parameter.toArray()));
    return weights;
  }

  @Test
  void trainsAsEpochsDoAndTellsOfEach() {
    List<TrainingEvent> events = new ArrayList<>();
    int[] steps = new int[1];
    try (TrainingSession trained = session();
        TrainingSession byHand = session()) {
      TrainingResult result =
          new Trainer(trained)
              .epochs(3)
              .validation(validation)
              .listener(events::add)
              .stepListener((done, examples, loss, accuracy) -> steps[0]++)
              .run();
      assertEquals(StopReason.ALL_EPOCHS, result.reason());
      assertEquals(0, result.bestEpoch());
      assertEquals(18, steps[0]);
      assertEquals(3, result.history().size());
      for (int epoch = 0; epoch < 3; epoch++) {
        EpochResult expected = byHand.epoch();
        TrainingEvent.EpochEnded told = result.history().get(epoch);
        assertEquals(expected.epoch(), told.training().epoch());
        assertEquals(90, told.training().examples());
        assertEquals(expected.loss(), told.training().loss());
        assertEquals(expected.accuracy(), told.training().accuracy());
        assertEquals(byHand.evaluate(validation), told.validation());
        assertEquals(byHand.steps(), told.step());
        assertEquals(0.01f, told.learningRate());
      }
      assertEquals(ModelFile.parametersSha256(byHand), ModelFile.parametersSha256(trained));
      assertEquals(5, events.size());
      assertEquals(new TrainingEvent.Started(trained, 3, 0), events.getFirst());
      assertEquals(result.history(), events.subList(1, 4));
      assertEquals(new TrainingEvent.Stopped("all epochs", 3, 0), events.getLast());
    }
  }

  @Test
  void stepsAreToldOfAsTheEpochGoesOn() {
    List<Integer> done = new ArrayList<>();
    try (TrainingSession session = session()) {
      TrainingResult result =
          new Trainer(session)
              .epochs(2)
              .stepListener(
                  (rows, examples, loss, accuracy) -> {
                    assertEquals(90, examples);
                    assertTrue(Double.isFinite(loss) && accuracy >= 0 && accuracy <= 1);
                    done.add(rows);
                  })
              .run();
      assertEquals(List.of(16, 32, 48, 64, 80, 90, 16, 32, 48, 64, 80, 90), done);
      assertNull(result.history().getFirst().validation());
    }
  }

  @Test
  void goesOnWhereASessionAlreadyIs() {
    try (TrainingSession session = session()) {
      session.epoch();
      session.step();
      TrainingResult result = new Trainer(session).epochs(3).run();
      assertEquals(
          List.of(2, 3), result.history().stream().map(e -> e.training().epoch()).toList());
      assertEquals(18, session.steps());
      assertEquals(List.of(), new Trainer(session).epochs(2).run().history());
    }
  }

  @Test
  void stopsEarlyWithTheWeightsOfTheBestEpoch() {
    for (Monitor monitor : Monitor.values()) {
      try (TrainingSession session = session()) {
        List<Map<String, float[]>> weights = new ArrayList<>();
        TrainingResult result =
            new Trainer(session)
                .epochs(200)
                .validation(validation)
                .earlyStopping(new EarlyStopping(monitor, 4, 0))
                .listener(
                    event -> {
                      if (event instanceof TrainingEvent.EpochEnded) {
                        weights.add(weights(session));
                      }
                    })
                .run();
        assertEquals(StopReason.EARLY_STOPPING, result.reason());
        int best = 0;
        for (int i = 1; i < result.history().size(); i++) {
          if (monitor.improves(value(result, i, monitor), value(result, best, monitor), 0)) {
            best = i;
          }
        }
        assertEquals(best + 1, result.bestEpoch());
        assertEquals(best + 1 + 4, result.history().size());
        weights
            .get(best)
            .forEach(
                (path, values) ->
                    assertArrayEquals(values, session.parameter(path).toArray(), path));
        assertEquals(result.history().get(best).validation(), session.evaluate(validation));
      }
    }
  }

  private static double value(TrainingResult result, int epoch, Monitor monitor) {
    Evaluation evaluation = result.history().get(epoch).validation();
    assertNotNull(evaluation);
    return monitor.of(evaluation);
  }

  /** A gain below the least that counts is none: then the first epoch is the best. */
  @Test
  void smallGainsDoNotCount() {
    try (TrainingSession session = session()) {
      TrainingResult result =
          new Trainer(session)
              .epochs(50)
              .validation(data)
              .earlyStopping(new EarlyStopping(Monitor.LOSS, 3, 1e6))
              .run();
      assertEquals(1, result.bestEpoch());
      assertEquals(4, result.history().size());
    }
  }

  /** Without enough epochs to run out of patience the best is chosen all the same. */
  @Test
  void theBestOfAllEpochsIsTakenToo() {
    try (TrainingSession session = session()) {
      TrainingResult result =
          new Trainer(session)
              .epochs(2)
              .validation(validation)
              .earlyStopping(new EarlyStopping(100))
              .run();
      assertEquals(StopReason.ALL_EPOCHS, result.reason());
      assertTrue(result.bestEpoch() > 0);
    }
  }

  @Test
  void whatIsNoNumberIsNeverBetter() {
    for (Monitor monitor : Monitor.values()) {
      assertFalse(monitor.improves(Double.NaN, 0.5, 0));
      assertFalse(monitor.improves(Double.NaN, Double.NaN, 0));
      assertTrue(monitor.improves(0.5, Double.NaN, 0));
      assertFalse(monitor.improves(0.5, 0.5, 0));
      assertEquals(monitor, Monitor.byName(monitor.label()));
    }
    assertTrue(Monitor.LOSS.improves(0.3, 0.5, 0.1));
    assertFalse(Monitor.LOSS.improves(0.45, 0.5, 0.1));
    assertTrue(Monitor.ACCURACY.improves(0.7, 0.5, 0.1));
    assertFalse(Monitor.ACCURACY.improves(0.55, 0.5, 0.1));
    assertThrows(IllegalArgumentException.class, () -> Monitor.byName("f1"));
  }

  @Test
  void earlyStoppingNeedsSomethingToLookAt() {
    try (TrainingSession session = session()) {
      Trainer none = new Trainer(session).earlyStopping(new EarlyStopping(1));
      assertTrue(
          String.valueOf(assertThrows(DataException.class, none::run).getMessage())
              .contains("validation set"));
    }
    try (Dataset values = Dataset.ofValues("values", new float[20][12], new float[20][3]);
        TrainingSession session =
            TrainingSession.open(
                network(), values, options().loss(Losses.halfMeanSquaredError()))) {
      Trainer byAccuracy =
          new Trainer(session)
              .validation(values)
              .earlyStopping(new EarlyStopping(Monitor.ACCURACY, 1, 0));
      assertTrue(
          String.valueOf(assertThrows(DataException.class, byAccuracy::run).getMessage())
              .contains("expected classes, found values"));
    }
    assertThrows(IllegalArgumentException.class, () -> new EarlyStopping(0));
    for (double gain : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> new EarlyStopping(Monitor.LOSS, 1, gain));
    }
  }

  @Test
  void theBestWeightsAreCountedAsNativeMemory() {
    long planned;
    try (TrainingSession session = session()) {
      planned = session.memoryReport().bytes();
      new Trainer(session)
          .epochs(1)
          .validation(validation)
          .earlyStopping(new EarlyStopping(1))
          .run();
      long more = session.memoryReport().bytes() - planned;
      assertTrue(more >= 4 * session.network().parameterCount(), more + " bytes");
      // Another trainer of the session takes no more.
      new Trainer(session)
          .epochs(2)
          .validation(validation)
          .earlyStopping(new EarlyStopping(1))
          .run();
      assertEquals(planned + more, session.memoryReport().bytes());
    }
    try (TrainingSession session =
        TrainingSession.open(network(), data, options().maxNativeBytes(planned))) {
      Trainer trainer =
          new Trainer(session).validation(validation).earlyStopping(new EarlyStopping(1));
      assertThrows(NativeMemoryLimitException.class, trainer::run);
    }
  }

  @Test
  void anotherThreadStopsItAfterTheStep() throws Exception {
    for (int round = 0; round < 20; round++) {
      try (TrainingSession session = session()) {
        CountDownLatch running = new CountDownLatch(1 + round);
        Trainer trainer =
            new Trainer(session)
                .epochs(1_000_000)
                .validation(validation)
                .stepListener((done, examples, loss, accuracy) -> running.countDown());
        AtomicReference<TrainingResult> result = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().start(() -> result.set(trainer.run()));
        running.await();
        trainer.stop();
        thread.join();
        assertEquals(StopReason.INTERRUPTED, result.get().reason());
        assertTrue(session.steps() >= 1 + round);
        // The session goes on from there.
        assertTrue(Double.isFinite(session.step()));
      }
    }
  }

  @Test
  void othersMayLookAtTheSessionMeanwhileButNotTrainIt() throws Exception {
    try (TrainingSession session = session()) {
      CountDownLatch running = new CountDownLatch(1);
      Trainer trainer =
          new Trainer(session)
              .epochs(1_000_000)
              .stepListener((done, examples, loss, accuracy) -> running.countDown());
      RunningTraining training = RunningTraining.of(trainer);
      running.await();
      for (int i = 0; i < 5; i++) {
        assertTrue(Double.isFinite(session.evaluate(validation).loss()));
        assertNotNull(ModelFile.parametersSha256(session));
      }
      session.step();
      assertTrue(training.failure().contains("somebody else trains it"));
    }
  }

  @Test
  void aTrainerRunsOnce() {
    try (TrainingSession session = session()) {
      Trainer trainer = new Trainer(session).epochs(1);
      trainer.run();
      assertThrows(IllegalStateException.class, trainer::run);
      assertThrows(IllegalArgumentException.class, () -> trainer.epochs(0));
    }
  }

  @Test
  void aListenerThatThrowsEndsTheTraining() {
    try (TrainingSession session = session()) {
      Trainer trainer =
          new Trainer(session)
              .listener(
                  event -> {
                    if (event instanceof TrainingEvent.EpochEnded) {
                      throw new ArithmeticException();
                    }
                  });
      assertThrows(ArithmeticException.class, trainer::run);
      assertEquals(1, session.epochs());
    }
  }

  @Test
  void aPlateauIsOfAValidationSet() {
    TrainingOptions options =
        TrainingOptions.defaults().batchSize(16).schedule(new ReduceOnPlateau());
    try (Dataset data = Problems.clouds(64, 4, 2, 1);
        TrainingSession session = TrainingSession.open(Network.of(4, dense(2)), data, options)) {
      Trainer trainer = new Trainer(session);
      String message = assertThrows(DataException.class, trainer::run).getMessage();
      assertTrue(message.startsWith("the plateau schedule looks at a validation set"), message);
      assertEquals(0, session.steps());
    }
  }

  @Test
  void theModelSaysWhoseWeightsItHas() {
    try (Dataset data = Problems.clouds(64, 4, 2, 1);
        Dataset other = Problems.clouds(40, 4, 2, 2);
        TrainingSession session =
            TrainingSession.open(
                Network.of(4, dense(2)), data, TrainingOptions.defaults().batchSize(16))) {
      TrainingResult result =
          new Trainer(session)
              .epochs(2)
              .validation(other)
              .earlyStopping(new EarlyStopping(5))
              .run();
      assertTrue(result.bestEpoch() > 0);
      String best = Integer.toString(result.bestEpoch());
      assertEquals(best, session.describe().run().get("keptEpoch"));
      session.step();
      assertFalse(session.describe().run().containsKey("keptEpoch"));
    }
  }
}
