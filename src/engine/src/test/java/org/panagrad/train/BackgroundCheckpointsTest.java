package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.panagrad.data.Dataset;
import org.panagrad.memory.NativeMemory;
import org.panagrad.memory.NativeMemoryLimitException;
import org.panagrad.memory.ProcessMemory;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;

/** Checkpoints are written while the training goes on, and nobody notices but the clock. */
@Timeout(60)
class BackgroundCheckpointsTest {
  private final Dataset data = Problems.clouds(90, 12, 3, 1);

  @AfterEach
  void close() {
    data.close();
  }

  /** A disk that writes when it is told to, and may fail. */
  private static final class SlowDisk implements CheckpointStore {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch mayWrite;
    private final AtomicInteger writing = new AtomicInteger();
    private final List<Long> steps = new ArrayList<>();
    private final List<String> parameters = new ArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();

    SlowDisk(boolean waits) {
      mayWrite = new CountDownLatch(waits ? 1 : 0);
    }

    @Override
    public Path write(CheckpointForm form, TrainingProgress progress) throws IOException {
      assertEquals(1, writing.incrementAndGet(), "two at a time");
      begun.countDown();
      try {
        mayWrite.await();
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      } finally {
        writing.decrementAndGet();
      }
      if (failures.getAndDecrement() > 0) {
        throw new IOException("the disk is full; make room");
      }
      steps.add(progress.position().step());
      parameters.add(hex(form.slabs().get(CheckpointForm.PARAMETERS)));
      return Path.of("step-" + progress.position().step());
    }

    @Override
    public Optional<Restored> restore(CheckpointForm form, boolean otherMachine) {
      return Optional.empty();
    }

    @Override
    public boolean isEmpty() {
      return true;
    }

    @Override
    public String name() {
      return "slow disk";
    }
  }

  private static String hex(@org.jspecify.annotations.Nullable MemorySegment slab) {
    return slab == null ? "none" : HexFormat.of().formatHex(slab.toArray(ValueLayout.JAVA_BYTE));
  }

  private static TrainingOptions options() {
    return TrainingOptions.defaults().optimizer(new Adam(0.01f)).batchSize(16).threads(2).seed(3);
  }

  private TrainingSession open(TrainingOptions options) {
    return TrainingSession.open(Network.of(12, dense(20), relu(), dense(3)), data, options);
  }

  private static CheckpointPolicy every(int steps) {
    return new CheckpointPolicy(steps, Duration.ZERO);
  }

  private String parametersAt(int step) {
    try (TrainingSession session = open(options())) {
      while (session.steps() < step) {
        session.step();
      }
      return hex(session.parameterSlab());
    }
  }

  /** Where the system has no thread left, the next who asks is not to wait for this checkpoint. */
  @Test
  void oneThatCouldNotBeBegunIsNotWaitedFor() {
    try (TrainingSession session = open(options())) {
      CheckpointForm form = new CheckpointForm(session.layout(), Map.of(), Map.of(), Map.of());
      TrainingProgress progress =
          new TrainingProgress(session.position(), 0, 0, 0, Double.NaN, null, 0, List.of());
      ThreadFactory none =
          _ -> {
            throw new OutOfMemoryError("unable to create native thread");
          };
      BackgroundCheckpoints writer = new BackgroundCheckpoints(new SlowDisk(false), Map.of(), none);
      assertThrows(OutOfMemoryError.class, () -> writer.begin(form, progress));
      assertTimeoutPreemptively(Duration.ofSeconds(10), writer::settle);
      assertNull(writer.end());
    }
  }

  /** The training goes on while the disk is slow, and what comes to be written is of its step. */
  @Test
  void theTrainingGoesOnMeanwhile() {
    SlowDisk disk = new SlowDisk(true);
    List<TrainingEvent> events = new ArrayList<>();
    long[] wentOnTo = {0};
    try (TrainingSession session = open(options())) {
      new Trainer(session)
          .epochs(2)
          .checkpoints(disk, every(5))
          .listener(events::add)
          .stepListener(
              (done, examples, loss, accuracy) -> {
                // At step 10 the next is due, and waits.
                if (session.steps() == 9) {
                  wentOnTo[0] = session.steps();
                  assertFalse(
                      events.stream().anyMatch(TrainingEvent.CheckpointWritten.class::isInstance));
                  disk.mayWrite.countDown();
                }
              })
          .run();
    }
    assertEquals(9, wentOnTo[0]);
    assertEquals(List.of(5L, 10L, 12L), disk.steps);
    assertEquals(List.of(parametersAt(5), parametersAt(10), parametersAt(12)), disk.parameters);
    assertEquals(
        List.of(5L, 10L, 12L),
        events.stream()
            .filter(TrainingEvent.CheckpointWritten.class::isInstance)
            .map(event -> ((TrainingEvent.CheckpointWritten) event).step())
            .toList());
    assertTrue(events.getLast() instanceof TrainingEvent.Stopped);
  }

  /** However often they are due, there is one at a time, and none is left out. */
  @Test
  void whoComesTooEarlyWaits() {
    SlowDisk disk = new SlowDisk(false);
    try (TrainingSession session = open(options())) {
      TrainingResult result = new Trainer(session).epochs(3).checkpoints(disk, every(1)).run();
      assertEquals(Path.of("step-18"), result.checkpoint());
    }
    List<Long> all = new ArrayList<>();
    for (long step = 1; step <= 18; step++) {
      all.add(step);
    }
    assertEquals(all, disk.steps);
  }

  @Test
  void aFailureEndsTheTrainingInOneLine() {
    SlowDisk disk = new SlowDisk(false);
    disk.failures.set(1);
    try (TrainingSession session = open(options())) {
      Trainer trainer = new Trainer(session).epochs(100).checkpoints(disk, every(4));
      UncheckedIOException e = assertThrows(UncheckedIOException.class, trainer::run);
      assertEquals(
          "java.io.IOException: the disk is full; make room", String.valueOf(e.getCause()));
      // At the latest where the next is due.
      assertTrue(session.steps() >= 4 && session.steps() <= 8, session.steps() + " steps");
      assertThrows(IllegalStateException.class, trainer::checkpoint);
    }
    assertEquals(List.of(), disk.steps);
  }

  /** So does one that comes to light only when everything is done. */
  @Test
  void aFailureAtTheEndIsNoSuccess() {
    SlowDisk disk = new SlowDisk(true);
    disk.failures.set(1);
    try (TrainingSession session = open(options())) {
      Trainer trainer =
          new Trainer(session)
              .epochs(1)
              .checkpoints(disk, every(6))
              .stepListener(
                  (done, examples, loss, accuracy) -> {
                    if (done == examples) {
                      disk.mayWrite.countDown();
                    }
                  });
      assertThrows(UncheckedIOException.class, trainer::run);
    }
  }

  /** What is being written has memory of the session's: closing waits for it. */
  @Test
  void closingWaitsForTheCheckpointUnderWay() throws InterruptedException {
    SlowDisk disk = new SlowDisk(true);
    TrainingSession session = open(options());
    RunningTraining training =
        RunningTraining.of(new Trainer(session).epochs(1_000_000).checkpoints(disk, every(5)));
    disk.begun.await();
    Thread closing = Thread.ofPlatform().start(session::close);
    while (closing.getState() != Thread.State.WAITING
        && closing.getState() != Thread.State.BLOCKED) {
      Thread.onSpinWait();
    }
    assertEquals(List.of(), disk.steps);
    disk.mayWrite.countDown();
    closing.join();
    assertEquals("the training session is closed", training.failure());
    assertEquals(parametersAt(5), disk.parameters.getFirst());
  }

  /** A listener that throws ends the run, and the store is nobody's afterwards. */
  @Test
  void anExceptionWaitsToo() {
    SlowDisk disk = new SlowDisk(true);
    try (TrainingSession session = open(options())) {
      Trainer trainer =
          new Trainer(session)
              .checkpoints(disk, every(5))
              .stepListener(
                  (done, examples, loss, accuracy) -> {
                    if (session.steps() == 7) {
                      Thread.ofPlatform().start(disk.mayWrite::countDown);
                      throw new IllegalArgumentException("mine");
                    }
                  });
      assertEquals("mine", assertThrows(IllegalArgumentException.class, trainer::run).getMessage());
      assertEquals(List.of(5L), disk.steps);
    }
  }

  @Test
  void theCopyIsCountedAndLimited() {
    long before = NativeMemory.processBytes();
    long planned;
    try (TrainingSession session = open(options())) {
      planned = session.memoryReport().bytes();
      new Trainer(session).epochs(1).checkpoints(new SlowDisk(false), every(5)).run();
      // Parameters and Adam's two moments, once more.
      assertEquals(planned + 3 * session.layout().bytes(), session.memoryReport().bytes());
    }
    try (TrainingSession session = open(options().maxNativeBytes(planned))) {
      Trainer trainer = new Trainer(session).checkpoints(new SlowDisk(false), every(5));
      String message =
          String.valueOf(assertThrows(NativeMemoryLimitException.class, trainer::run).getMessage());
      assertTrue(message.contains("(copy for checkpoints: parameters)"), message);
      assertEquals(0, session.steps());
    }
    ProcessMemory.assertNoMoreThan(before);
  }

  @Test
  void aTrainingThatStopsForGoodNamesTheCheckpointThatWasUnderWay() {
    float[][] x = new float[90][12];
    int[] labels = new int[90];
    for (int row = 0; row < 90; row++) {
      data.copyStored(row, x[row]);
      labels[row] = data.label(row);
    }
    java.util.Arrays.fill(x[70], 3e38f); // of the fifth mini-batch
    SlowDisk disk = new SlowDisk(true);
    TrainingOptions options = options().shuffle(false);
    try (Dataset extreme = Dataset.ofClasses("extreme", x, labels, 3);
        TrainingSession session =
            TrainingSession.open(Network.of(12, dense(20), relu(), dense(3)), extreme, options)) {
      Trainer trainer =
          new Trainer(session)
              .checkpoints(disk, every(3))
              .stepListener(
                  (done, examples, loss, accuracy) -> {
                    if (session.steps() == 4) {
                      disk.mayWrite.countDown();
                    }
                  });
      NonFiniteLossException e = assertThrows(NonFiniteLossException.class, trainer::run);
      assertTrue(
          String.valueOf(e.getMessage()).contains("the last checkpoint is step-3"), e.getMessage());
    }
  }
}
