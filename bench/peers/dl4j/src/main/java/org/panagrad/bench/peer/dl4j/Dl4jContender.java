package org.panagrad.bench.peer.dl4j;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.panagrad.bench.contender.BenchData;
import org.panagrad.bench.contender.Contender;
import org.panagrad.bench.contender.Serve;
import org.panagrad.bench.contender.Workload;

/** Deeplearning4j's MultiLayerNetwork with workspaces, fed data sets that lie in its own memory. */
final class Dl4jContender implements Contender {
  private final List<DataSet> batches = new ArrayList<>();
  private final Map<Integer, INDArray> rowsToPredict = new HashMap<>();
  private @Nullable MultiLayerNetwork network;
  private @Nullable BenchData data;
  private int next;

  public static void main(String[] args) {
    Serve.run(Dl4jContender::new);
  }

  @Override
  public String about() {
    return "Deeplearning4j 1.0.0-M2.1, "
        + Nd4j.getExecutioner().getEnvironmentInformation().getProperty("blas.vendor")
        + ", OPENBLAS_CORETYPE="
        + System.getenv("OPENBLAS_CORETYPE")
        + ", OMP_NUM_THREADS="
        + System.getenv("OMP_NUM_THREADS");
  }

  @Override
  public void prepare(BenchData from) {
    data = from;
    Workload w = from.workload();
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder()
            .updater(w.adam() ? new Adam(w.learningRate()) : new Sgd(w.learningRate()))
            .trainingWorkspaceMode(WorkspaceMode.ENABLED)
            .inferenceWorkspaceMode(WorkspaceMode.ENABLED)
            .list();
    int last = w.layers() - 1;
    for (int l = 0; l < last; l++) {
      layers.layer(
          new DenseLayer.Builder().nIn(w.in(l)).nOut(w.out(l)).activation(Activation.RELU).build());
    }
    layers.layer(
        new OutputLayer.Builder(w.classes() ? LossFunction.MCXENT : LossFunction.MSE)
            .nIn(w.in(last))
            .nOut(w.out(last))
            .activation(w.classes() ? Activation.SOFTMAX : Activation.IDENTITY)
            .build());
    MultiLayerNetwork made = new MultiLayerNetwork(layers.build());
    made.init();
    for (int l = 0; l < w.layers(); l++) {
      // Its weight is (in, out), column-major: the same memory as (out, in) by rows.
      made.getParam(l + "_W")
          .assign(Nd4j.create(from.weight(l), new long[] {w.out(l), w.in(l)}, 'c').transpose());
      made.getParam(l + "_b").assign(Nd4j.create(from.bias(l), new long[] {1, w.out(l)}, 'c'));
    }
    network = made;
    for (int i = 0; i < w.batches(); i++) {
      int row = i * w.batch();
      batches.add(new DataSet(features(row, w.batch()), targets(row, w.batch())));
    }
  }

  private INDArray features(int row, int rows) {
    BenchData from = Objects.requireNonNull(data);
    return Nd4j.create(
        from.features(row, row + rows), new long[] {rows, from.workload().inputs()}, 'c');
  }

  /** (rows, outputs): of classes, one-hot, which is the only form it takes. */
  private INDArray targets(int row, int rows) {
    BenchData from = Objects.requireNonNull(data);
    Workload w = from.workload();
    if (!w.classes()) {
      return Nd4j.create(from.values(row, row + rows), new long[] {rows, 1}, 'c');
    }
    float[] oneHot = new float[rows * w.outputs()];
    int[] labels = from.labels(row, row + rows);
    for (int i = 0; i < rows; i++) {
      oneHot[i * w.outputs() + labels[i]] = 1;
    }
    return Nd4j.create(oneHot, new long[] {rows, w.outputs()}, 'c');
  }

  @Override
  public void train(int steps) {
    MultiLayerNetwork n = Objects.requireNonNull(network);
    for (int i = 0; i < steps; i++) {
      n.fit(batches.get(next));
      next = next + 1 == batches.size() ? 0 : next + 1;
    }
  }

  @Override
  public double loss() {
    return Objects.requireNonNull(network).score(batches.getFirst(), false);
  }

  @Override
  public void predict(int rows, int times) {
    INDArray x = rowsToPredict.computeIfAbsent(rows, n -> features(0, n));
    MultiLayerNetwork n = Objects.requireNonNull(network);
    for (int i = 0; i < times; i++) {
      n.output(x, false);
    }
  }
}
