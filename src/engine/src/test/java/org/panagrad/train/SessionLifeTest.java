package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.panagrad.data.BatchOrder;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.DatasetBuilder;
import org.panagrad.data.FeatureMap;
import org.panagrad.graph.ShapeException;
import org.panagrad.io.ModelFile;
import org.panagrad.memory.NativeMemory;
import org.panagrad.memory.NativeMemoryLimitException;
import org.panagrad.memory.ProcessMemory;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.nn.Parameter;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Sgd;

/** How sessions begin, fail and end. */
@Timeout(60)
class SessionLifeTest {
  private Dataset data = Problems.clouds(90, 12, 3, 1);
  private long before;

  @BeforeEach
  void count() {
    before = NativeMemory.processBytes();
  }

  @AfterEach
  void nothingIsLeft() {
    ProcessMemory.assertNoMoreThan(before);
    assertEquals(
        List.of(),
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(name -> name.startsWith("panagrad-worker"))
            .toList());
    data.close();
  }

  private static Network network() {
    return Network.of(12, dense(40), relu(), dense(3));
  }

  private static TrainingOptions options() {
    return TrainingOptions.defaults().batchSize(16).threads(2).partitions(3);
  }

  private static String message(Class<? extends Throwable> type, Runnable action) {
    return String.valueOf(assertThrows(type, action::run).getMessage());
  }

  @Test
  void memoryIsThatOfTheReportAndGoesBack() {
    try (TrainingSession session =
        TrainingSession.open(network(), data, options().optimizer(new Adam(0.01f)))) {
      ProcessMemory.assertNoMoreThan(before + session.memoryReport().bytes());
      session.epoch();
      session.evaluate(data);
      ProcessMemory.assertNoMoreThan(before + session.memoryReport().bytes());
    }
  }

  /** Rows in their order are read in place, others are copied: one training, both ways. */
  @Test
  void rowsReadInPlaceTrainTheSameAsCopiedRows() {
    Dataset shifted = Problems.clouds(90, 12, 3, 1).subset(7, 87);
    Map<String, float[]> inPlace = train(shifted, options().shuffle(false));
    // The same rows in the same order, but in bytes' form they would have to be copied: so are
    // those of a shuffled epoch, which here is undone by sorting the data into that order.
    MemorySegment rows = Arena.ofAuto().allocate(BatchOrder.bytes(80), 4);
    BatchOrder order = BatchOrder.shuffled(rows, 80, options().seed());
    order.startEpoch(0);
    float[][] features = new float[80][12];
    int[] labels = new int[80];
    for (int i = 0; i < 80; i++) {
      int row = rows.getAtIndex(ValueLayout.JAVA_INT, i);
      for (int k = 0; k < 12; k++) {
        features[row][k] = shifted.feature(i, k);
      }
      labels[row] = shifted.label(i);
    }
    Dataset arranged = Dataset.ofClasses("arranged", features, labels, 3);
    Map<String, float[]> copied = train(arranged, options().shuffle(true));
    inPlace.forEach((path, values) -> assertArrayEquals(values, copied.get(path), path));
    arranged.close();
    shifted.close();
  }

  private static Map<String, float[]> train(Dataset set, TrainingOptions options) {
    try (TrainingSession session = TrainingSession.open(network(), set, options)) {
      session.epoch();
      Map<String, float[]> values = new LinkedHashMap<>();
      session.stateDict().forEach((path, parameter) -> values.put(path, parameter.toArray()));
      return values;
    }
  }

  /** Products get addresses: the memory must outlive the step, or the process would crash. */
  @Test
  void aDatasetClosedWhileItIsReadInPlaceKeepsItsMemoryUntilTheStepEnds() throws Exception {
    for (int i = 0; i < 50; i++) {
      Dataset set = Problems.clouds(400, 12, 3, i);
      try (TrainingSession session =
          TrainingSession.open(network(), set, options().shuffle(false))) {
        CountDownLatch running = new CountDownLatch(1);
        Thread closer =
            new Thread(
                () -> {
                  try {
                    running.await();
                  } catch (InterruptedException e) {
                    return;
                  }
                  set.close();
                });
        closer.start();
        IllegalStateException closed =
            assertThrows(
                IllegalStateException.class,
                () -> {
                  while (true) {
                    session.step();
                    running.countDown();
                  }
                });
        assertTrue(String.valueOf(closed.getMessage()).contains("closed"), closed.getMessage());
        closer.join();
      }
    }
  }

  /** Kernels that turn bytes into floats go by address, too. */
  @Test
  void aDatasetClosedWhileItIsEvaluatedKeepsItsMemoryUntilThatEnds() {
    try (TrainingSession session = TrainingSession.open(network(), data, options());
        DatasetBuilder builder = DatasetBuilder.byteClasses("bytes", 12, FeatureMap.PIXELS)) {
      for (int row = 0; row < 100; row++) {
        builder.addRow(new byte[12], row % 3);
      }
      Dataset set = builder.build(3);
      long with = NativeMemory.processBytes();
      AtomicLong closed = new AtomicLong();
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class,
              () ->
                  session.evaluate(
                      set,
                      () -> {
                        set.close();
                        closed.set(NativeMemory.processBytes());
                      }));
      assertEquals("bytes: the dataset is closed", e.getMessage());
      assertEquals(with, closed.get(), "freed while rows are read");
      assertTrue(NativeMemory.processBytes() < with, "not freed after that");
    }
  }

  @Test
  void stepsAndEpochsTrainTheSame() {
    try (TrainingSession byEpoch = TrainingSession.open(network(), data, options());
        TrainingSession byStep = TrainingSession.open(network(), data, options())) {
      EpochResult first = byEpoch.epoch();
      byEpoch.epoch();
      // 90 rows in batches of 16 are six steps; the second epoch is begun by steps and ended as
      // one.
      double sum = 0;
      for (int step = 0; step < 6; step++) {
        sum += byStep.step() * Math.min(16, 90 - 16 * step);
      }
      assertEquals(first.loss(), sum / 90, 1e-12);
      byStep.step();
      byStep.step();
      EpochResult second = byStep.epoch();
      assertEquals(2, second.epoch());
      assertEquals(90 - 32, second.examples());
      assertEquals(byEpoch.steps(), byStep.steps());
      assertEquals(ModelFile.parametersSha256(byEpoch), ModelFile.parametersSha256(byStep));
    }
  }

  @Test
  void theLimitIsKnownBeforeMemoryIsTaken() {
    long planned;
    try (TrainingSession session = TrainingSession.open(network(), data, options())) {
      planned = session.memoryReport().bytes();
    }
    TrainingOptions tight = options().maxNativeBytes(planned - 1);
    NativeMemoryLimitException e =
        assertThrows(
            NativeMemoryLimitException.class, () -> TrainingSession.open(network(), data, tight));
    assertEquals(planned, e.requestedBytes());
    assertEquals(planned - 1, e.limitBytes());
    assertFalse(String.valueOf(e.getMessage()).contains("\n"));
    ProcessMemory.assertNoMoreThan(before);
    TrainingSession.open(network(), data, options().maxNativeBytes(planned)).close();
  }

  @Test
  void afterCloseEverythingSaysSo() {
    TrainingSession session = TrainingSession.open(network(), data, options().keepGradients(true));
    session.epoch();
    Parameter weight = session.parameter("fc1.weight");
    Parameter gradient = session.gradient("fc1.weight");
    session.close();
    session.close();
    assertThrows(IllegalStateException.class, session::epoch);
    assertThrows(IllegalStateException.class, () -> session.evaluate(data));
    assertThrows(IllegalStateException.class, () -> weight.get(0));
    assertThrows(IllegalStateException.class, weight::toArray);
    assertThrows(IllegalStateException.class, () -> weight.set(new float[weight.elements()]));
    assertThrows(IllegalStateException.class, () -> gradient.get(0));
    assertThrows(IllegalStateException.class, () -> ModelFile.parametersSha256(session));
  }

  @Test
  void closingFromAnotherThreadEndsTheEpochCleanly() throws InterruptedException {
    for (int round = 0; round < 30; round++) {
      TrainingSession session =
          TrainingSession.open(network(), data, options().batchSize(1).threads(1 + round % 3));
      CountDownLatch running = new CountDownLatch(1);
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread trainer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      while (true) {
                        session.epoch((done, examples, loss, accuracy) -> running.countDown());
                      }
                    } catch (IllegalStateException closed) {
                      thrown.set(closed);
                    }
                  });
      running.await();
      List<Thread> closers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        closers.add(Thread.ofPlatform().start(session::close));
      }
      for (Thread closer : closers) {
        closer.join();
      }
      trainer.join();
      assertEquals("the training session is closed", String.valueOf(thrown.get().getMessage()));
      ProcessMemory.assertNoMoreThan(before);
    }
  }

  @Test
  void closingInTheListenerEndsTheEpoch() {
    TrainingSession session = TrainingSession.open(network(), data, options());
    assertThrows(
        IllegalStateException.class,
        () -> session.epoch((done, examples, loss, accuracy) -> session.close()));
  }

  @Test
  void aListenerThatThrowsLeavesTheSessionUsable() {
    try (TrainingSession session = TrainingSession.open(network(), data, options())) {
      assertThrows(
          ArithmeticException.class,
          () ->
              session.epoch(
                  (done, examples, loss, accuracy) -> {
                    throw new ArithmeticException();
                  }));
      assertTrue(Double.isFinite(session.epoch().loss()));
    }
  }

  @Test
  void aDataSetClosedMeanwhileEndsTheEpochNotTheProcess() {
    Dataset other = Problems.clouds(90, 12, 3, 1);
    try (TrainingSession session = TrainingSession.open(network(), other, options())) {
      assertThrows(
          IllegalStateException.class,
          () -> session.epoch((done, examples, loss, accuracy) -> other.close()));
      assertThrows(IllegalStateException.class, session::epoch);
    }
  }

  @Test
  void severalThreadsTakeTurns() throws InterruptedException {
    try (TrainingSession session = TrainingSession.open(network(), data, options())) {
      List<Thread> threads = new ArrayList<>();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      for (int i = 0; i < 4; i++) {
        boolean trains = i % 2 == 0;
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      try {
                        for (int run = 0; run < 20; run++) {
                          double loss =
                              trains ? session.epoch().loss() : session.evaluate(data).loss();
                          assertTrue(Double.isFinite(loss));
                        }
                      } catch (Throwable t) {
                        failure.set(t);
                      }
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertNull(failure.get());
      assertEquals(2 * 20 * 6, session.steps());
    }
  }

  @Test
  void batchesLargerThanTheSetAreRefused() {
    assertEquals(
        "clouds: batch size 91 is larger than the set, expected at most its 90 rows",
        message(
            DataException.class,
            () -> TrainingSession.open(network(), data, options().batchSize(91))));
  }

  @Test
  void shapesThatDoNotFitAreNamed() {
    assertEquals(
        "fc2 (Dense 256 -> 10): input (*, 128), expected (*, 256); produced by relu1",
        message(ShapeException.class, () -> Network.of(784, dense(128), relu(), dense(256, 10))));
    assertEquals(
        "clouds: rows of 12 features, expected 13 as the network's input (*, 13)",
        message(
            ShapeException.class,
            () -> TrainingSession.open(Network.of(13, dense(3)), data, options())));
    assertEquals(
        "fc1: 4 outputs, expected 3 for the 3 classes of clouds",
        message(
            ShapeException.class,
            () -> TrainingSession.open(Network.of(12, dense(4)), data, options())));
    assertEquals(
        "extent",
        message(ShapeException.class, () -> Network.of(0, dense(4)))
            .replaceAll(".*(extent).*", "$1"));
    try (Dataset other = Problems.clouds(20, 11, 3, 1);
        TrainingSession session = TrainingSession.open(network(), data, options())) {
      assertThrows(ShapeException.class, () -> session.evaluate(other));
    }
  }

  @Test
  void oneClassIsNothingToLearn() {
    float[][] x = new float[20][12];
    try (Dataset one = Dataset.ofClasses("ones", x, new int[20], 3)) {
      String message =
          message(DataException.class, () -> TrainingSession.open(network(), one, options()));
      assertTrue(message.startsWith("ones: all 20 rows are of one class"), message);
    }
  }

  @Test
  void targetsOfAnotherKindAreRefused() {
    float[][] x = new float[20][12];
    float[][] t = new float[20][3];
    try (Dataset values = Dataset.ofValues("values", x, t);
        TrainingSession session = TrainingSession.open(network(), data, options())) {
      assertThrows(DataException.class, () -> session.evaluate(values));
    }
  }

  @Test
  void divergenceIsSaidAtTheStepItHappens() {
    try (TrainingSession session =
        TrainingSession.open(
            network(), data, options().loss(Losses.meanSquaredError()).optimizer(new Sgd(1e10f)))) {
      NonFiniteLossException e =
          assertThrows(
              NonFiniteLossException.class,
              () -> {
                for (int epoch = 0; epoch < 20; epoch++) {
                  session.epoch();
                }
              });
      assertEquals(session.steps(), e.step());
      assertTrue(String.valueOf(e.getMessage()).contains("learning rate below 1.0E10"));
    }
  }

  @Test
  void aParameterThatIsNotANumberIsNoticedInTheNextStep() {
    try (TrainingSession session = TrainingSession.open(network(), data, options())) {
      float[] values = session.parameter("fc2.bias").toArray();
      values[1] = Float.NaN;
      session.parameter("fc2.bias").set(values);
      assertEquals(1, assertThrows(NonFiniteLossException.class, session::epoch).step());
    }
  }

  @Test
  void gradientsAreReadWhereTheyAreKept() {
    try (TrainingSession session = TrainingSession.open(network(), data, options())) {
      assertThrows(IllegalStateException.class, session::gradients);
    }
    try (TrainingSession session =
        TrainingSession.open(network(), data, options().keepGradients(true))) {
      session.epoch();
      assertEquals(session.stateDict().keySet(), session.gradients().keySet());
    }
  }

  @Test
  void learningRatesAreChecked() {
    try (TrainingSession session = TrainingSession.open(network(), data, options())) {
      for (float bad : new float[] {-1, Float.NaN, Float.POSITIVE_INFINITY}) {
        assertThrows(IllegalArgumentException.class, () -> session.learningRate(bad));
        assertThrows(IllegalArgumentException.class, () -> new Sgd(bad));
      }
      float[] start = session.parameter("fc1.weight").toArray();
      session.learningRate(0);
      session.epoch();
      org.junit.jupiter.api.Assertions.assertArrayEquals(
          start, session.parameter("fc1.weight").toArray());
    }
  }

  @Test
  void optionsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> options().batchSize(0));
    assertThrows(IllegalArgumentException.class, () -> options().threads(0));
    assertThrows(IllegalArgumentException.class, () -> options().partitions(0));
  }
}
