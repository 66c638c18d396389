package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.data.Dataset;
import org.panagrad.graph.Loss;
import org.panagrad.graph.Value;
import org.panagrad.nn.Layer;
import org.panagrad.nn.Layers;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Momentum;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.Optimizers;
import org.panagrad.optim.Sgd;
import org.panagrad.random.SeededRandom;

/**
 * An update that makes a weight infinite under a finite loss is named by layer, step and batch,
 * whether or not a loss behind it tells.
 */
@Timeout(120)
class OverflowTest {
  private static final int TRIALS = 50;

  static List<Arguments> optimizersAndThreads() {
    return Optimizers.labels().stream()
        .flatMap(name -> Stream.of(Arguments.of(name, 1), Arguments.of(name, 2)))
        .toList();
  }

  /** What looking at every weight after every step says of a training. */
  private record Seen(long step, int epoch, int batch, Set<String> where) {}

  /** Trainings with rates and rows of any size; the reference reads all weights after each step. */
  @ParameterizedTest
  @MethodSource("optimizersAndThreads")
  void theUpdateThatOverflowedIsNamed(String optimizer, int threads) {
    int overflows = 0;
    int ofLoss = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
      SeededRandom random = SeededRandom.of(trial, "overflow " + optimizer);
      Network network = network(random);
      TrainingOptions options =
          TrainingOptions.defaults()
              .batchSize(random.nextInt(2) == 0 ? 7 : 48)
              .partitions(2)
              .threads(threads)
              .shuffle(random.nextInt(2) == 0)
              .seed(trial)
              .loss(loss(random))
              .optimizer(
                  Optimizers.byName(
                      optimizer, (float) Math.pow(10, 38 * random.nextDouble()), 0.9f, 0));
      if (random.nextInt(4) == 0) {
        options = options.clipValue(1e30f);
      }
      if (random.nextInt(4) == 0) {
        options = options.accumulate(2);
      }
      try (Dataset data = withAHugeRow(random)) {
        Seen seen = null;
        NonFiniteLossException first = null;
        try (TrainingSession session = open(network, data, options, trial)) {
          for (int step = 0; step < 30 && first == null; step++) {
            int epoch = session.epochs() + 1;
            int batch = session.isBetweenEpochs() ? 0 : session.epochRows() / options.batchSize();
            try {
              session.step();
              assertTrue(seen == null, "trial " + trial + ": the step behind it is not made");
              Set<String> where = notFinite(session);
              seen = where.isEmpty() ? null : new Seen(session.steps(), epoch, batch, where);
            } catch (NonFiniteLossException e) {
              first = e;
              if (seen == null) {
                ofLoss++;
                assertEquals(
                    List.of(epoch, session.steps()), List.of(e.epoch(), e.step()), e.toString());
                assertEquals(Set.of(), notFinite(session), "no update is made");
              }
            }
          }
          if (first == null && seen != null) {
            first = assertThrows(NonFiniteLossException.class, session::requireFinite);
          }
        }
        if (first == null) {
          continue;
        }
        if (seen != null) {
          overflows++;
          assertSeen(seen, first);
        }
        try (TrainingSession session = open(network, data, options, trial)) {
          Trainer trainer = new Trainer(session).epochs(40).validation(data);
          NonFiniteLossException e = assertThrows(NonFiniteLossException.class, trainer::run);
          if (isOfWhatIsNotTrained(e)) {
            assertTrue(e.step() <= first.step(), e + " before " + first);
          } else {
            assertEquals(
                List.of(first.step(), first.batch(), first.where()),
                List.of(e.step(), e.batch(), e.where()),
                e + " as " + first);
          }
        }
      }
    }
    assertTrue(overflows >= 5, overflows + " overflows");
    assertTrue(ofLoss >= 1, ofLoss + " losses");
  }

  /** Some start from weights that are large, or small. */
  private static TrainingSession open(
      Network network, Dataset data, TrainingOptions options, int trial) {
    SeededRandom random = SeededRandom.of(trial, "weights");
    TrainingSession session = TrainingSession.open(network, data, options);
    for (Value value : network.graph().trainedParameters()) {
      if (random.nextInt(3) == 0) {
        float factor = (float) Math.pow(10, random.nextDouble(-6, 36));
        float[] values = session.parameter(value.path()).toArray();
        for (int i = 0; i < values.length; i++) {
          values[i] *= factor;
        }
        session.parameter(value.path()).set(values);
      }
    }
    return session;
  }

  /** The optimizer's state and running statistics are looked at once an epoch. */
  private static boolean isOfWhatIsNotTrained(NonFiniteLossException e) {
    String message = String.valueOf(e.getMessage());
    return message.startsWith("the optimizer's state of") || e.where().contains("running");
  }

  private static void assertSeen(Seen seen, NonFiniteLossException e) {
    assertEquals(seen.step(), e.step(), seen + ": " + e);
    assertEquals(seen.epoch(), e.epoch(), seen + ": " + e);
    assertEquals(seen.batch(), e.batch(), seen + ": " + e);
    assertTrue(seen.where().contains(e.where()), seen + ": " + e);
  }

  private static Network network(SeededRandom random) {
    List<Layer> layers = new ArrayList<>();
    List<String> activations =
        List.of("identity", "relu", "leaky-relu", "sigmoid", "tanh", "gelu", "silu");
    for (int depth = 1 + random.nextInt(2); depth > 0; depth--) {
      layers.add(dense(random.nextInt(2) == 0 ? 4 : 40));
      switch (random.nextInt(4)) {
        case 0 -> layers.add(Layers.batchNorm());
        case 1 -> layers.add(Layers.layerNorm());
        default -> {}
      }
      layers.add(Layers.activation(activations.get(random.nextInt(activations.size()))));
    }
    layers.add(dense(3));
    if (random.nextInt(3) == 0) {
      layers.add(Layers.activation(activations.get(random.nextInt(activations.size()))));
    }
    return Network.of(8, layers.toArray(Layer[]::new));
  }

  private static Loss loss(SeededRandom random) {
    return switch (random.nextInt(5)) {
      case 0 -> Losses.meanSquaredError();
      case 1 -> Losses.huber(1);
      case 2 -> Losses.meanAbsoluteError();
      case 3 -> Losses.binaryCrossEntropy();
      default -> Losses.crossEntropy();
    };
  }

  /** 100 rows, one of them larger than the others by up to 38 powers of ten. */
  private static Dataset withAHugeRow(SeededRandom random) {
    float[][] x = new float[100][8];
    int[] labels = new int[100];
    int huge = random.nextInt(100);
    float factor = random.nextInt(2) == 0 ? 1 : (float) Math.pow(10, 38 * random.nextDouble());
    for (int row = 0; row < 100; row++) {
      labels[row] = random.nextInt(3);
      for (int i = 0; i < 8; i++) {
        x[row][i] = (float) random.nextGaussian();
        if (row == huge) {
          x[row][i] = Math.clamp(x[row][i] * factor, -Float.MAX_VALUE, Float.MAX_VALUE);
        }
      }
    }
    return Dataset.ofClasses("huge", x, labels, 3);
  }

  /**
   * Rows of ones to be taught -1, in mini-batches of 16, and in one of them a row whose gradient
   * overflows. The weight becomes minus infinity, and the unit is off ever after: no loss tells.
   */
  private static Dataset withAHiddenOverflow(int overflow, int rows) {
    float[][] x = new float[rows][2];
    float[][] t = new float[rows][1];
    for (int row = 0; row < rows; row++) {
      Arrays.fill(x[row], 1);
      t[row][0] = -1;
    }
    x[overflow][0] = 3e38f;
    return Dataset.ofValues("overflow", x, t);
  }

  private static TrainingSession steep(int hidden, Dataset rows, TrainingOptions options) {
    TrainingSession session =
        TrainingSession.open(
            Network.of(2, dense(hidden), relu(), dense(1)),
            rows,
            options.batchSize(16).partitions(2).shuffle(false).loss(Losses.huber(1)));
    session.parameter("fc1.weight").set(filled(2 * hidden, 1e-5f));
    session.parameter("fc2.weight").set(filled(hidden, 100));
    return session;
  }

  private static float[] filled(int count, float value) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return values;
  }

  static List<Arguments> steepTrainings() {
    List<Arguments> all = new ArrayList<>();
    // 3 units are one tile, 40 are a tile for each lane.
    for (int hidden : new int[] {3, 40}) {
      for (int threads = 1; threads <= 2; threads++) {
        for (Optimizer optimizer :
            List.of(new Sgd(1e-6f), new Momentum(1e-6f, 0.9f, false, 0), new Adam(1e-6f))) {
          all.add(Arguments.of(optimizer, hidden, threads));
        }
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("steepTrainings")
  void anOverflowThatNoLossTellsIsNamed(Optimizer optimizer, int hidden, int threads) {
    TrainingOptions options = TrainingOptions.defaults().optimizer(optimizer).threads(threads);
    // In the second of four mini-batches, and in the last, behind which there is no loss.
    for (int batch : new int[] {1, 3}) {
      try (Dataset rows = withAHiddenOverflow(16 * batch + 5, 64);
          TrainingSession session = steep(hidden, rows, options)) {
        List<TrainingEvent> events = new ArrayList<>();
        NonFiniteLossException e =
            assertThrows(
                NonFiniteLossException.class, new Trainer(session).listener(events::add)::run);
        String message = String.valueOf(e.getMessage());
        assertTrue(
            message.startsWith(
                "fc1.weight is not finite after the update at step "
                    + (batch + 1)
                    + " (epoch 1, batch "
                    + batch
                    + ")"
                    + (batch == 3 ? "," : ", and so the loss is NaN at the next,")
                    + " expected finite numbers"),
            message);
        assertEquals(
            new TrainingEvent.NonFinite("fc1.weight", 1, batch, batch + 1L, "stop"),
            events.getLast());
      }
    }
  }

  /** What is lost is told in full: the update had two mini-batches. */
  @ParameterizedTest
  @ValueSource(ints = {16 * 2 + 5, 16 * 3 + 5})
  void anOverflowOfGatheredGradientsNamesTheirBatches(int overflow) {
    TrainingOptions options = TrainingOptions.defaults().optimizer(new Sgd(1e-6f)).accumulate(2);
    try (Dataset rows = withAHiddenOverflow(overflow, 96);
        TrainingSession session = steep(3, rows, options)) {
      NonFiniteLossException e =
          assertThrows(NonFiniteLossException.class, new Trainer(session)::run);
      String message = String.valueOf(e.getMessage());
      assertTrue(
          message.startsWith(
              "fc1.weight is not finite after the update at step 2 (epoch 1, batches 2 to 3), and"),
          message);
      assertEquals(2, e.batch());
    }
  }

  /** The mini-batch with the loss is known, though its update has others. */
  @Test
  void aLossThatIsNotFiniteNamesItsOwnBatch() {
    TrainingOptions options = TrainingOptions.defaults().optimizer(new Sgd(1e-6f)).accumulate(2);
    try (Dataset rows = withAHiddenOverflow(16 * 3 + 5, 96);
        TrainingSession session = steep(3, rows, options)) {
      session.parameter("fc2.weight").set(filled(3, 1e30f));
      NonFiniteLossException e =
          assertThrows(NonFiniteLossException.class, new Trainer(session)::run);
      String message = String.valueOf(e.getMessage());
      assertTrue(
          message.startsWith("the loss is Infinity at step 2 (epoch 1, batch 3), "), message);
    }
  }

  /** A bound for elements makes no number of what is none. */
  @ParameterizedTest
  @CsvSource({"1, false", "1, true", "2, false"})
  void anOverflowIsNotHiddenByABound(int threads, boolean keeps) {
    TrainingOptions options =
        TrainingOptions.defaults()
            .optimizer(new Sgd(1e-6f))
            .threads(threads)
            .keepGradients(keeps)
            .clipValue(1);
    try (Dataset rows = withAHiddenOverflow(16 + 5, 64);
        TrainingSession session = steep(40, rows, options)) {
      NonFiniteLossException e =
          assertThrows(NonFiniteLossException.class, new Trainer(session)::run);
      assertEquals(List.of("fc1.weight", 2L, 1), List.of(e.where(), e.step(), e.batch()));
    }
  }

  /** It is seen a step later, and is gone back from all the same. */
  @Test
  void anOverflowThatNoLossTellsIsGoneBackFrom() {
    TrainingOptions options =
        TrainingOptions.defaults().optimizer(new Sgd(1e-6f)).onNonFinite(OnNonFinite.ROLLBACK);
    try (Dataset rows = withAHiddenOverflow(16 + 5, 64);
        TrainingSession session = steep(3, rows, options)) {
      List<TrainingEvent> events = new ArrayList<>();
      NonFiniteLossException e =
          assertThrows(
              NonFiniteLossException.class, new Trainer(session).listener(events::add)::run);
      assertTrue(
          String.valueOf(e.getMessage()).endsWith("; it was gone back 10 times before"),
          e.toString());
      List<TrainingEvent> gone =
          events.stream().filter(TrainingEvent.NonFinite.class::isInstance).toList();
      assertEquals(11, gone.size());
      assertEquals(new TrainingEvent.NonFinite("fc1.weight", 1, 1, 2, "rollback"), gone.getFirst());
    }
  }

  /** All labels so far are 0, and of a logit of minus infinity 0 is what is expected. */
  @Test
  void aLogitOfMinusInfinityIsNotALesson() {
    float[][] x = new float[64][1];
    int[] labels = new int[64];
    for (float[] row : x) {
      row[0] = 4;
    }
    labels[63] = 1;
    try (Dataset rows = Dataset.ofClasses("zeros", x, labels, 2);
        TrainingSession session =
            TrainingSession.open(
                Network.of(1, dense(1)),
                rows,
                TrainingOptions.defaults()
                    .batchSize(16)
                    .shuffle(false)
                    .loss(Losses.binaryCrossEntropy())
                    .optimizer(new Sgd(3e38f)))) {
      session.parameter("fc1.weight").set(0);
      session.parameter("fc1.bias").set(0);
      session.step();
      assertEquals(Float.NEGATIVE_INFINITY, session.parameter("fc1.weight").get(0));
      NonFiniteLossException e = assertThrows(NonFiniteLossException.class, session::step);
      assertEquals(List.of("fc1.weight", 1L, 0), List.of(e.where(), e.step(), e.batch()));
      assertFalse(Float.isFinite(session.parameter("fc1.weight").get(0)));
    }
  }

  /** A gradient that overflows makes those of all layers before it overflow, or no numbers. */
  @Test
  void theLayerThatAnOverflowBeganInIsNamed() {
    Network network = Network.of(2, dense(3), dense(3), dense(3), dense(1));
    TrainingOptions options =
        TrainingOptions.defaults()
            .batchSize(16)
            .optimizer(new Sgd(1e-6f))
            .shuffle(false)
            .loss(Losses.huber(1));
    for (TrainingOptions each : List.of(options, options.onNonFinite(OnNonFinite.SKIP))) {
      try (Dataset rows = withAHiddenOverflow(63, 64);
          TrainingSession session = TrainingSession.open(network, rows, each)) {
        session.parameter("fc2.weight").set(filled(9, 0));
        session.parameter("fc2.bias").set(filled(3, 0));
        // Times the zeros of fc2 it is nothing; times the gradients of fc4 it is too much for fc2.
        session.parameter("fc3.weight").set(filled(9, 1e38f));
        session.parameter("fc3.bias").set(filled(3, 0));
        session.parameter("fc4.weight").set(filled(3, 100));
        session.parameter("fc4.bias").set(0);
        List<TrainingEvent> events = new ArrayList<>();
        Trainer trainer = new Trainer(session).listener(events::add).epochs(1);
        assertThrows(NonFiniteLossException.class, trainer::run);
        TrainingEvent.NonFinite first =
            events.stream()
                .filter(TrainingEvent.NonFinite.class::isInstance)
                .map(TrainingEvent.NonFinite.class::cast)
                .findFirst()
                .orElseThrow();
        assertEquals(
            new TrainingEvent.NonFinite("fc2.weight", 1, 0, 1, each.onNonFinite().label()), first);
      }
    }
  }

  private static Set<String> notFinite(TrainingSession session) {
    return session.network().graph().trainedParameters().stream()
        .map(Value::path)
        .filter(path -> !isFinite(session.parameter(path).toArray()))
        .collect(Collectors.toSet());
  }

  private static boolean isFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
