package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.dropout;
import static org.panagrad.nn.Layers.relu;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.data.BatchOrder;
import org.panagrad.data.DataException;
import org.panagrad.data.Dataset;
import org.panagrad.data.DatasetBuilder;
import org.panagrad.data.FeatureMap;
import org.panagrad.data.RecordFile;
import org.panagrad.data.RecordWriter;
import org.panagrad.data.RowForm;
import org.panagrad.data.Strata;
import org.panagrad.graph.Loss;
import org.panagrad.io.ModelFile;
import org.panagrad.kernel.KernelSets;
import org.panagrad.memory.NativeMemory;
import org.panagrad.memory.NativeMemoryLimitException;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.random.SeededRandom;

/** Rows read ahead from a file: the same bits as from memory, and an end to everything. */
class PrefetchTest {
  private static final int ROWS = 250; // the last mini-batch of an epoch is short
  private static final int FEATURES = 37;

  @TempDir Path directory;

  private Path write(Dataset data) {
    Path file = directory.resolve("rows.pgd");
    RecordWriter.write(file, data.stream());
    return file;
  }

  private static Dataset bytes() {
    SeededRandom random = SeededRandom.of(3, "bytes");
    try (DatasetBuilder builder =
        new DatasetBuilder("bytes", RowForm.byteClasses(FEATURES, FeatureMap.PIXELS))) {
      byte[] row = new byte[FEATURES];
      for (int i = 0; i < ROWS; i++) {
        for (int k = 0; k < FEATURES; k++) {
          row[k] = (byte) random.nextInt(256);
        }
        builder.addRow(row, random.nextInt(5));
      }
      return builder.build(5);
    }
  }

  private static Dataset values() {
    SeededRandom random = SeededRandom.of(3, "values");
    float[][] x = new float[ROWS][FEATURES];
    float[][] y = new float[ROWS][5];
    for (int i = 0; i < ROWS; i++) {
      for (int k = 0; k < FEATURES; k++) {
        x[i][k] = (float) random.nextGaussian();
      }
      for (int k = 0; k < 5; k++) {
        y[i][k] = (float) random.nextGaussian();
      }
    }
    return Dataset.ofValues("values", x, y);
  }

  private static TrainingOptions options() {
    return TrainingOptions.defaults().batchSize(64).seed(11).partitions(4).threads(2);
  }

  private static Network network() {
    return Network.of(FEATURES, dense(96), relu(), dropout(0.3f), dense(5));
  }

  private static String train(Dataset data, TrainingOptions options) {
    try (TrainingSession session = TrainingSession.open(network(), data, options)) {
      StringBuilder bits = new StringBuilder();
      for (int epoch = 0; epoch < 3; epoch++) {
        EpochResult result = session.epoch();
        bits.append(result.loss()).append(' ').append(result.accuracy()).append(' ');
      }
      return bits + " " + session.evaluate(data) + " " + ModelFile.parametersSha256(session);
    }
  }

  /** Rows looked at one by one would be read again, and need room of their own. */
  @Test
  void metricsOfValuesReadAFileOnce() {
    TrainingOptions options = options().loss(Losses.meanSquaredError());
    try (Dataset data = values();
        Dataset stored = RecordFile.inFile(write(data));
        TrainingSession session = TrainingSession.open(network(), data, options)) {
      long held = stored.nativeBytes();
      assertEquals(session.metrics(data), session.metrics(stored));
      assertEquals(held, stored.nativeBytes());
      stored.target(0, 0);
      assertTrue(stored.nativeBytes() > held);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"floats", "bytes", "values"})
  void readingAheadDoesNotChangeABit(String form) {
    try (Dataset data =
            switch (form) {
              case "bytes" -> bytes();
              case "values" -> values();
              default -> Problems.clouds(ROWS, FEATURES, 5, 5);
            };
        Dataset stored = RecordFile.inFile(write(data))) {
      TrainingOptions options =
          form.equals("values") ? options().loss(Losses.meanSquaredError()) : options();
      for (boolean shuffle : new boolean[] {true, false}) {
        TrainingOptions either = options.shuffle(shuffle);
        assertEquals(train(data, either), train(stored, either), form + " " + shuffle);
        // Not closed: a view shares the memory.
        assertEquals(
            train(data.subset(7, 200), either), train(stored.subset(7, 200), either), form);
      }
    }
  }

  /** While a thread is interrupted it cannot park: it is not to spin in its place. */
  @Test
  void anInterruptedThreadSleepsWhileItWaits() throws InterruptedException {
    int many = 4_000_000; // whose order takes the reader a while
    try (Dataset data = Problems.clouds(ROWS, FEATURES, 5, 5);
        Dataset stored = RecordFile.inFile(write(data));
        NativeMemory memory = new NativeMemory("test", Long.MAX_VALUE)) {
      BatchOrder order =
          BatchOrder.shuffled(memory.allocate("order", BatchOrder.bytes(many)), many, 1);
      AtomicBoolean isWaiting = new AtomicBoolean();
      AtomicBoolean isOver = new AtomicBoolean();
      AtomicBoolean isStillInterrupted = new AtomicBoolean();
      boolean canPark = false;
      try (PrefetchedBatches feed =
          new PrefetchedBatches(stored, order, 64, 5, false, KernelSets.select(), memory)) {
        Thread asking =
            new Thread(
                () -> {
                  Thread.currentThread().interrupt();
                  isWaiting.set(true);
                  // The order is of more rows than there are.
                  assertThrows(IllegalStateException.class, () -> feed.await(1, 0));
                  isOver.set(true);
                  isStillInterrupted.set(Thread.interrupted());
                });
        asking.start();
        while (asking.isAlive()) {
          if (isWaiting.get()) {
            boolean interrupted = asking.isInterrupted();
            canPark |= !interrupted && !isOver.get();
          }
          Thread.sleep(1);
        }
      }
      assertTrue(canPark, "it was interrupted, and so awake, all the time");
      assertTrue(isStillInterrupted.get(), "the interrupt is the caller's");
    }
  }

  /** Parts of a file, as a split has them, train and are evaluated like copies in memory. */
  @Test
  void aPartOfAFileIsAsGoodAsACopy() {
    try (Dataset data = Problems.clouds(ROWS, FEATURES, 5, 5);
        Dataset stored = RecordFile.inFile(write(data))) {
      Strata strata = Strata.of(stored);
      BitSet part = strata.part(strata.all(), 170, 3, "training");
      BitSet rest = strata.all();
      rest.andNot(part);
      for (boolean shuffle : new boolean[] {true, false}) {
        String[] bits = new String[2];
        for (int i = 0; i < 2; i++) {
          Dataset whole = i == 0 ? data : stored;
          Dataset train = whole.part("train", part);
          Dataset other = whole.part("other", rest);
          assertEquals(80, other.size());
          try (TrainingSession session =
              TrainingSession.open(network(), train, options().shuffle(shuffle))) {
            session.epoch();
            bits[i] = session.evaluate(other) + " " + ModelFile.parametersSha256(session);
          }
        }
        assertEquals(bits[0], bits[1]);
      }
    }
  }

  private static Dataset weighted() {
    SeededRandom random = SeededRandom.of(3, "weights");
    try (Dataset plain = Problems.clouds(ROWS, FEATURES, 5, 5);
        DatasetBuilder builder = DatasetBuilder.classes("weighted", FEATURES)) {
      float[] row = new float[FEATURES];
      for (int i = 0; i < ROWS; i++) {
        plain.copyStored(i, row);
        builder.addRow(row, plain.label(i));
        builder.addWeight(random.nextInt(4));
      }
      return builder.build(5);
    }
  }

  /** What an update weighs is known before its first mini-batch, though the last is yet to come. */
  @ParameterizedTest
  @ValueSource(strings = {"rows", "classes", "both"})
  void weightsDoNotChangeABit(String weighed) {
    try (Dataset data =
            weighed.equals("classes") ? Problems.clouds(ROWS, FEATURES, 5, 5) : weighted();
        Dataset stored = RecordFile.inFile(write(data))) {
      assertEquals(data.isWeighted(), stored.isWeighted());
      Loss loss = Losses.crossEntropy();
      if (!weighed.equals("rows")) {
        loss = loss.withClassWeights(List.of(1f, 2.5f, 0.5f, 3f, 1f));
      }
      for (int accumulate : new int[] {1, 3}) {
        for (boolean shuffle : new boolean[] {true, false}) {
          TrainingOptions either =
              options().batchSize(32).loss(loss).shuffle(shuffle).accumulate(accumulate);
          assertEquals(train(data, either), train(stored, either), accumulate + " " + shuffle);
          assertEquals(
              train(data.subset(7, 200), either),
              train(stored.subset(7, 200), either),
              accumulate + " " + shuffle);
        }
      }
    }
  }

  @Test
  void theOrderThatWeightsAreTakenInIsPartOfThePlan() {
    try (Dataset data = weighted();
        Dataset stored = RecordFile.inFile(write(data))) {
      long plain = planned(stored, options().batchSize(32));
      long weighing = planned(stored, options().batchSize(32).accumulate(3));
      assertTrue(weighing >= plain + 4 * ROWS, plain + " and " + weighing);
    }
  }

  /** What a session takes, after checking that it is just what has to be allowed. */
  private static long planned(Dataset data, TrainingOptions options) {
    long bytes;
    try (TrainingSession session = TrainingSession.open(network(), data, options)) {
      bytes = session.memoryReport().bytes();
    }
    TrainingSession.open(network(), data, options.maxNativeBytes(bytes)).close();
    assertThrows(
        NativeMemoryLimitException.class,
        () -> TrainingSession.open(network(), data, options.maxNativeBytes(bytes - 1)));
    return bytes;
  }

  @Test
  void theWaitIsMeasured() {
    try (Dataset data = Problems.clouds(ROWS, FEATURES, 5, 5);
        Dataset stored = RecordFile.inFile(write(data));
        TrainingSession session = TrainingSession.open(network(), stored, options())) {
      EpochResult result = session.epoch();
      // The first mini-batch is always waited for.
      assertTrue(result.dataWaitSeconds() > 0 && result.dataWaitShare() < 1, result.toString());
      assertEquals(result.dataWaitSeconds(), session.dataWaitSeconds());
    }
    try (Dataset data = Problems.clouds(ROWS, FEATURES, 5, 5);
        TrainingSession session = TrainingSession.open(network(), data, options())) {
      assertEquals(0, session.epoch().dataWaitSeconds());
    }
  }

  @Test
  void aDamagedRowEndsTheStepThatNeedsIt() throws IOException {
    Path file;
    try (Dataset data = Problems.clouds(ROWS, FEATURES, 5, 5)) {
      file = write(data);
    }
    byte[] bytes = Files.readAllBytes(file);
    bytes[4096 + 130 * FEATURES * 4 + 5] ^= 4;
    Files.write(file, bytes);
    try (Dataset stored = RecordFile.inFile(file);
        TrainingSession session =
            TrainingSession.open(network(), stored, options().shuffle(false))) {
      session.step();
      session.step();
      for (int again = 0; again < 2; again++) {
        DataException refused = assertThrows(DataException.class, session::step);
        assertTrue(refused.getMessage().contains(", row 130: checksum"), refused.getMessage());
      }
      assertEquals(2, session.steps());
    }
  }

  @Test
  void aFileCutMeanwhileEndsTheStep() throws IOException {
    Path file;
    try (Dataset data = Problems.clouds(2000, FEATURES, 5, 5)) {
      file = write(data);
    }
    try (Dataset stored = RecordFile.inFile(file);
        TrainingSession session = TrainingSession.open(network(), stored, options())) {
      session.step();
      try (RandomAccessFile shorter = new RandomAccessFile(file.toFile(), "rw")) {
        shorter.setLength(5000);
      }
      DataException refused =
          assertThrows(
              DataException.class,
              () -> {
                while (session.steps() < 100) {
                  session.step();
                }
              });
      assertTrue(refused.getMessage().contains("it was cut meanwhile"), refused.getMessage());
    }
  }

  /** Rows that are read ahead to be looked at lie within the limit, and are asked for at first. */
  @Test
  void goingThroughAFileIsWithinTheLimit() {
    try (Dataset data = Problems.clouds(ROWS, FEATURES, 5, 5);
        Dataset stored = RecordFile.inFile(write(data))) {
      long planned;
      long more;
      try (TrainingSession session = TrainingSession.open(network(), data, options())) {
        planned = session.memoryReport().bytes();
        more = session.evaluationBytes(stored);
        assertEquals(0, session.evaluationBytes(data));
        // Four mini-batches at least.
        assertTrue(more > 4L * 4 * 64 * FEATURES, more + " bytes");
      }
      TrainingOptions tight = options().maxNativeBytes(planned + more - 1);
      try (TrainingSession session = TrainingSession.open(network(), data, tight)) {
        session.evaluate(data);
        assertThrows(NativeMemoryLimitException.class, () -> session.evaluate(stored));
        Trainer trainer = new Trainer(session).validation(stored);
        assertThrows(NativeMemoryLimitException.class, trainer::run);
        assertEquals(0, session.steps());
      }
      TrainingOptions enough = options().maxNativeBytes(planned + more);
      try (TrainingSession session = TrainingSession.open(network(), data, enough)) {
        assertEquals(session.evaluate(data), session.evaluate(stored));
      }
    }
  }

  @Test
  void nothingIsLeftBehind() {
    long before = NativeMemory.processBytes();
    try (Dataset data = Problems.clouds(ROWS, FEATURES, 5, 5);
        Dataset stored = RecordFile.inFile(write(data))) {
      for (int steps = 0; steps < 6; steps++) {
        try (TrainingSession session = TrainingSession.open(network(), stored, options())) {
          assertTrue(session.memoryReport().bytes() <= session.options().maxNativeBytes());
          for (int i = 0; i < steps; i++) {
            session.step();
          }
          session.evaluate(stored);
        }
        assertTrue(
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("panagrad-reader")));
      }
    }
    // Not equal: what earlier tests have dropped may be freed meanwhile.
    assertTrue(NativeMemory.processBytes() <= before);
  }

  @Test
  void aDatasetClosedMeanwhileIsAnError() {
    Dataset stored;
    try (Dataset data = Problems.clouds(ROWS, FEATURES, 5, 5)) {
      stored = RecordFile.inFile(write(data));
    }
    try (TrainingSession session = TrainingSession.open(network(), stored, options())) {
      session.step();
      stored.close();
      assertThrows(IllegalStateException.class, session::step);
    }
  }

  /** Batches asked for out of turn, as after a jump back to a checkpoint, are the right ones. */
  @Test
  void anyBatchCanBeAskedFor() {
    int batch = 64;
    try (Dataset data = Problems.clouds(ROWS, FEATURES, 5, 5);
        Dataset stored = RecordFile.inFile(write(data));
        NativeMemory memory = new NativeMemory("test", Long.MAX_VALUE)) {
      BatchFeed[] feeds = new BatchFeed[2];
      for (int i = 0; i < 2; i++) {
        BatchOrder order = BatchOrder.shuffled(memory.allocate("order", 4 * ROWS), ROWS, 9);
        feeds[i] =
            BatchFeed.of(
                i == 0 ? data : stored, order, batch, 5, false, KernelSets.select(), memory);
      }
      try (BatchFeed expected = feeds[0];
          BatchFeed found = feeds[1]) {
        MemorySegment one = memory.allocate("labels", 4L * batch);
        MemorySegment two = memory.allocate("labels", 4L * batch);
        SeededRandom random = SeededRandom.of(5, "jumps");
        int row = 0;
        int epoch = 0;
        for (int i = 0; i < 200; i++) {
          if (random.nextInt(4) == 0) {
            epoch = random.nextInt(3);
            row = random.nextInt(4) * batch;
          }
          int count = Math.min(batch, ROWS - row);
          expected.await(epoch, row).labels(0, count, one, 0);
          found.await(epoch, row).labels(0, count, two, 0);
          assertEquals(-1, one.asSlice(0, 4L * count).mismatch(two.asSlice(0, 4L * count)));
          expected.release();
          found.release();
          row += count;
          if (row == ROWS) {
            row = 0;
            epoch++;
          }
        }
      }
    }
  }
}
