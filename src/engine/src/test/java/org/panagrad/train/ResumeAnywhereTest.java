package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.batchNorm;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.dropout;
import static org.panagrad.nn.Layers.gelu;
import static org.panagrad.nn.Layers.layerNorm;
import static org.panagrad.nn.Layers.relu;
import static org.panagrad.nn.Layers.residual;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.data.Dataset;
import org.panagrad.data.DatasetBuilder;
import org.panagrad.data.RecordFile;
import org.panagrad.data.RecordWriter;
import org.panagrad.graph.Loss;
import org.panagrad.io.CheckpointFolder;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;
import org.panagrad.optim.CosineDecay;
import org.panagrad.optim.CycledMomentum;
import org.panagrad.optim.ExponentialDecay;
import org.panagrad.optim.Momentum;
import org.panagrad.optim.OneCycle;
import org.panagrad.optim.Optimizers;
import org.panagrad.optim.Penalties;
import org.panagrad.optim.ReduceOnPlateau;
import org.panagrad.optim.Schedule;
import org.panagrad.optim.Sgd;
import org.panagrad.optim.StepDecay;

/**
 * Every kind of training, stopped or killed in the middle of epochs and resumed from its
 * checkpoint, comes to the bits it would have come to: parameters and running statistics, optimizer
 * state, best weights, position, and all that its history tells.
 */
@Timeout(120)
class ResumeAnywhereTest {
  private static final long SEED = Long.getLong("panagrad.resume.seed", new Random().nextLong());
  private static final int ROUNDS = 4;
  private static final int MOST_STOPS = 3;
  private static final int ROWS = 90; // six mini-batches of 16, the last of them short
  private static final int FEATURES = 12;
  private static final int CLASSES = 3;
  private static final int EPOCHS = 4;
  private static final int STEPS = EPOCHS * 6;
  private static final Schedule CYCLED = new CycledMomentum(new OneCycle(STEPS), 0.5, 0.95);
  private static final Loss SMOOTHED = Losses.crossEntropy().withLabelSmoothing(0.1);
  private static final List<Float> CLASS_WEIGHTS = List.of(2f, 1f, 0.5f);

  /** Where the rows come from. */
  enum Rows {
    PLAIN,
    WEIGHTED,
    EXTREME,
    FILE,
    WEIGHTED_FILE,
    VALUES
  }

  /** A kind of training. */
  record Case(
      String name,
      Rows rows,
      Network network,
      UnaryOperator<TrainingOptions> options,
      UnaryOperator<Trainer> trainer) {
    @Override
    public String toString() {
      return name;
    }

    Case on(Rows others) {
      return new Case(name, others, network, options, trainer);
    }

    Case of(Network other) {
      return new Case(name, rows, other, options, trainer);
    }

    Case by(UnaryOperator<Trainer> other) {
      return new Case(name, rows, network, options, other);
    }
  }

  private static Case training(String name, UnaryOperator<TrainingOptions> options) {
    Network network = Network.of(FEATURES, dense(33), relu(), dense(20), relu(), dense(CLASSES));
    return new Case(name, Rows.PLAIN, network, options, trainer -> trainer);
  }

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String name : Optimizers.labels()) {
      cases.add(training(name, o -> o.optimizer(Optimizers.byName(name, 0.01f, 0.9f, 0.001f))));
    }
    Network dropping =
        Network.of(FEATURES, dense(33), relu(), dropout(0.3f), dense(20), dropout(0.2f), dense(3));
    Network batchNormed =
        Network.of(FEATURES, dense(33), batchNorm(), relu(), dense(20), batchNorm(), dense(3));
    Network layerNormed =
        Network.of(FEATURES, dense(33), layerNorm(), gelu(), residual(dense(33), gelu()), dense(3));
    Network everyLayer =
        Network.of(
            FEATURES,
            dense(33),
            batchNorm(),
            relu(),
            dropout(0.2f),
            dense(20),
            layerNorm(),
            dense(3));
    cases.addAll(
        List.of(
            training("step decay", o -> o.schedule(new StepDecay(5, 0.5))),
            training("exponential decay", o -> o.schedule(new ExponentialDecay(3, 0.7))),
            training("cosine with warm-up", o -> o.schedule(new CosineDecay(5, STEPS, 1e-4))),
            training("one cycle", o -> o.schedule(new OneCycle(STEPS))),
            training(
                "cycled momentum",
                o -> o.schedule(CYCLED).optimizer(new Momentum(0.05f, 0.9f, true, 0))),
            training("cycled beta1", o -> o.schedule(CYCLED).optimizer(new Adam(0.01f))),
            training(
                    "reduce on plateau",
                    // Of so high a threshold that most epochs are bad ones.
                    o -> o.schedule(new ReduceOnPlateau(0.5, 1, 0.5, 1, 1e-6)))
                .by(trainer -> trainer.epochs(8)),
            training("accumulation", o -> o.accumulate(2)),
            training("accumulation with a part left", o -> o.accumulate(4)),
            training("accumulation in fused SGD", o -> o.accumulate(4).optimizer(new Sgd(0.1f))),
            training("clipped norm", o -> o.clipNorm(0.1f)),
            training("clipped values", o -> o.clipValue(0.01f)),
            training("clipped values and norm", o -> o.clipValue(0.01f).clipNorm(0.1f)),
            training("penalties", o -> o.penalties(Penalties.NONE.l1(0.001f))),
            training("rows in their order", o -> o.shuffle(false)),
            training("dropout", o -> o).of(dropping),
            training("dropout and accumulation", o -> o.accumulate(4)).of(dropping),
            training("batch norm", o -> o).of(batchNormed),
            training("batch norm and accumulation", o -> o.accumulate(4)).of(batchNormed),
            training("layer norm", o -> o).of(layerNormed),
            training(
                "class weights",
                o -> o.loss(Losses.crossEntropy().withClassWeights(CLASS_WEIGHTS))),
            training(
                "class weights and accumulation",
                o -> o.loss(Losses.crossEntropy().withClassWeights(CLASS_WEIGHTS)).accumulate(4)),
            training("sample weights", o -> o).on(Rows.WEIGHTED),
            training("sample weights and accumulation", o -> o.accumulate(4)).on(Rows.WEIGHTED),
            training("label smoothing", o -> o.loss(SMOOTHED)),
            training("values", o -> o.loss(Losses.halfMeanSquaredError())).on(Rows.VALUES),
            training("early stopping", o -> o.optimizer(new Adam(0.05f)))
                .by(trainer -> trainer.epochs(100).earlyStopping(new EarlyStopping(4))),
            training("record file", o -> o).on(Rows.FILE),
            training("record file in its order", o -> o.shuffle(false)).on(Rows.FILE),
            training("record file and accumulation", o -> o.accumulate(4)).on(Rows.FILE),
            training("record file with weights", o -> o.accumulate(4)).on(Rows.WEIGHTED_FILE),
            training(
                    "rollback",
                    o ->
                        o.loss(Losses.halfMeanSquaredError())
                            .optimizer(new Momentum(64, 0.5f, false, 0))
                            .onNonFinite(OnNonFinite.ROLLBACK))
                .by(trainer -> trainer.epochs(8)),
            training("skipping", o -> o.onNonFinite(OnNonFinite.SKIP)).on(Rows.EXTREME),
            training("skipping with batch norm", o -> o.onNonFinite(OnNonFinite.SKIP))
                .on(Rows.EXTREME)
                .of(batchNormed),
            training(
                    "all together",
                    o ->
                        o.loss(SMOOTHED.withClassWeights(CLASS_WEIGHTS))
                            .schedule(new OneCycle(40))
                            .optimizer(Adam.adamW(0.03f, 0.01f))
                            .penalties(Penalties.NONE.l1(1e-4f))
                            .clipNorm(1)
                            .accumulate(4)
                            .onNonFinite(OnNonFinite.ROLLBACK))
                .on(Rows.WEIGHTED)
                .of(everyLayer)
                .by(trainer -> trainer.epochs(20).earlyStopping(new EarlyStopping(3)))));
    return cases.stream();
  }

  @TempDir Path dir;

  private Dataset data(Rows rows) {
    try (Dataset plain = Problems.clouds(ROWS, FEATURES, CLASSES, 1);
        DatasetBuilder builder =
            rows == Rows.VALUES
                ? DatasetBuilder.values("values", FEATURES, CLASSES)
                : DatasetBuilder.classes("classes", FEATURES)) {
      Random random = new Random(SEED);
      for (int r = 0; r < ROWS; r++) {
        float[] row = new float[FEATURES];
        plain.copyStored(r, row);
        if (rows == Rows.EXTREME && r == 40) {
          Arrays.fill(row, 3e38f); // the gradients' norm overflows
        }
        if (rows == Rows.VALUES) {
          builder.addRow(row, new float[] {row[0] * row[1], random.nextFloat(), plain.label(r)});
        } else {
          builder.addRow(row, plain.label(r));
        }
        if (rows == Rows.WEIGHTED || rows == Rows.WEIGHTED_FILE) {
          builder.addWeight(random.nextInt(4) / 2f);
        }
      }
      Dataset built = rows == Rows.VALUES ? builder.build() : builder.build(CLASSES);
      if (rows != Rows.FILE && rows != Rows.WEIGHTED_FILE) {
        return built;
      }
      Path file = dir.resolve("rows" + RecordFile.EXTENSION);
      RecordWriter.write(file, built.stream());
      built.close();
      return RecordFile.inFile(file);
    }
  }

  /** Everything that a training has come to. */
  private record State(
      String parameters,
      List<String> slabs,
      TrainingPosition position,
      List<String> history,
      int bestEpoch,
      StopReason reason) {
    static State of(TrainingSession session, TrainingResult result) {
      List<String> slabs = new ArrayList<>();
      session.optimizerState().forEach(slab -> slabs.add(hex(slab)));
      if (result.bestEpoch() > 0) {
        slabs.add(hex(session.slab("best weights")));
      }
      return new State(
          hex(session.parameterSlab()),
          slabs,
          session.position(),
          result.history().stream().map(State::words).toList(),
          result.bestEpoch(),
          result.reason());
    }

    private static String hex(MemorySegment slab) {
      return HexFormat.of().formatHex(slab.toArray(ValueLayout.JAVA_BYTE));
    }

    /** All but the times, by the digits that tell one number from the next. */
    private static String words(TrainingEvent.EpochEnded epoch) {
      EpochResult training = epoch.training();
      return training.epoch()
          + " "
          + training.examples()
          + " "
          + training.loss()
          + " "
          + training.accuracy()
          + " "
          + epoch.validation()
          + " "
          + epoch.step()
          + " "
          + epoch.learningRate();
    }
  }

  /** Breaks a training off. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** A case with its data sets, and how its training went without an interruption. */
  private static final class Bench implements AutoCloseable {
    private final Case of;
    private final Dataset data;
    private final Dataset validation;
    private final State expected;
    private int updates; // of the training without an interruption
    private int updatesBefore; // before what it is about: its best epoch, going back, leaving out

    Bench(Case of, Dataset data, Dataset validation) {
      this.of = of;
      this.data = data;
      this.validation = validation;
      this.expected = runThrough();
    }

    Trainer trainer(TrainingSession session) {
      return of.trainer().apply(new Trainer(session).epochs(EPOCHS).validation(validation));
    }

    TrainingSession open(int threads) {
      TrainingOptions options =
          of.options()
              .apply(
                  TrainingOptions.defaults()
                      .optimizer(new Adam(0.01f))
                      .batchSize(16)
                      .seed(7)
                      .partitions(3));
      return TrainingSession.open(of.network(), data, options.threads(threads));
    }

    private State runThrough() {
      try (TrainingSession session = open(2)) {
        int[] before = {0};
        List<Integer> epochEnds = new ArrayList<>();
        TrainingResult result =
            trainer(session)
                .stepListener((done, examples, loss, accuracy) -> updates++)
                .listener(
                    event -> {
                      if (event instanceof TrainingEvent.EpochEnded) {
                        epochEnds.add(updates);
                      }
                      if (event instanceof TrainingEvent.NonFinite && before[0] == 0) {
                        before[0] = updates + 1; // told of before the step
                      }
                    })
                .run();
        boolean stopsEarly = result.reason() == StopReason.EARLY_STOPPING;
        updatesBefore = stopsEarly ? epochEnds.get(result.bestEpoch() - 1) : before[0];
        return State.of(session, result);
      }
    }

    /** Trains for so many updates at least and then breaks off within an epoch; null if it did. */
    private @Nullable State runFor(int most, boolean kill, int threads, Path folder)
        throws IOException {
      try (CheckpointFolder store = CheckpointFolder.open(folder, 2);
          TrainingSession session = open(threads)) {
        Trainer trainer =
            trainer(session).checkpoints(store, new CheckpointPolicy(4, Duration.ZERO)).resume();
        int[] left = {most};
        trainer.stepListener(
            (done, examples, loss, accuracy) -> {
              if (--left[0] <= 0 && done < examples) {
                if (kill) {
                  throw new Killed();
                }
                trainer.stop();
              }
            });
        TrainingResult result;
        try {
          result = trainer.run();
        } catch (Killed killed) {
          assertTrue(kill, "killed though it was to be stopped");
          return null;
        }
        return result.reason() == StopReason.INTERRUPTED ? null : State.of(session, result);
      }
    }

    @Override
    public void close() {
      data.close();
      validation.close();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void itComesToTheSameBits(Case training) throws IOException {
    Dataset validation =
        training.rows() == Rows.VALUES
            ? data(Rows.VALUES)
            : Problems.clouds(40, FEATURES, CLASSES, 2);
    try (Bench bench = new Bench(training, data(training.rows()), validation)) {
      if (training.name().equals("early stopping")) {
        assertEquals(StopReason.EARLY_STOPPING, bench.expected.reason());
      }
      if (List.of("early stopping", "rollback", "skipping").contains(training.name())) {
        assertTrue(bench.updatesBefore > 0, "there is nothing to be in the middle of");
      }
      Random random = new Random(SEED ^ training.name().hashCode());
      List<String> told = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        Path folder = dir.resolve("round" + round);
        @Nullable State found = null;
        StringBuilder stops = new StringBuilder();
        for (int stop = 0; found == null; stop++) {
          // The first behind what it is about, where that comes late; then anywhere, and to the
          // end.
          int first = stop == 0 ? bench.updatesBefore : 0;
          int most =
              stop == MOST_STOPS
                  ? Integer.MAX_VALUE
                  : first + random.nextInt(1, Math.max(2, bench.updates - first));
          boolean kill = random.nextInt(3) == 0;
          if (stop < MOST_STOPS) {
            stops.append(kill ? " killed " : " stopped ").append(most);
          }
          found = bench.runFor(most, kill, 1 + random.nextInt(3), folder);
        }
        told.add(stops.toString().strip());
        String where = "-Dpanagrad.resume.seed=" + SEED + ", round " + round + ":" + stops;
        assertEquals(bench.expected, found, where);
      }
      System.out.println("ResumeAnywhereTest: " + training + ", seed " + SEED + ": " + told);
    }
  }
}
