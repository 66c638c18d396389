package org.panagrad.bench.panagrad;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.bench.contender.BenchData;
import org.panagrad.bench.contender.Contender;
import org.panagrad.bench.contender.Serve;
import org.panagrad.bench.contender.Workload;
import org.panagrad.bench.problem.Problem;
import org.panagrad.data.Dataset;
import org.panagrad.data.DatasetBuilder;
import org.panagrad.data.FeatureMap;
import org.panagrad.infer.Model;
import org.panagrad.infer.Predictor;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Parameter;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Sgd;
import org.panagrad.train.ModelDescription;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

/** This engine as anyone would use it: a session on a data set, step by step, unshuffled. */
final class PanagradContender implements Contender {
  /** Rows that are read together. */
  private static final int PIECE = 128;

  private final Arena arena = Arena.ofConfined();
  private @Nullable Workload workload;
  private @Nullable BenchData data;
  private @Nullable Dataset dataset;
  private @Nullable Dataset firstBatch;
  private @Nullable TrainingSession session;
  private @Nullable Model model;
  private @Nullable Predictor predictor;
  private MemorySegment rowsIn = MemorySegment.NULL; // (rows, inputs)
  private MemorySegment rowsOut = MemorySegment.NULL; // (rows, outputs)

  public static void main(String[] args) {
    TrainingSession.beginLoading();
    Serve.run(PanagradContender::new);
  }

  @Override
  public String about() {
    TrainingSession s = Objects.requireNonNull(session);
    return "OpenBLAS "
        + s.library().version()
        + " core "
        + s.library().coreName()
        + ", "
        + s.threads()
        + " threads, "
        + s.kernels().getClass().getSimpleName()
        + ", Java "
        + System.getProperty("java.runtime.version")
        + ", "
        + (s.memoryReport().bytes() >> 20)
        + " MiB planned";
  }

  @Override
  public void prepare(BenchData from) {
    Workload w = from.workload();
    workload = w;
    data = from;
    dataset = dataset(from, w.rows());
    firstBatch = dataset(from, w.batch());
    TrainingOptions options =
        TrainingOptions.defaults()
            .loss(w.classes() ? Losses.crossEntropy() : Losses.meanSquaredError())
            .optimizer(w.adam() ? new Adam(w.learningRate()) : new Sgd(w.learningRate()))
            .batchSize(w.batch())
            .shuffle(false);
    session = TrainingSession.open(Problem.of(w).network(), dataset, options);
    setWeights(session.stateDict(), from);
  }

  private static void setWeights(Map<String, Parameter> state, BenchData from) {
    int i = 0;
    for (Parameter parameter : state.values()) {
      ByteBuffer values = parameter.segment().asByteBuffer();
      if (i % 2 == 0) {
        from.readWeight(i / 2, values);
      } else {
        from.readBias(i / 2, values);
      }
      i++;
    }
  }

  private static Dataset dataset(BenchData from, int rows) {
    Workload w = from.workload();
    try (DatasetBuilder builder =
        w.classes()
            ? DatasetBuilder.classes("side by side", w.inputs())
            : DatasetBuilder.values("side by side", w.inputs(), w.outputs())) {
      builder.expect(rows);
      // A piece at a time: the heap is small.
      for (int row = 0; row < rows; row += PIECE) {
        int to = Math.min(rows, row + PIECE);
        if (w.classes()) {
          builder.addRows(from.features(row, to), from.labels(row, to));
        } else {
          builder.addRows(from.features(row, to), from.values(row, to));
        }
      }
      return w.classes() ? builder.build(w.outputs()) : builder.build();
    }
  }

  @Override
  public void train(int steps) {
    TrainingSession s = Objects.requireNonNull(session);
    for (int i = 0; i < steps; i++) {
      s.step();
    }
  }

  @Override
  public double loss() {
    return Objects.requireNonNull(session).evaluate(Objects.requireNonNull(firstBatch)).loss();
  }

  @Override
  public void predict(int rows, int times) {
    Workload w = Objects.requireNonNull(workload);
    Predictor p = predictor;
    if (p == null) {
      BenchData from = Objects.requireNonNull(data);
      // Without a loss in the description the outputs are logits, as from the other contenders.
      model =
          new Model(
              Problem.of(w).network().graph(),
              new ModelDescription(null, FeatureMap.IDENTITY, List.of(), Map.of()),
              Long.MAX_VALUE);
      setWeights(model.stateDict(), from);
      p = Predictor.of(model);
      predictor = p;
      float[] features = from.features(0, Math.min(256, w.rows()));
      rowsIn = arena.allocateFrom(ValueLayout.JAVA_FLOAT, features);
      rowsOut = arena.allocate(256L * w.outputs() * Float.BYTES, 64);
    }
    for (int i = 0; i < times; i++) {
      p.predict(rowsIn, rows, rowsOut);
    }
  }

  @Override
  public void close() {
    if (predictor != null) {
      predictor.close();
    }
    if (model != null) {
      model.close();
    }
    if (session != null) {
      session.close();
    }
    if (dataset != null) {
      dataset.close();
    }
    if (firstBatch != null) {
      firstBatch.close();
    }
    arena.close();
  }
}
