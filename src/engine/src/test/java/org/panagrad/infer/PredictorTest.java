package org.panagrad.infer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.dropout;
import static org.panagrad.nn.Layers.gelu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.panagrad.blas.ProductThreads;
import org.panagrad.data.FeatureMap;
import org.panagrad.memory.NativeMemory;
import org.panagrad.memory.NativeMemoryLimitException;
import org.panagrad.memory.ProcessMemory;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.nn.Parameter;
import org.panagrad.random.SeededRandom;
import org.panagrad.train.ModelDescription;

/** Prediction from many threads, and the ends of predictors and models. */
@Timeout(60)
class PredictorTest {
  private static final int INPUTS = 19;

  private static Model model() {
    Network network = Network.of(INPUTS, dense(40), gelu(), dropout(0.5f), dense(6));
    ModelDescription description =
        new ModelDescription(
            Losses.crossEntropy(), new FeatureMap(0.5f, 0.1f), List.of(), Map.of());
    Model model = new Model(network.graph(), description, Long.MAX_VALUE);
    SeededRandom random = SeededRandom.of(4);
    for (Parameter parameter : model.stateDict().values()) {
      float[] values = new float[parameter.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble(-0.5, 0.5);
      }
      parameter.set(values);
    }
    return model;
  }

  private static float[][] rows(int count) {
    SeededRandom random = SeededRandom.of(5);
    float[][] rows = new float[count][INPUTS];
    for (float[] row : rows) {
      for (int i = 0; i < INPUTS; i++) {
        row[i] = (float) random.nextDouble(-2, 2);
      }
    }
    return rows;
  }

  @Test
  void manyThreadsGetWhatOneGets() throws InterruptedException {
    try (Model model = model();
        Predictor predictor = Predictor.of(model, 8, 3, Long.MAX_VALUE)) {
      float[][] rows = rows(29);
      float[][] expected = predictor.predict(rows);
      float[] first = predictor.predict(rows[0]);
      AtomicReference<Throwable> failure = new AtomicReference<>();
      AtomicInteger done = new AtomicInteger();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        Thread.Builder kind = i % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
        threads.add(
            kind.start(
                () -> {
                  try {
                    for (int run = 0; run < 200; run++) {
                      assertArrayEquals(expected, predictor.predict(rows));
                      assertArrayEquals(first, predictor.predict(rows[0]));
                      done.incrementAndGet();
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
      assertEquals(16 * 200, done.get());
    }
  }

  @Test
  void segmentsGiveWhatArraysGiveAndOnlyAsManyRowsAsAsked() {
    try (Model model = model();
        Predictor predictor = Predictor.of(model, 4, 1, Long.MAX_VALUE);
        Arena arena = Arena.ofConfined()) {
      float[][] rows = rows(11);
      MemorySegment in = arena.allocate(4L * 11 * INPUTS);
      for (int r = 0; r < rows.length; r++) {
        MemorySegment.copy(rows[r], 0, in, ValueLayout.JAVA_FLOAT, 4L * r * INPUTS, INPUTS);
      }
      MemorySegment out = arena.allocate(4L * 12 * 6);
      out.fill((byte) 77);
      predictor.predict(in, 11, out);
      float[][] expected = predictor.predict(rows);
      for (int r = 0; r < 11; r++) {
        float[] row = out.asSlice(4L * r * 6, 24).toArray(ValueLayout.JAVA_FLOAT);
        assertArrayEquals(expected[r], row);
      }
      assertEquals(77, out.get(ValueLayout.JAVA_BYTE, 4L * 11 * 6));
      assertThrows(IndexOutOfBoundsException.class, () -> predictor.predict(in, 12, out));
      assertThrows(
          IndexOutOfBoundsException.class, () -> predictor.predict(in, 11, out.asSlice(0, 100)));
      assertThrows(IndexOutOfBoundsException.class, () -> predictor.predict(in, -1, out));
      predictor.predict(in, 0, out);
      assertEquals(0, predictor.predict(new float[0][]).length);
    }
  }

  @Test
  void wrongRowsAreNamed() {
    try (Model model = model();
        Predictor predictor = Predictor.of(model)) {
      float[][] rows = rows(3);
      rows[2] = new float[4];
      assertEquals(
          "row 2: 4 features, expected 19",
          assertThrows(IllegalArgumentException.class, () -> predictor.predict(rows)).getMessage());
      float[] row = rows(1)[0];
      row[7] = Float.NaN;
      String message =
          assertThrows(IllegalArgumentException.class, () -> predictor.predict(row)).getMessage();
      assertEquals("row 0, feature 7: NaN, expected a finite number", message);
    }
  }

  @Test
  void closingWaitsAndLeavesNobodyWaiting() throws InterruptedException {
    long before = NativeMemory.processBytes();
    for (int round = 0; round < 60; round++) {
      try (Model model = model()) {
        Predictor predictor = Predictor.of(model, 4, 1, Long.MAX_VALUE);
        float[][] rows = rows(40);
        float[][] expected = predictor.predict(rows);
        CountDownLatch started = new CountDownLatch(6);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          threads.add(
              Thread.ofPlatform()
                  .start(
                      () -> {
                        try {
                          started.countDown();
                          while (true) {
                            float[][] found = predictor.predict(rows);
                            if (!Arrays.deepEquals(expected, found)) {
                              failure.set(new AssertionError("other results while closing"));
                            }
                          }
                        } catch (IllegalStateException closed) {
                          if (!"the predictor is closed".equals(closed.getMessage())) {
                            failure.set(closed);
                          }
                        }
                      }));
        }
        started.await();
        predictor.close();
        for (Thread thread : threads) {
          thread.join();
        }
        assertNull(failure.get());
        predictor.close();
        assertThrows(IllegalStateException.class, () -> predictor.predict(rows));
      }
      ProcessMemory.assertNoMoreThan(before);
    }
  }

  @Test
  void aModelClosedFirstLivesAsLongAsItsPredictors() {
    long before = NativeMemory.processBytes();
    Model model = model();
    Predictor one = Predictor.of(model);
    Predictor two = Predictor.of(model);
    float[][] rows = rows(5);
    float[][] expected = one.predict(rows);
    model.close();
    model.close();
    assertArrayEquals(expected, one.predict(rows));
    one.close();
    assertArrayEquals(expected, two.predict(rows));
    two.close();
    ProcessMemory.assertNoMoreThan(before);
    assertThrows(IllegalStateException.class, () -> Predictor.of(model));
    ProcessMemory.assertNoMoreThan(before);
  }

  @Test
  void callersAtOnceAreBounded() {
    try (Model model = model()) {
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class, () -> Predictor.of(model, 8, 65, Long.MAX_VALUE));
      assertEquals(
          "predictor for 65 callers at once: expected at most 64, as each has memory of its own;"
              + " more callers wait for one of these",
          refused.getMessage());
    }
  }

  /** Together they could be in more products at once than OpenBLAS has buffers for. */
  @Test
  void manyPredictorsShareWhatOpenBlasCanBear() throws InterruptedException {
    int before = ProductThreads.opened();
    float[][] rows = rows(8);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Predictor> predictors = new ArrayList<>();
    try (Model model = model()) {
      for (int i = 0; i < 3; i++) {
        predictors.add(Predictor.of(model, 8, 64, Long.MAX_VALUE));
      }
      assertEquals(before + 3 * 64, ProductThreads.opened());
      float[][] expected = predictors.getFirst().predict(rows);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 3 * 64; i++) {
        Predictor predictor = predictors.get(i % 3);
        threads.add(new Thread(() -> assertArrayEquals(expected, predictor.predict(rows))));
      }
      for (Thread thread : threads) {
        thread.setUncaughtExceptionHandler((_, thrown) -> failure.set(thrown));
        thread.start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
    } finally {
      predictors.forEach(Predictor::close);
    }
    assertNull(failure.get());
    assertEquals(before, ProductThreads.opened());
  }

  /** It has nothing to wait for. */
  @Test
  void anInterruptedCallerIsServedWhereAContextIsFree() {
    try (Model model = model();
        Predictor predictor = Predictor.of(model, 4, 1, Long.MAX_VALUE)) {
      float[][] expected = predictor.predict(rows(3));
      Thread.currentThread().interrupt();
      try {
        assertArrayEquals(expected, predictor.predict(rows(3)));
      } finally {
        assertTrue(Thread.interrupted());
      }
    }
  }

  @Test
  void limitsAreCheckedBeforeMemoryIsTaken() {
    try (Model model = model()) {
      long before = NativeMemory.processBytes();
      assertThrows(
          NativeMemoryLimitException.class, () -> Predictor.of(model, 256, 2, 1_000).close());
      ProcessMemory.assertNoMoreThan(before);
      // Room for one context, not for two.
      long one;
      try (Predictor predictor = Predictor.of(model, 256, 1, Long.MAX_VALUE)) {
        one = predictor.memoryReport().bytes();
      }
      assertThrows(
          NativeMemoryLimitException.class, () -> Predictor.of(model, 256, 2, one).close());
      ProcessMemory.assertNoMoreThan(before);
      assertThrows(IllegalArgumentException.class, () -> Predictor.of(model, 0, 1, 1 << 20));
      assertThrows(IllegalArgumentException.class, () -> Predictor.of(model, 1, 0, 1 << 20));
    }
  }
}
