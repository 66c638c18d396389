package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.batchNorm;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.dropout;
import static org.panagrad.nn.Layers.gelu;
import static org.panagrad.nn.Layers.layerNorm;
import static org.panagrad.nn.Layers.relu;
import static org.panagrad.nn.Layers.residual;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.data.Dataset;
import org.panagrad.io.CheckpointFolder;
import org.panagrad.io.ModelFile;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Optimizers;

/** A training that is broken off and resumed comes to the bits it would have come to. */
@Timeout(120)
class ResumeTest {
  private static final int EPOCHS = 4;

  // Six steps an epoch, the last of them short.
  private final Dataset data = Problems.clouds(90, 12, 3, 1);
  private final Dataset validation = Problems.clouds(40, 12, 3, 2);

  @TempDir Path dir;

  @AfterEach
  void close() {
    data.close();
    validation.close();
  }

  static List<String> optimizers() {
    return Optimizers.labels();
  }

  private static Network network() {
    return Network.of(
        12, dense(33), relu(), dropout(0.3f), residual(dense(33), gelu()), dropout(0.1f), dense(3));
  }

  private static TrainingOptions options(String optimizer) {
    return TrainingOptions.defaults()
        .optimizer(Optimizers.byName(optimizer, 0.01f, 0.9f, 0.001f))
        .batchSize(16)
        .seed(7)
        .threads(2)
        .partitions(3);
  }

  /** Breaks a training off. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** What a training came to, as text: bits of the weights, and the history but for its times. */
  private static String outcome(TrainingSession session, TrainingResult result) {
    StringBuilder text = new StringBuilder(ModelFile.parametersSha256(session));
    for (TrainingEvent.EpochEnded epoch : result.history()) {
      EpochResult training = epoch.training();
      text.append('\n').append(training.epoch()).append(' ').append(training.examples());
      text.append(' ').append(training.loss()).append(' ').append(training.accuracy());
      text.append(' ').append(epoch.validation()).append(' ').append(epoch.step());
      text.append(' ').append(epoch.learningRate());
    }
    return text + "\n" + session.steps() + " best " + result.bestEpoch() + " " + result.reason();
  }

  private Trainer trainer(TrainingSession session) {
    return new Trainer(session).epochs(EPOCHS).validation(validation);
  }

  private String uninterrupted(TrainingOptions options) {
    try (TrainingSession session = TrainingSession.open(network(), data, options)) {
      return outcome(session, trainer(session).run());
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void everyOptimizerGoesOnToTheSameBits(String optimizer) throws IOException {
    TrainingOptions options = options(optimizer);
    String expected = uninterrupted(options);
    // At the first step, in an epoch, at its last step and at the first of the next.
    for (int stopAt : new int[] {1, 6, 7, 17, 24}) {
      boolean killed = stopAt == 7 || stopAt == 17;
      Path folder = dir.resolve(optimizer + stopAt);
      run(folder, options, stopAt, killed);
      // Threads do not change a bit, of what is resumed neither.
      try (CheckpointFolder store = CheckpointFolder.open(folder, 2);
          TrainingSession session = TrainingSession.open(network(), data, options.threads(1))) {
        TrainingResult result = trainer(session).checkpoints(store, every(5)).resume().run();
        assertEquals(expected, outcome(session, result), stopAt + ", killed: " + killed);
        assertTrue(store.checkpoints().size() <= 2);
      }
    }
  }

  private static CheckpointPolicy every(int steps) {
    return new CheckpointPolicy(steps, Duration.ZERO);
  }

  /** Trains up to a step and stops there, with a last checkpoint or, if killed, without. */
  private void run(Path folder, TrainingOptions options, int stopAt, boolean killed)
      throws IOException {
    try (CheckpointFolder store = CheckpointFolder.open(folder, 2);
        TrainingSession session = TrainingSession.open(network(), data, options)) {
      Trainer trainer = trainer(session).checkpoints(store, every(5)).resume();
      trainer.stepListener(
          (done, examples, loss, accuracy) -> {
            if (session.steps() == stopAt) {
              if (killed) {
                throw new Killed();
              }
              trainer.stop();
            }
          });
      if (killed) {
        assertThrows(Killed.class, trainer::run);
      } else {
        TrainingResult result = trainer.run();
        assertEquals(StopReason.INTERRUPTED, result.reason());
        assertEquals(store.checkpoints().getLast(), result.checkpoint());
      }
    }
  }

  /** An interrupt closes the channel of a file that its thread writes to. */
  @Test
  void aThreadThatIsInterruptedWritesItsLastCheckpoint() throws IOException {
    TrainingOptions options = options("adam");
    String expected = uninterrupted(options);
    try (CheckpointFolder store = CheckpointFolder.open(dir, 2);
        TrainingSession session = TrainingSession.open(network(), data, options)) {
      Trainer trainer = trainer(session).checkpoints(store, every(1000));
      trainer.stepListener(
          (done, examples, loss, accuracy) -> {
            if (session.steps() == 3) {
              Thread.currentThread().interrupt();
            }
          });
      TrainingResult result = trainer.run();
      assertTrue(Thread.interrupted(), "the interrupt is the caller's");
      assertEquals(List.of(store.checkpoints().getLast()), List.of(result.checkpoint()));
      assertEquals(expected, outcome(session, result));
    }
  }

  /** A longer training is what there is; whoever asks for a shorter one is told. */
  @Test
  void aCheckpointOfMoreEpochsThanAskedForIsTold() throws IOException {
    TrainingOptions options = options("adam");
    run(dir, options, 17, false); // in the third epoch
    assertEquals(List.of(), warnings(options, 3));
    run(dir, options, 24, false);
    String before = dir.resolve("step-000000000024.safetensors") + ": has been trained for ";
    assertEquals(List.of(), warnings(options, 4));
    assertEquals(
        List.of(
            before
                + "4 epochs, more than the 3 asked for; that is what is taken, and nothing is"
                + " added: for fewer, begin anew in another folder"),
        warnings(options, 3));
  }

  @Test
  void soIsOneInTheMidstOfAnEpochThatIsNotAskedFor() throws IOException {
    TrainingOptions options = options("adam");
    run(dir, options, 17, false);
    String warning = warnings(options, 2).getFirst();
    assertTrue(
        warning.contains("has been trained for 2 epochs and part of the next, more than the 2"),
        warning);
  }

  /**
   * What is told when a training is resumed to end after so many epochs, in one that goes no
   * further.
   */
  private List<String> warnings(TrainingOptions options, int epochs) throws IOException {
    List<String> warnings = new ArrayList<>();
    try (CheckpointFolder store = CheckpointFolder.open(dir, 2);
        TrainingSession session = TrainingSession.open(network(), data, options)) {
      Trainer trainer = trainer(session).epochs(epochs).checkpoints(store, every(1000)).resume();
      trainer.listener(
          event -> {
            if (event instanceof TrainingEvent.Resumed resumed) {
              warnings.addAll(resumed.warnings());
              trainer.stop();
            }
          });
      trainer.run();
    }
    return warnings;
  }

  @Test
  void manyInterruptionsInARowChangeNothing() throws IOException {
    TrainingOptions options = options("adam");
    String expected = uninterrupted(options);
    for (int stopAt = 1; stopAt <= 24; stopAt++) {
      run(dir, options, stopAt, stopAt % 3 == 0 && stopAt % 5 != 0);
    }
    try (CheckpointFolder store = CheckpointFolder.open(dir, 2);
        TrainingSession session = TrainingSession.open(network(), data, options)) {
      TrainingResult result = trainer(session).checkpoints(store, every(5)).resume().run();
      assertEquals(expected, outcome(session, result));
    }
  }

  @Test
  void rowsInTheirOrderGoOnToo() throws IOException {
    TrainingOptions options = options("momentum").shuffle(false);
    String expected = uninterrupted(options);
    run(dir, options, 9, false);
    try (CheckpointFolder store = CheckpointFolder.open(dir, 2);
        TrainingSession session = TrainingSession.open(network(), data, options)) {
      TrainingResult result = trainer(session).checkpoints(store, every(5)).resume().run();
      assertEquals(expected, outcome(session, result));
    }
  }

  @Test
  void earlyStoppingGoesOnWithItsBestWeights() throws IOException {
    // A large rate, so that the best epoch comes soon and the last is worse.
    TrainingOptions options = options("adam").optimizer(new Adam(0.03f));
    EarlyStopping rule = new EarlyStopping(4);
    String expected;
    long steps;
    try (TrainingSession session = TrainingSession.open(network(), data, options)) {
      TrainingResult result = trainer(session).epochs(100).earlyStopping(rule).run();
      expected = outcome(session, result);
      steps = session.steps();
      assertEquals(StopReason.EARLY_STOPPING, result.reason());
      assertNotEquals(result.history().size(), result.bestEpoch());
    }
    for (long stopAt = 3; stopAt <= steps; stopAt += 7) {
      Path folder = dir.resolve("" + stopAt);
      try (CheckpointFolder store = CheckpointFolder.open(folder, 1);
          TrainingSession session = TrainingSession.open(network(), data, options)) {
        Trainer trainer =
            trainer(session).epochs(100).earlyStopping(rule).checkpoints(store, every(5));
        long at = stopAt;
        trainer.stepListener(
            (done, examples, loss, accuracy) -> {
              if (session.steps() == at) {
                trainer.stop();
              }
            });
        trainer.run();
      }
      // Twice: the second finds a training that has come to its end.
      for (int time = 0; time < 2; time++) {
        try (CheckpointFolder store = CheckpointFolder.open(folder, 1);
            TrainingSession session = TrainingSession.open(network(), data, options)) {
          TrainingResult result =
              trainer(session)
                  .epochs(100)
                  .earlyStopping(rule)
                  .checkpoints(store, every(5))
                  .resume()
                  .run();
          assertEquals(expected, outcome(session, result), "stopped at " + stopAt);
        }
      }
    }
  }

  @Test
  void aTrainingThatIsDoneCanBeMadeLonger() throws IOException {
    TrainingOptions options = options("nesterov");
    String expected = uninterrupted(options);
    try (CheckpointFolder store = CheckpointFolder.open(dir, 2);
        TrainingSession session = TrainingSession.open(network(), data, options)) {
      trainer(session).epochs(2).checkpoints(store, every(5)).run();
    }
    List<TrainingEvent> events = new ArrayList<>();
    try (CheckpointFolder store = CheckpointFolder.open(dir, 2);
        TrainingSession session = TrainingSession.open(network(), data, options)) {
      TrainingResult result =
          trainer(session).checkpoints(store, every(5)).resume().listener(events::add).run();
      assertEquals(expected, outcome(session, result));
      assertEquals(
          new TrainingEvent.Resumed(
              dir.resolve("step-000000000012.safetensors"),
              12,
              result.history().subList(0, 2),
              List.of()),
          events.getFirst());
      assertEquals(new TrainingEvent.Started(session, EPOCHS, 12), events.get(1));
    }
  }

  @Test
  void aLossThatIsNoAccuracyIsKeptToo() throws IOException {
    float[][] x = new float[50][12];
    float[][] y = new float[50][3];
    for (int i = 0; i < 50; i++) {
      for (int j = 0; j < 12; j++) {
        x[i][j] = data.feature(i, j);
      }
      y[i][data.label(i)] = 1;
    }
    try (Dataset values = Dataset.ofValues("values", x, y)) {
      TrainingOptions options = options("rmsprop").loss(Losses.halfMeanSquaredError());
      String expected;
      try (TrainingSession session = TrainingSession.open(network(), values, options)) {
        expected = outcome(session, new Trainer(session).epochs(3).run());
      }
      try (CheckpointFolder store = CheckpointFolder.open(dir, 2);
          TrainingSession session = TrainingSession.open(network(), values, options)) {
        new Trainer(session).epochs(2).checkpoints(store, every(3)).run();
      }
      try (CheckpointFolder store = CheckpointFolder.open(dir, 2);
          TrainingSession session = TrainingSession.open(network(), values, options)) {
        TrainingResult result =
            new Trainer(session).epochs(3).checkpoints(store, every(3)).resume().run();
        assertEquals(expected, outcome(session, result));
      }
    }
  }

  @Test
  void anotherTrainingIsNotResumed() throws IOException {
    TrainingOptions options = options("adam");
    run(dir, options, 7, false);
    refused(options.seed(8), "seed: the checkpoint has 7, found 8");
    refused(options.batchSize(15), "batch size: the checkpoint has 16, found 15");
    refused(options.shuffle(false), "shuffling: the checkpoint has true, found false");
    refused(options.loss(Losses.meanSquaredError()), "loss: the checkpoint has Loss[");
    refused(options.optimizer(new Adam(0.02f)), "optimizer: the checkpoint has Adam[");
    refused(
        options.partitions(2),
        "partitions: the checkpoint has 3, found 2; give what the checkpoint has, or resumeAnyway");
    Network wider = Network.of(12, dense(34), relu(), dropout(0.3f), dense(3));
    assertTrue(
        refusal(wider, data, validation, options)
            .contains(
                "fc1: the checkpoint has Dense 12 -> 33 of input, fc1.weight, fc1.bias, found Dense"
                    + " 12 -> 34"));
    try (Dataset other = Problems.clouds(90, 12, 3, 3)) {
      String message = refusal(network(), other, validation, options);
      assertTrue(message.contains("training data: the checkpoint has 90 rows of 12"), message);
      message = refusal(network(), data, other, options);
      assertTrue(message.contains("validation data: the checkpoint has 40 rows"), message);
    }
  }

  private void refused(TrainingOptions options, String what) throws IOException {
    String message = refusal(network(), data, validation, options);
    assertTrue(message.contains(what), message);
    assertTrue(message.startsWith(dir.resolve("step-000000000007.safetensors").toString()));
  }

  private String refusal(Network network, Dataset train, Dataset look, TrainingOptions options)
      throws IOException {
    try (CheckpointFolder store = CheckpointFolder.open(dir, 2);
        TrainingSession session = TrainingSession.open(network, train, options)) {
      String before = ModelFile.parametersSha256(session);
      Trainer trainer = new Trainer(session).validation(look).checkpoints(store, every(5)).resume();
      String message = assertThrows(ResumeException.class, trainer::run).getMessage();
      assertNotNull(message);
      assertEquals(1, message.lines().count());
      assertEquals(before, ModelFile.parametersSha256(session));
      return message;
    }
  }

  @Test
  void anotherMachineWillDoIfToldSo() throws IOException {
    TrainingOptions options = options("adam");
    run(dir, options, 7, false);
    List<TrainingEvent> events = new ArrayList<>();
    try (CheckpointFolder store = CheckpointFolder.open(dir, 2);
        TrainingSession session = TrainingSession.open(network(), data, options.partitions(2))) {
      trainer(session).checkpoints(store, every(5)).resumeAnyway().listener(events::add).run();
      assertEquals(24, session.steps());
      TrainingEvent.Resumed resumed = (TrainingEvent.Resumed) events.getFirst();
      assertEquals(1, resumed.warnings().size());
      assertTrue(
          resumed
              .warnings()
              .getFirst()
              .endsWith("partitions: the checkpoint has 3, found 2; the bits will be others"));
    }
  }

  @Test
  void withoutResumingCheckpointsAreNotMixed() throws IOException {
    TrainingOptions options = options("adam");
    run(dir, options, 7, false);
    try (CheckpointFolder store = CheckpointFolder.open(dir, 2);
        TrainingSession session = TrainingSession.open(network(), data, options)) {
      Trainer trainer = trainer(session).checkpoints(store, every(5));
      String message = assertThrows(ResumeException.class, trainer::run).getMessage();
      assertEquals(
          dir
              + ": holds checkpoints of a training; resume that one, or begin anew in another"
              + " folder",
          message);
      assertThrows(IllegalStateException.class, trainer::checkpoint);
    }
  }

  /** Any thread may ask for a checkpoint; it is of a whole step. */
  @Test
  void checkpointsAreTakenFromOtherThreads() throws Exception {
    TrainingOptions options = options("adam");
    try (CheckpointFolder store = CheckpointFolder.open(dir, 3);
        TrainingSession session = TrainingSession.open(network(), data, options)) {
      CountDownLatch running = new CountDownLatch(3);
      Trainer trainer =
          trainer(session)
              .epochs(1_000_000)
              .checkpoints(store, new CheckpointPolicy(0, Duration.ZERO))
              .stepListener((done, examples, loss, accuracy) -> running.countDown());
      Thread thread = Thread.ofPlatform().start(trainer::run);
      running.await();
      for (int i = 0; i < 5; i++) {
        assertTrue(Files.exists(trainer.checkpoint()));
      }
      trainer.stop();
      thread.join();
      assertThrows(IllegalStateException.class, trainer::checkpoint);
    }
    String expected;
    long steps;
    try (CheckpointFolder store = CheckpointFolder.open(dir, 3);
        TrainingSession session = TrainingSession.open(network(), data, options)) {
      Trainer trainer = trainer(session).checkpoints(store, every(1_000_000)).resume();
      trainer.stop();
      trainer.run();
      steps = session.steps();
      expected = ModelFile.parametersSha256(session);
    }
    try (TrainingSession session = TrainingSession.open(network(), data, options)) {
      while (session.steps() < steps) {
        session.step();
      }
      assertEquals(expected, ModelFile.parametersSha256(session));
    }
  }

  /** Closing waits for the checkpoint under way, and the training ends. */
  @Test
  void closingTheSessionLeavesWholeCheckpoints() throws Exception {
    TrainingOptions options = options("adam");
    for (int round = 0; round < 10; round++) {
      Path folder = dir.resolve("" + round);
      try (CheckpointFolder store = CheckpointFolder.open(folder, 3)) {
        TrainingSession session = TrainingSession.open(network(), data, options);
        CountDownLatch written = new CountDownLatch(1 + round);
        Trainer trainer =
            trainer(session)
                .epochs(1_000_000)
                .checkpoints(store, every(1))
                .listener(
                    event -> {
                      if (event instanceof TrainingEvent.CheckpointWritten) {
                        written.countDown();
                      }
                    });
        RunningTraining training = RunningTraining.of(trainer);
        written.await();
        session.close();
        assertEquals("the training session is closed", training.failure());
      }
      try (CheckpointFolder store = CheckpointFolder.open(folder, 3);
          TrainingSession session = TrainingSession.open(network(), data, options)) {
        List<TrainingEvent> events = new ArrayList<>();
        Trainer trainer =
            trainer(session).checkpoints(store, every(5)).resume().listener(events::add);
        trainer.stop();
        trainer.run();
        assertEquals(List.of(), ((TrainingEvent.Resumed) events.getFirst()).warnings());
        assertTrue(session.steps() >= 1 + round);
      }
    }
  }

  @Test
  void policiesAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> every(-1));
    assertThrows(
        IllegalArgumentException.class, () -> new CheckpointPolicy(0, Duration.ofSeconds(-1)));
    CheckpointPolicy both = new CheckpointPolicy(10, Duration.ofSeconds(1));
    assertTrue(both.isDue(20, 10, 0));
    assertTrue(both.isDue(21, 10, 1_000_000_000));
    assertEquals(false, both.isDue(21, 10, 999_999_999));
    assertEquals(false, new CheckpointPolicy(0, Duration.ZERO).isDue(10, 0, Long.MAX_VALUE));
  }

  /** An update fused into its product adds in another order than one of a stored gradient. */
  @Test
  void storedGradientsAreOtherBits() throws IOException {
    run(dir, options("sgd"), 7, false);
    refused(
        options("sgd").keepGradients(true),
        "gradients stored: the checkpoint has false, found true");
  }

  @Test
  void aNormalisationOfOtherNumbersIsAnotherNetwork() throws IOException {
    Network network = Network.of(12, dense(9), batchNorm(1e-5, 0.1), layerNorm(1e-5), dense(3));
    try (CheckpointFolder store = CheckpointFolder.open(dir, 2);
        TrainingSession session = TrainingSession.open(network, data, options("adam"))) {
      new Trainer(session).epochs(1).validation(validation).checkpoints(store, every(5)).run();
    }
    Network other = Network.of(12, dense(9), batchNorm(1e-3, 0.1), layerNorm(1e-4), dense(3));
    String message = refusal(other, data, validation, options("adam"));
    assertTrue(message.contains("epsilon 1.0E-5, momentum 0.1 of fc1"), message);
    assertTrue(message.contains("epsilon 0.001, momentum 0.1 of fc1"), message);
    assertTrue(message.contains("LayerNorm 9, epsilon 1.0E-4"), message);
  }

  /** Steps that make no update do not write the same checkpoint again. */
  @Test
  void aStepIsWrittenOnceByCount() {
    CheckpointPolicy policy = every(5);
    assertTrue(policy.isDue(10, 5, 0));
    assertFalse(policy.isDue(10, 10, 0));
    assertFalse(policy.isDue(11, 5, 0));
    assertTrue(new CheckpointPolicy(5, Duration.ofSeconds(1)).isDue(10, 10, 2_000_000_000));
  }
}
