package org.panagrad.infer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.batchNorm;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.data.FeatureMap;
import org.panagrad.kernel.KernelSets;
import org.panagrad.kernel.Kernels;
import org.panagrad.memory.NativeMemory;
import org.panagrad.memory.ProcessMemory;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.nn.Parameter;
import org.panagrad.random.SeededRandom;
import org.panagrad.train.ModelDescription;

/** Batches large enough for the predictor's threads to share. */
@Timeout(120)
class SharedPredictionTest {
  private static final int INPUTS = 70;
  private static final int OUTPUTS = 9;
  // Sizes that fill a rung, do not, leave a lane nothing, and are cut in two.
  private static final int[] SIZES = {1, 2, 31, 33, 100, 128, 129, 200, 256, 257, 300};

  private static Model model() {
    return model(FeatureMap.PIXELS);
  }

  private static Model model(FeatureMap map) {
    Network network = Network.of(INPUTS, dense(200), relu(), dense(90), relu(), dense(OUTPUTS));
    ModelDescription description =
        new ModelDescription(Losses.crossEntropy(), map, List.of(), Map.of());
    Model model = new Model(network.graph(), description, Long.MAX_VALUE);
    SeededRandom random = SeededRandom.of(4);
    for (Parameter parameter : model.stateDict().values()) {
      parameter.set(values(random, parameter.elements(), 0.3));
    }
    return model;
  }

  private static float[] values(SeededRandom random, int count, double bound) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-bound, bound);
    }
    return values;
  }

  private static float[][] rows(int count) {
    SeededRandom random = SeededRandom.of(5);
    float[][] rows = new float[count][];
    for (int r = 0; r < count; r++) {
      rows[r] = values(random, INPUTS, 255);
    }
    return rows;
  }

  private static long teamThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().startsWith("panagrad-predict"))
        .peek(t -> assertTrue(t.isDaemon()))
        .count();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8})
  void bitsAreThoseOfThePartitionsWhoeverRunsThem(int partitions) throws InterruptedException {
    try (Model model = model();
        Predictor predictor = Predictor.of(model, 256, 5, partitions, Long.MAX_VALUE)) {
      List<float[][]> inputs = Arrays.stream(SIZES).mapToObj(SharedPredictionTest::rows).toList();
      // A single caller has the team.
      List<float[][]> expected = inputs.stream().map(predictor::predict).toList();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        Thread.Builder kind = i % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
        callers.add(
            kind.start(
                () -> {
                  try {
                    for (int run = 0; run < 20 * SIZES.length; run++) {
                      int which = run % SIZES.length;
                      assertArrayEquals(expected.get(which), predictor.predict(inputs.get(which)));
                    }
                  } catch (Throwable t) {
                    failure.set(t);
                  }
                }));
      }
      for (Thread caller : callers) {
        caller.join();
      }
      assertNull(failure.get());
    }
  }

  @Test
  void threadsAreBoundedAndEnd() {
    long before = teamThreads();
    int processors = Runtime.getRuntime().availableProcessors();
    try (Model model = model()) {
      try (Predictor predictor = Predictor.of(model, 256, 4, 1000, Long.MAX_VALUE)) {
        predictor.predict(rows(256));
        assertEquals(before + processors - 1, teamThreads());
      }
      assertEquals(before, teamThreads());
      try (Predictor predictor = Predictor.of(model, 256, 4, 1, Long.MAX_VALUE)) {
        predictor.predict(rows(256));
        assertEquals(before, teamThreads());
      }
      // Too little work to wake anybody for.
      try (Predictor predictor = Predictor.of(model, 16, 4, 8, Long.MAX_VALUE)) {
        predictor.predict(rows(256));
        assertEquals(before, teamThreads());
      }
    }
  }

  static List<FeatureMap> maps() {
    return List.of(FeatureMap.PIXELS, FeatureMap.IDENTITY);
  }

  @ParameterizedTest
  @MethodSource("maps")
  void memoryOfAnyKindGivesWhatArraysGive(FeatureMap map) {
    try (Model model = model(map);
        Predictor predictor = Predictor.of(model, 256, 2, 2, Long.MAX_VALUE);
        Arena confined = Arena.ofConfined();
        Arena shared = Arena.ofShared()) {
      float[][] rows = rows(300);
      float[][] expected = predictor.predict(rows);
      long inBytes = 4L * 300 * INPUTS;
      long outBytes = 4L * 300 * OUTPUTS;
      byte[] heap = new byte[(int) inBytes];
      for (MemorySegment in :
          List.of(
              confined.allocate(inBytes),
              confined.allocate(inBytes + 1).asSlice(1),
              Arena.global().allocate(inBytes),
              Arena.ofAuto().allocate(inBytes),
              shared.allocate(inBytes),
              shared.allocate(inBytes + 1).asSlice(1),
              MemorySegment.ofArray(heap))) {
        for (int r = 0; r < rows.length; r++) {
          for (int k = 0; k < INPUTS; k++) {
            in.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * (r * INPUTS + k), rows[r][k]);
          }
        }
        for (MemorySegment out :
            List.of(
                confined.allocate(outBytes),
                shared.allocate(outBytes + 1).asSlice(1),
                MemorySegment.ofArray(new byte[(int) outBytes]))) {
          predictor.predict(in, 300, out);
          for (int r = 0; r < 300; r++) {
            for (int k = 0; k < OUTPUTS; k++) {
              long at = 4L * (r * OUTPUTS + k);
              assertEquals(expected[r][k], out.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at));
            }
          }
        }
      }
      MemorySegment freed;
      try (Arena brief = Arena.ofShared()) {
        freed = brief.allocate(inBytes);
      }
      MemorySegment out = shared.allocate(outBytes);
      assertThrows(IllegalStateException.class, () -> predictor.predict(freed, 300, out));
      assertArrayEquals(expected, predictor.predict(rows));
    }
  }

  /** What another thread may free while it is being read is not read by its address. */
  @Test
  void onlyMemoryThatStaysIsReadInPlace(@TempDir Path folder)
      throws InterruptedException, IOException {
    Kernels kernels = KernelSets.select();
    RowSource rows = new RowSource(INPUTS, FeatureMap.IDENTITY, true, kernels);
    long bytes = 4L * INPUTS;
    try (Arena confined = Arena.ofConfined();
        Arena shared = Arena.ofShared()) {
      assertTrue(isInPlace(rows, confined.allocate(bytes, 4)));
      assertTrue(isInPlace(rows, confined.allocate(bytes, 4).asReadOnly()));
      assertTrue(isInPlace(rows, Arena.global().allocate(bytes, 4)));
      assertFalse(isInPlace(rows, confined.allocate(bytes + 1, 4).asSlice(1)));
      assertFalse(isInPlace(rows, shared.allocate(bytes, 4)));
      assertFalse(isInPlace(rows, Arena.ofAuto().allocate(bytes, 4)));
      assertFalse(isInPlace(rows, MemorySegment.ofArray(new float[INPUTS])));
      AtomicReference<Boolean> byAnother = new AtomicReference<>();
      MemorySegment mine = confined.allocate(bytes, 4);
      Thread.ofPlatform().start(() -> byAnother.set(isInPlace(rows, mine))).join();
      assertEquals(false, byAnother.get());
      MemorySegment plain = confined.allocate(bytes, 4);
      assertFalse(isInPlace(new RowSource(INPUTS, FeatureMap.PIXELS, true, kernels), plain));
      assertFalse(isInPlace(new RowSource(INPUTS, FeatureMap.IDENTITY, false, kernels), plain));
      Path file = Files.write(folder.resolve("rows"), new byte[(int) bytes]);
      try (FileChannel channel = FileChannel.open(file)) {
        MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes, confined);
        assertFalse(isInPlace(rows, mapped));
      }
    }
  }

  /** A lane that has no rows looks at no memory of the run before. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 8})
  void memoryOfAnEarlierCallMayBeGone(int partitions) {
    try (Model model = model(FeatureMap.IDENTITY);
        Predictor predictor = Predictor.of(model, 256, 1, partitions, Long.MAX_VALUE)) {
      float[][] rows = rows(256);
      float[][] expected = predictor.predict(rows);
      for (int count : new int[] {256, 140, 130, 129, 64, 33, 17, 9, 5, 2, 1}) {
        try (Arena brief = Arena.ofConfined()) {
          MemorySegment in = copied(rows, brief);
          predictor.predict(in, 256, brief.allocate(4L * 256 * OUTPUTS));
        }
        float[][] some = predictor.predict(Arrays.copyOf(rows, count));
        assertEquals(count, some.length);
        for (int k = 0; k < OUTPUTS; k++) {
          assertEquals(expected[0][k], some[0][k], 1e-5f);
        }
      }
    }
  }

  /** Kernels read as the JVM allows, which is the caller's memory on the caller's thread only. */
  @Test
  void confinedRowsOfANetworkThatBeginsWithANormalisation() {
    Network network =
        Network.of(INPUTS, batchNorm(), dense(200), relu(), dense(200), relu(), dense(OUTPUTS));
    ModelDescription description =
        new ModelDescription(Losses.crossEntropy(), FeatureMap.IDENTITY, List.of(), Map.of());
    try (Model model = new Model(network.graph(), description, Long.MAX_VALUE);
        Predictor predictor = Predictor.of(model, 256, 1, 2, Long.MAX_VALUE);
        Arena confined = Arena.ofConfined()) {
      SeededRandom random = SeededRandom.of(4);
      for (Parameter parameter : model.stateDict().values()) {
        float[] values = values(random, parameter.elements(), 0.3);
        for (int i = 0; i < values.length; i++) {
          values[i] = Math.abs(values[i]) + 0.1f; // variances are not negative
        }
        parameter.set(values);
      }
      float[][] rows = rows(256);
      MemorySegment in = copied(rows, confined);
      MemorySegment out = confined.allocate(4L * 256 * OUTPUTS);
      predictor.predict(in, 256, out);
      float[][] expected = predictor.predict(rows);
      assertEquals(expected[255][0], out.getAtIndex(ValueLayout.JAVA_FLOAT, 255L * OUTPUTS));
    }
  }

  private static MemorySegment copied(float[][] rows, Arena arena) {
    MemorySegment memory = arena.allocate(4L * rows.length * INPUTS, 4);
    for (int r = 0; r < rows.length; r++) {
      MemorySegment.copy(rows[r], 0, memory, ValueLayout.JAVA_FLOAT, 4L * r * INPUTS, INPUTS);
    }
    return memory;
  }

  private static boolean isInPlace(RowSource rows, MemorySegment memory) {
    rows.from(memory, 0);
    boolean inPlace = rows.isInPlace();
    rows.clear();
    return inPlace;
  }

  @Test
  @SuppressWarnings("MustBeClosedChecker") // another thread closes it, which is what this is about
  void memoryFreedMeanwhileIsRefused() throws InterruptedException {
    try (Model model = model(FeatureMap.IDENTITY);
        Predictor predictor = Predictor.of(model, 256, 2, 2, Long.MAX_VALUE);
        Arena own = Arena.ofConfined()) {
      MemorySegment out = own.allocate(4L * 300 * OUTPUTS);
      for (int round = 0; round < 100; round++) {
        Arena shared = Arena.ofShared();
        MemorySegment in = shared.allocate(4L * 300 * INPUTS);
        CountDownLatch begun = new CountDownLatch(1);
        Thread closer =
            Thread.ofPlatform()
                .start(
                    () -> {
                      begun.countDown();
                      for (boolean closed = false; !closed; ) {
                        try {
                          shared.close();
                          closed = true;
                        } catch (IllegalStateException e) {
                          Thread.onSpinWait(); // being copied from
                        }
                      }
                    });
        begun.await();
        boolean refused = false;
        for (int i = 0; i < 50 && !refused; i++) {
          refused = isRefused(predictor, in, out);
        }
        // Of a loop that does nothing else the closer may never find the memory free.
        closer.join();
        assertTrue(refused || isRefused(predictor, in, out));
      }
    }
  }

  private static boolean isRefused(Predictor predictor, MemorySegment in, MemorySegment out) {
    try {
      predictor.predict(in, 300, out);
      return false;
    } catch (IllegalStateException e) {
      assertFalse(in.scope().isAlive());
      // Where memory is freed under an access, HotSpot interrupts the thread that it stops
      // (JavaThread::install_async_exception), about once in 3,000 times here.
      Thread.interrupted();
      return true;
    }
  }

  @Test
  void closingUnderSharedBatchesWaits() throws InterruptedException {
    long before = NativeMemory.processBytes();
    long threadsBefore = teamThreads();
    float[][] rows = rows(300);
    for (int round = 0; round < 20; round++) {
      try (Model model = model()) {
        Predictor predictor = Predictor.of(model, 256, 2, 2, Long.MAX_VALUE);
        float[][] expected = predictor.predict(rows);
        CountDownLatch started = new CountDownLatch(4);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          callers.add(
              Thread.ofPlatform()
                  .start(
                      () -> {
                        try {
                          started.countDown();
                          while (true) {
                            assertArrayEquals(expected, predictor.predict(rows));
                          }
                        } catch (IllegalStateException closed) {
                          if (!"the predictor is closed".equals(closed.getMessage())) {
                            failure.set(closed);
                          }
                        } catch (Throwable t) {
                          failure.set(t);
                        }
                      }));
        }
        started.await();
        predictor.close();
        for (Thread caller : callers) {
          caller.join();
        }
        assertNull(failure.get());
        assertEquals(threadsBefore, teamThreads());
      }
      ProcessMemory.assertNoMoreThan(before);
    }
  }
}
