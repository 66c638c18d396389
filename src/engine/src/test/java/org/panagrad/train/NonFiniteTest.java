package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.batchNorm;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.data.Dataset;
import org.panagrad.graph.Value;
import org.panagrad.io.CheckpointFolder;
import org.panagrad.io.ModelFile;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.optim.Momentum;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.Optimizers;
import org.panagrad.optim.RmsProp;
import org.panagrad.optim.Sgd;

/** A loss, a gradient or a weight that is no finite number, and what is done then. */
@Timeout(60)
class NonFiniteTest {
  private static final CheckpointPolicy EVERY_3 = new CheckpointPolicy(3, Duration.ZERO);

  private final Dataset data = Problems.clouds(90, 12, 3, 1);
  private final Dataset validation = Problems.clouds(40, 12, 3, 2);

  @TempDir Path dir;

  @AfterEach
  void close() {
    data.close();
    validation.close();
  }

  private static Network network() {
    return Network.of(12, dense(20), relu(), dense(3));
  }

  private static TrainingOptions options() {
    return TrainingOptions.defaults().batchSize(16).threads(2).partitions(2).shuffle(false);
  }

  /** The rows of the clouds, but for one that is too large for the first product. */
  private Dataset withAnExtremeRow(int extreme) {
    float[][] x = new float[90][12];
    int[] labels = new int[90];
    for (int row = 0; row < 90; row++) {
      for (int i = 0; i < 12; i++) {
        x[row][i] = row == extreme ? 3e38f : data.feature(row, i);
      }
      labels[row] = data.label(row);
    }
    return Dataset.ofClasses("extreme", x, labels, 3);
  }

  @Test
  void aLossThatIsNotFiniteStopsAndNamesThePlace() throws IOException {
    List<TrainingEvent> events = new ArrayList<>();
    // Row 70 is in batch 4 of the first epoch: step 5.
    try (Dataset extreme = withAnExtremeRow(70);
        CheckpointFolder store = CheckpointFolder.open(dir, 3);
        TrainingSession session =
            TrainingSession.open(
                network(), extreme, options().optimizer(new Momentum(0.01f, 0.9f, false, 0)))) {
      Trainer trainer = new Trainer(session).checkpoints(store, EVERY_3).listener(events::add);
      NonFiniteLossException e = assertThrows(NonFiniteLossException.class, trainer::run);
      assertEquals(5, e.step());
      assertEquals(1, e.epoch());
      assertEquals(4, e.batch());
      assertEquals("fc1.weight", e.where());
      String message = String.valueOf(e.getMessage());
      assertTrue(message.startsWith("the loss is "), message);
      assertTrue(
          message.contains(" at step 5 (epoch 1, batch 4), first seen in fc1.weight, expected"),
          message);
      Path last = dir.resolve("step-000000000003.safetensors");
      assertTrue(message.endsWith("; the last checkpoint is " + last), message);
      assertEquals(List.of(last), store.checkpoints());
      assertEquals(new TrainingEvent.NonFinite("fc1.weight", 1, 4, 5, "stop"), events.getLast());
      assertThrows(IllegalStateException.class, trainer::checkpoint);
    }
  }

  /** Weights that have seen no such loss tell where it comes from, and are worth keeping. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void noUpdateIsMadeWithALossThatIsNotFinite(int parts) {
    for (String optimizer : Optimizers.labels()) {
      TrainingOptions options =
          options().accumulate(parts).optimizer(Optimizers.byName(optimizer, 0.01f, 0.9f, 0.001f));
      // Row 40 is in the first mini-batch of two that are one update, or in an update of its own.
      try (Dataset extreme = withAnExtremeRow(40);
          TrainingSession session = TrainingSession.open(network(), extreme, options)) {
        for (int step = 0; step < 2 / parts; step++) {
          session.step();
        }
        String before = ModelFile.parametersSha256(session);
        NonFiniteLossException e = assertThrows(NonFiniteLossException.class, session::step);
        assertEquals(2, e.batch(), optimizer);
        assertEquals(before, ModelFile.parametersSha256(session), optimizer);
        // Where plain SGD's update is its product no gradient tells, so the output does.
        String where = session.keepsGradients() ? "fc1.weight" : "the output of fc2";
        assertEquals(where, e.where(), optimizer);
      }
    }
  }

  /**
   * Rows in mini-batches of 4 for {@link #steep}: nothing to learn from, then ones, with one row
   * among them whose output is large and finite, and whose gradient is not: 10 / 4 times the
   * feature.
   */
  private static Dataset withAnOverflow(int overflow) {
    float[][] x = new float[12][2];
    float[][] t = new float[12][1];
    for (int row = 0; row < 12; row++) {
      boolean teaches = row >= overflow - overflow % 4;
      Arrays.fill(x[row], teaches ? 1 : 0);
      t[row][0] = teaches ? -1 : 0;
    }
    x[overflow][0] = 3e38f;
    return Dataset.ofValues("overflow", x, t);
  }

  private static TrainingSession steep(Dataset rows, TrainingOptions options) {
    TrainingSession session =
        TrainingSession.open(
            Network.of(2, dense(3), dense(1)), rows, options.batchSize(4).loss(Losses.huber(1)));
    float[] small = new float[6];
    Arrays.fill(small, 1e-3f);
    session.parameter("fc1.weight").set(small);
    session.parameter("fc1.bias").set(new float[3]);
    session.parameter("fc2.weight").set(new float[] {10, 10, 10});
    session.parameter("fc2.bias").set(new float[1]);
    return session;
  }

  static List<Optimizer> steepOptimizers() {
    // Plain SGD's update is the product itself, the other's gradient is kept.
    return List.of(new Sgd(1), new Momentum(1, 0.9f, false, 0));
  }

  @ParameterizedTest
  @MethodSource("steepOptimizers")
  void aGradientThatOverflowsIsNamedByTheNextLoss(Optimizer optimizer) {
    try (Dataset overflow = withAnOverflow(5);
        TrainingSession session = steep(overflow, options().optimizer(optimizer))) {
      List<TrainingEvent> events = new ArrayList<>();
      Trainer trainer = new Trainer(session).listener(events::add);
      String message =
          String.valueOf(assertThrows(NonFiniteLossException.class, trainer::run).getMessage());
      assertTrue(
          message.matches(
              "fc1\\.weight is not finite after the update at step 2 \\(epoch 1, batch 1\\), and so"
                  + " the loss is \\S+ at the next, expected finite numbers; .*"),
          message);
      assertEquals(new TrainingEvent.NonFinite("fc1.weight", 1, 1, 2, "stop"), events.getLast());
    }
  }

  /** Behind the last mini-batch there is no loss to tell. */
  @ParameterizedTest
  @MethodSource("steepOptimizers")
  void aGradientThatOverflowsIsNoticedBeforeTheWeightsAreUsed(Optimizer optimizer)
      throws IOException {
    TrainingOptions options = options().optimizer(optimizer);
    try (Dataset overflow = withAnOverflow(9)) {
      try (TrainingSession session = steep(overflow, options)) {
        Trainer trainer = new Trainer(session).epochs(1).validation(overflow);
        NonFiniteLossException e = assertThrows(NonFiniteLossException.class, trainer::run);
        assertEquals("fc1.weight", e.where());
        assertEquals(List.of(1, 2, 3L), List.of(e.epoch(), e.batch(), e.step()));
      }
      try (TrainingSession session = steep(overflow, options)) {
        assertEquals(3, assertThrows(NonFiniteLossException.class, session::epoch).step());
      }
      try (TrainingSession session = steep(overflow, options)) {
        session.step();
        session.step();
        Path file = dir.resolve("model");
        ModelFile.write(file, session);
        Files.delete(file);
        session.step();
        NonFiniteLossException e =
            assertThrows(NonFiniteLossException.class, () -> ModelFile.write(file, session));
        assertTrue(
            String.valueOf(e.getMessage())
                .startsWith(
                    "fc1.weight is not finite after the update at step 3 (epoch 1, batch 2),"
                        + " expected"),
            e.toString());
        assertFalse(Files.exists(file));
      }
    }
  }

  @Test
  void noCheckpointIsWrittenOfWeightsThatAreNotFinite() throws IOException {
    for (boolean interrupted : new boolean[] {false, true}) {
      List<TrainingEvent> events = new ArrayList<>();
      try (Dataset overflow = withAnOverflow(5);
          CheckpointFolder store = CheckpointFolder.open(dir.resolve("" + interrupted), 3);
          TrainingSession session = steep(overflow, options().optimizer(new Sgd(1)))) {
        Trainer trainer = new Trainer(session);
        trainer
            .checkpoints(store, new CheckpointPolicy(interrupted ? 100 : 2, Duration.ZERO))
            .listener(events::add)
            .stepListener(
                (done, examples, loss, accuracy) -> {
                  if (interrupted && session.steps() == 2) {
                    trainer.stop();
                  }
                });
        assertEquals(2, assertThrows(NonFiniteLossException.class, trainer::run).step());
        assertTrue(store.isEmpty(), "what is not finite is not kept");
        assertEquals(new TrainingEvent.NonFinite("fc1.weight", 1, 1, 2, "stop"), events.getLast());
      }
    }
  }

  @Test
  void aGradientThatOverflowsIsSkippedLikeALoss() {
    List<TrainingEvent> skipped = new ArrayList<>();
    TrainingOptions options = options().optimizer(new Sgd(1e-3f)).onNonFinite(OnNonFinite.SKIP);
    for (TrainingOptions each : List.of(options, options.clipValue(1), options.clipNorm(1))) {
      skipped.clear();
      try (Dataset overflow = withAnOverflow(5);
          TrainingSession session = steep(overflow, each)) {
        new Trainer(session)
            .epochs(1)
            .listener(
                event -> {
                  if (event instanceof TrainingEvent.NonFinite) {
                    skipped.add(event);
                  }
                })
            .run();
        assertEquals(List.of(new TrainingEvent.NonFinite("fc1.weight", 1, 1, 2, "skip")), skipped);
        assertEquals(2, session.steps());
        session.requireFinite();
      }
    }
  }

  /** What an update has done cannot be left out any more. */
  @Test
  void weightsThatAreNotFiniteAreNotSkipped() {
    try (TrainingSession session =
        TrainingSession.open(network(), data, options().onNonFinite(OnNonFinite.SKIP))) {
      session.step();
      float[] values = session.parameter("fc2.weight").toArray();
      values[3] = Float.NEGATIVE_INFINITY;
      session.parameter("fc2.weight").set(values);
      NonFiniteLossException e = assertThrows(NonFiniteLossException.class, session::step);
      assertEquals("fc2.weight", e.where());
      assertEquals(1, e.step());
    }
  }

  /** An infinite mean square freezes its weight, and the loss does not tell. */
  @Test
  void optimizerStateThatIsNotFiniteIsNoticedAtTheEpochsEnd() throws IOException {
    try (CheckpointFolder store = CheckpointFolder.open(dir, 3);
        TrainingSession session =
            TrainingSession.open(network(), data, options().optimizer(new RmsProp(0.01f)))) {
      Value bias =
          session.layout().parameters().stream()
              .filter(parameter -> parameter.path().equals("fc1.bias"))
              .findFirst()
              .orElseThrow();
      Trainer trainer =
          new Trainer(session)
              .epochs(3)
              .checkpoints(store, new CheckpointPolicy(1_000, Duration.ZERO))
              .stepListener(
                  (done, examples, loss, accuracy) -> {
                    if (session.steps() == 8) {
                      session
                          .optimizerState()
                          .getFirst()
                          .set(
                              ValueLayout.JAVA_FLOAT,
                              session.layout().offset(bias),
                              Float.POSITIVE_INFINITY);
                    }
                  });
      NonFiniteLossException e = assertThrows(NonFiniteLossException.class, trainer::run);
      assertEquals("fc1.bias", e.where());
      assertTrue(
          String.valueOf(e.getMessage())
              .startsWith(
                  "the optimizer's state of fc1.bias is not finite after step 12 (epoch 2, batch"
                      + " 5), and was after step 6, expected"),
          e.toString());
      assertEquals(12, e.step());
      assertEquals(2, e.epoch());
      assertEquals(5, e.batch());
      assertTrue(store.isEmpty(), "what is not finite is not kept");
    }
  }

  private static Network normed() {
    return Network.of(12, dense(20), batchNorm(), relu(), dense(9), batchNorm(), dense(3));
  }

  static List<Arguments> networksAndOptimizers() {
    return Stream.of(network(), normed())
        .flatMap(n -> Optimizers.labels().stream().map(o -> Arguments.of(n, o)))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("networksAndOptimizers")
  void skippingLeavesTheBatchOutAndNothingElse(Network network, String optimizer) {
    TrainingOptions options =
        options()
            .optimizer(Optimizers.byName(optimizer, 0.01f, 0.9f, 0.001f))
            .onNonFinite(OnNonFinite.SKIP);
    List<TrainingEvent> skipped = new ArrayList<>();
    // Batch 4 of 6, rows 64 to 79, is never trained on: the rest is as if there were none such.
    try (Dataset extreme = withAnExtremeRow(70);
        Dataset rest = without(64, 80);
        TrainingSession session = TrainingSession.open(network, extreme, options);
        TrainingSession other = TrainingSession.open(network, rest, options)) {
      TrainingResult result =
          new Trainer(session)
              .epochs(2)
              .listener(
                  event -> {
                    if (event instanceof TrainingEvent.NonFinite) {
                      skipped.add(event);
                    }
                  })
              .run();
      TrainingResult expected = new Trainer(other).epochs(2).run();
      assertEquals(ModelFile.parametersSha256(other), ModelFile.parametersSha256(session));
      assertEquals(10, session.steps());
      for (int epoch = 0; epoch < 2; epoch++) {
        EpochResult told = result.history().get(epoch).training();
        assertEquals(expected.history().get(epoch).training().loss(), told.loss(), 1e-12);
        assertEquals(expected.history().get(epoch).training().accuracy(), told.accuracy());
      }
      assertEquals(
          List.of(
              new TrainingEvent.NonFinite("fc1.weight", 1, 4, 5, "skip"),
              new TrainingEvent.NonFinite("fc1.weight", 2, 4, 10, "skip")),
          skipped,
          optimizer);
    }
  }

  /** The rows of the clouds but for [from, to). */
  private Dataset without(int from, int to) {
    List<float[]> x = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int row = 0; row < 90; row++) {
      if (row < from || row >= to) {
        float[] features = new float[12];
        for (int i = 0; i < 12; i++) {
          features[i] = data.feature(row, i);
        }
        x.add(features);
        labels.add(data.label(row));
      }
    }
    return Dataset.ofClasses(
        "rest",
        x.toArray(float[][]::new),
        labels.stream().mapToInt(Integer::intValue).toArray(),
        3);
  }

  /**
   * With accumulation an update has several mini-batches, of which one is enough to leave it out.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void skippingLeavesOutTheWholeUpdate(boolean normalises) {
    Network network = normalises ? normed() : network();
    TrainingOptions options = options().accumulate(2).onNonFinite(OnNonFinite.SKIP);
    for (int row : new int[] {40, 50}) {
      try (Dataset extreme = withAnExtremeRow(row);
          Dataset rest = without(32, 64);
          TrainingSession session = TrainingSession.open(network, extreme, options);
          TrainingSession other = TrainingSession.open(network, rest, options)) {
        session.epoch();
        other.epoch();
        assertEquals(ModelFile.parametersSha256(other), ModelFile.parametersSha256(session));
      }
    }
  }

  @Test
  void anEpochOfNothingButSkippedUpdatesStops() {
    float[][] x = new float[20][12];
    int[] labels = new int[20];
    for (int row = 0; row < 20; row++) {
      Arrays.fill(x[row], 3e38f);
      labels[row] = row % 3;
    }
    try (Dataset wrong = Dataset.ofClasses("wrong", x, labels, 3);
        TrainingSession session =
            TrainingSession.open(
                network(), wrong, options().batchSize(5).onNonFinite(OnNonFinite.SKIP))) {
      Trainer trainer = new Trainer(session);
      assertEquals(3, assertThrows(NonFiniteLossException.class, trainer::run).batch());
      assertEquals(0, session.epochs());
    }
  }

  private static TrainingOptions tooFast() {
    return options()
        .loss(Losses.halfMeanSquaredError())
        .optimizer(new Sgd(64))
        .onNonFinite(OnNonFinite.ROLLBACK);
  }

  private static Trainer trainer(TrainingSession session, Dataset validation) {
    return new Trainer(session).epochs(12).validation(validation);
  }

  @Test
  void goingBackHalvesTheLearningRateUntilItConverges() {
    List<TrainingEvent> gone = new ArrayList<>();
    try (TrainingSession session = TrainingSession.open(network(), data, tooFast())) {
      TrainingResult result =
          trainer(session, validation)
              .listener(
                  event -> {
                    if (event instanceof TrainingEvent.NonFinite) {
                      gone.add(event);
                    }
                  })
              .run();
      assertFalse(gone.isEmpty());
      for (TrainingEvent event : gone) {
        assertEquals("rollback", ((TrainingEvent.NonFinite) event).action());
      }
      assertEquals(12, result.history().size());
      assertEquals(72, session.steps());
      assertEquals(
          64f / (1 << gone.size()), result.history().getLast().learningRate(), gone.toString());
      for (TrainingEvent.EpochEnded epoch : result.history()) {
        assertTrue(Double.isFinite(epoch.training().loss()));
      }
    }
  }

  @Test
  void goingBackIsResumedToTheSameBits() throws IOException {
    String expected;
    int stops = 0;
    try (TrainingSession session = TrainingSession.open(network(), data, tooFast())) {
      trainer(session, validation).run();
      expected = ModelFile.parametersSha256(session);
    }
    boolean isDone = false;
    for (int run = 0; !isDone; run++) {
      assertTrue(run < 100);
      try (CheckpointFolder store = CheckpointFolder.open(dir, 2);
          TrainingSession session = TrainingSession.open(network(), data, tooFast())) {
        Trainer trainer = trainer(session, validation).checkpoints(store, EVERY_3).resume();
        int[] left = {1 + run % 7};
        trainer.stepListener(
            (done, examples, loss, accuracy) -> {
              if (--left[0] == 0) {
                trainer.stop();
              }
            });
        TrainingResult result = trainer.run();
        isDone = result.reason() == StopReason.ALL_EPOCHS;
        stops += isDone ? 0 : 1;
        if (isDone) {
          assertEquals(expected, ModelFile.parametersSha256(session));
        }
      }
    }
    assertTrue(stops > 12, stops + " stops");
  }

  @Test
  void goingBackEndsWhenItDoesNotHelp() {
    try (Dataset extreme = withAnExtremeRow(70);
        TrainingSession session =
            TrainingSession.open(network(), extreme, options().onNonFinite(OnNonFinite.ROLLBACK))) {
      List<String> actions = new ArrayList<>();
      Trainer trainer =
          new Trainer(session)
              .listener(
                  event -> {
                    if (event instanceof TrainingEvent.NonFinite bad) {
                      actions.add(bad.action());
                    }
                  });
      NonFiniteLossException e = assertThrows(NonFiniteLossException.class, trainer::run);
      assertTrue(String.valueOf(e.getMessage()).endsWith("; it was gone back 10 times before"));
      assertEquals(11, actions.size());
      assertEquals("stop", actions.getLast());
    }
  }

  @Test
  void theCopiesAreCountedAsNativeMemory() {
    TrainingOptions options = options().optimizer(new Momentum(0.01f, 0.9f, false, 0));
    long planned;
    try (TrainingSession session = TrainingSession.open(network(), data, options)) {
      planned = session.memoryReport().bytes();
    }
    try (TrainingSession session =
        TrainingSession.open(network(), data, options.onNonFinite(OnNonFinite.ROLLBACK))) {
      assertEquals(planned, session.memoryReport().bytes());
      new Trainer(session).epochs(1).run();
      assertTrue(
          session.memoryReport().bytes() - planned >= 2 * 4 * session.network().parameterCount());
    }
  }

  @Test
  void policiesHaveNames() {
    for (OnNonFinite policy : OnNonFinite.values()) {
      assertEquals(policy, OnNonFinite.byName(policy.label()));
    }
    assertThrows(IllegalArgumentException.class, () -> OnNonFinite.byName("ignore"));
  }
}
