package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.panagrad.nn.Layers.batchNorm;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.dropout;
import static org.panagrad.nn.Layers.gelu;
import static org.panagrad.nn.Layers.layerNorm;
import static org.panagrad.nn.Layers.relu;
import static org.panagrad.nn.Layers.residual;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.data.Dataset;
import org.panagrad.io.ModelFile;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.optim.CycledMomentum;
import org.panagrad.optim.OneCycle;
import org.panagrad.optim.Optimizers;
import org.panagrad.optim.Penalties;

/** The same seed, data and partitions give the same bits at any number of threads. */
class SameBitsTest {
  static List<String> optimizers() {
    return Optimizers.labels();
  }

  private static Network network() {
    return Network.of(
        37,
        dense(96),
        relu(),
        dropout(0.3f),
        residual(dense(96), gelu(), dropout(0.1f)),
        dense(65),
        relu(),
        dense(5));
  }

  private static Network norms() {
    return Network.of(
        37,
        dense(96),
        batchNorm(),
        relu(),
        residual(dense(96), layerNorm(), gelu(), dropout(0.1f)),
        dense(65),
        layerNorm(),
        dense(5));
  }

  private static TrainingOptions options(String optimizer) {
    return TrainingOptions.defaults()
        .optimizer(Optimizers.byName(optimizer, 0.01f, 0.9f, 0.001f))
        .batchSize(64)
        .seed(11)
        .partitions(4);
  }

  private static String train(Dataset data, TrainingOptions options) {
    return train(network(), data, options);
  }

  private static String train(Network network, Dataset data, TrainingOptions options) {
    try (TrainingSession session = TrainingSession.open(network, data, options)) {
      StringBuilder bits = new StringBuilder();
      for (int epoch = 0; epoch < 3; epoch++) {
        EpochResult result = session.epoch();
        bits.append(result.loss()).append(' ').append(result.accuracy()).append(' ');
      }
      Evaluation evaluation = session.evaluate(data);
      return bits.append(evaluation)
          .append(' ')
          .append(ModelFile.parametersSha256(session))
          .toString();
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void threadsDoNotChangeABit(String optimizer) {
    // 250 rows: the last mini-batch of an epoch is short.
    try (Dataset data = Problems.clouds(250, 37, 5, 5)) {
      String expected = train(data, options(optimizer).threads(1));
      for (int threads : new int[] {1, 2, 4, 4}) {
        assertEquals(expected, train(data, options(optimizer).threads(threads)), "" + threads);
      }
    }
  }

  /** Small and of few outputs: every lane computes a gradient for itself. */
  @ParameterizedTest
  @MethodSource("optimizers")
  void norWhereLanesRepeatAGradient(String optimizer) {
    Network one = Network.of(37, dense(64), relu(), dense(64), gelu(), dense(1));
    Network inTurn =
        Network.of(37, dense(64), gelu(), dense(64), relu(), dense(2), relu(), dense(1));
    Network two = Network.of(37, dense(64), relu(), dense(64), relu(), dense(2));
    TrainingOptions options = options(optimizer);
    TrainingOptions binary = options.loss(Losses.binaryCrossEntropy());
    try (Dataset data = Problems.clouds(250, 37, 2, 5)) {
      for (TrainingOptions each : List.of(binary, binary.accumulate(2), binary.clipNorm(0.5f))) {
        sameBits(one, data, each);
      }
      sameBits(inTurn, data, binary);
      sameBits(two, data, options);
    }
  }

  private static void sameBits(Network network, Dataset data, TrainingOptions options) {
    String expected = train(network, data, options.threads(1));
    for (int threads : new int[] {2, 4, 4}) {
      assertEquals(expected, train(network, data, options.threads(threads)), "" + threads);
    }
  }

  static List<TrainingOptions> updates() {
    TrainingOptions adam = options("adam");
    TrainingOptions momentum = options("momentum").schedule(new OneCycle(12));
    return List.of(
        options("sgd").clipNorm(0.5f),
        options("sgd").clipValue(0.01f),
        options("sgd").clipValue(0.01f).clipNorm(0.05f),
        options("sgd").accumulate(3),
        adam.clipNorm(0.5f),
        adam.schedule(new CycledMomentum(new OneCycle(12))),
        adam.accumulate(2).clipNorm(0.5f).penalties(new Penalties(1e-3f, true, false)),
        momentum.accumulate(3).clipValue(0.01f).batchSize(17),
        momentum.clipNorm(Float.POSITIVE_INFINITY).penalties(new Penalties(1e-3f, true, true)));
  }

  @ParameterizedTest
  @MethodSource("updates")
  void norDoTheyWithWhatIsDoneToGradients(TrainingOptions options) {
    try (Dataset data = Problems.clouds(250, 37, 5, 5)) {
      String expected = train(data, options.threads(1));
      for (int threads : new int[] {2, 4, 4}) {
        assertEquals(expected, train(data, options.threads(threads)), "" + threads);
      }
    }
  }

  @Test
  void measuringTheNormChangesNothingWhereGradientsAreKeptAnyway() {
    try (Dataset data = Problems.clouds(250, 37, 5, 5)) {
      for (String optimizer : List.of("adam", "momentum", "rmsprop")) {
        TrainingOptions options = options(optimizer);
        assertEquals(train(data, options), train(data, options.clipNorm(Float.POSITIVE_INFINITY)));
      }
    }
  }

  /** The hash is of the running statistics too. */
  @ParameterizedTest
  @MethodSource("optimizers")
  void norDoTheyWithNormalisation(String optimizer) {
    try (Dataset data = Problems.clouds(250, 37, 5, 5)) {
      String expected = train(norms(), data, options(optimizer).threads(1));
      for (int threads : new int[] {1, 2, 4, 4}) {
        String again = train(norms(), data, options(optimizer).threads(threads));
        assertEquals(expected, again, "" + threads);
      }
    }
  }

  @Test
  void seedsDo() {
    try (Dataset data = Problems.clouds(250, 37, 5, 5)) {
      TrainingOptions options = options("sgd");
      assertNotEquals(train(data, options), train(data, options.seed(12)));
    }
  }

  @Test
  void listeningAndEvaluatingOnTheWayChangeNothing() {
    try (Dataset data = Problems.clouds(250, 37, 5, 5)) {
      String hash;
      try (TrainingSession session = TrainingSession.open(network(), data, options("adam"))) {
        session.epoch();
        session.epoch();
        hash = ModelFile.parametersSha256(session);
      }
      try (TrainingSession session = TrainingSession.open(network(), data, options("adam"))) {
        session.evaluate(data);
        session.epoch((done, examples, loss, accuracy) -> session.describe());
        session.evaluate(data);
        session.epoch();
        assertEquals(hash, ModelFile.parametersSha256(session));
      }
    }
  }
}
