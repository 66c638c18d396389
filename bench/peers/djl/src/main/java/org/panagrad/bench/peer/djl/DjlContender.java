package org.panagrad.bench.peer.djl;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.L2Loss;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.bench.contender.BenchData;
import org.panagrad.bench.contender.Contender;
import org.panagrad.bench.contender.Serve;
import org.panagrad.bench.contender.Workload;

/** DJL's Trainer on its PyTorch engine; a manager for every step frees what the step made. */
final class DjlContender implements Contender {
  private final List<NDArray> features = new ArrayList<>();
  private final List<NDArray> targets = new ArrayList<>();
  private final Map<Integer, NDArray> rowsToPredict = new HashMap<>();
  private @Nullable Model model;
  private @Nullable Trainer trainer;
  private @Nullable SequentialBlock block;
  private @Nullable NDManager manager;
  private @Nullable BenchData data;
  private int next;

  public static void main(String[] args) {
    Serve.run(DjlContender::new);
  }

  @Override
  public String about() {
    Engine engine = Engine.getInstance();
    return "DJL "
        + Engine.getDjlVersion()
        + " on "
        + engine.getEngineName()
        + " "
        + engine.getVersion()
        + ", OMP_NUM_THREADS="
        + System.getenv("OMP_NUM_THREADS");
  }

  @Override
  public void prepare(BenchData from) {
    data = from;
    Workload w = from.workload();
    SequentialBlock net = new SequentialBlock();
    for (int l = 0; l < w.layers(); l++) {
      if (l > 0) {
        net.add(Activation::relu);
      }
      net.add(Linear.builder().setUnits(w.out(l)).build());
    }
    block = net;
    model = Model.newInstance("side by side");
    model.setBlock(net);
    Tracker rate = Tracker.fixed(w.learningRate());
    Optimizer rule =
        w.adam()
            ? Optimizer.adam().optLearningRateTracker(rate).build()
            : Optimizer.sgd().setLearningRateTracker(rate).build();
    trainer =
        model.newTrainer(
            new DefaultTrainingConfig(
                    w.classes() ? Loss.softmaxCrossEntropyLoss() : new L2Loss("mse", 1))
                .optOptimizer(rule));
    trainer.initialize(new Shape(w.batch(), w.inputs()));
    manager = trainer.getManager().newSubManager();
    int i = 0;
    for (Parameter parameter : net.getParameters().values()) {
      float[] start = i % 2 == 0 ? from.weight(i / 2) : from.bias(i / 2);
      try (NDArray values = manager.create(start, parameter.getShape())) {
        values.copyTo(parameter.getArray());
      }
      i++;
    }
    for (int b = 0; b < w.batches(); b++) {
      int row = b * w.batch();
      int end = row + w.batch();
      features.add(manager.create(from.features(row, end), new Shape(w.batch(), w.inputs())));
      targets.add(
          w.classes()
              ? manager.create(from.labels(row, end), new Shape(w.batch()))
              : manager.create(from.values(row, end), new Shape(w.batch(), 1)));
    }
  }

  @Override
  public void train(int steps) {
    Trainer t = Objects.requireNonNull(trainer);
    for (int i = 0; i < steps; i++) {
      try (NDManager step = t.getManager().newSubManager();
          GradientCollector collector = t.newGradientCollector()) {
        NDList x = new NDList(features.get(next));
        NDList y = t.forward(x);
        y.attach(step);
        NDArray loss = t.getLoss().evaluate(new NDList(targets.get(next)), y);
        collector.backward(loss);
        t.step();
      }
      next = next + 1 == features.size() ? 0 : next + 1;
    }
  }

  @Override
  public double loss() {
    Trainer t = Objects.requireNonNull(trainer);
    NDList y = t.evaluate(new NDList(features.getFirst()));
    NDArray loss = t.getLoss().evaluate(new NDList(targets.getFirst()), y);
    return loss.getFloat();
  }

  @Override
  public void predict(int rows, int times) {
    NDManager own = Objects.requireNonNull(manager);
    BenchData from = Objects.requireNonNull(data);
    NDArray x =
        rowsToPredict.computeIfAbsent(
            rows, n -> own.create(from.features(0, n), new Shape(n, from.workload().inputs())));
    ParameterStore parameters = new ParameterStore(own, false);
    SequentialBlock net = Objects.requireNonNull(block);
    for (int i = 0; i < times; i++) {
      try (NDManager call = own.newSubManager()) {
        NDArray row = x.duplicate();
        row.attach(call);
        net.forward(parameters, new NDList(row), false);
      }
    }
  }

  @Override
  public void close() {
    if (trainer != null) {
      trainer.close();
    }
    if (model != null) {
      model.close();
    }
  }
}
