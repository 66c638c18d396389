package org.panagrad.bench.peer.smile;

import java.lang.reflect.Field;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.bench.contender.BenchData;
import org.panagrad.bench.contender.Contender;
import org.panagrad.bench.contender.Serve;
import org.panagrad.bench.contender.Workload;
import smile.base.mlp.Layer;
import smile.base.mlp.LayerBuilder;
import smile.base.mlp.MultilayerPerceptron;
import smile.base.mlp.OutputFunction;
import smile.math.TimeFunction;
import smile.math.matrix.Matrix;

/**
 * Smile's multilayer perceptron, by mini-batches. It computes in double, a row at a time, and has
 * neither Adam nor a call that sets weights: those are written into its fields.
 */
final class SmileContender implements Contender {
  private double[][][] features = {}; // (batches, batch, inputs)
  private int[][] labels = {}; // (batches, batch)
  private double[][] values = {}; // (batches, batch)
  private double[] probabilities = {}; // (outputs)
  private smile.classification.@Nullable MLP classifier;
  private smile.regression.@Nullable MLP regression;
  private int next;

  public static void main(String[] args) {
    Serve.run(SmileContender::new);
  }

  @Override
  public String about() {
    return "Smile 3.1.1, double, OPENBLAS_NUM_THREADS=" + System.getenv("OPENBLAS_NUM_THREADS");
  }

  @Override
  public void prepare(BenchData from) throws ReflectiveOperationException {
    Workload w = from.workload();
    if (w.adam()) {
      throw new UnsupportedOperationException("it has no Adam");
    }
    LayerBuilder[] layers = new LayerBuilder[w.layers() + 1];
    layers[0] = Layer.input(w.inputs());
    for (int l = 0; l < w.layers() - 1; l++) {
      layers[l + 1] = Layer.rectifier(w.out(l));
    }
    MultilayerPerceptron network;
    if (w.classes()) {
      layers[w.layers()] = Layer.mle(w.outputs(), OutputFunction.SOFTMAX);
      classifier = new smile.classification.MLP(layers);
      network = classifier;
      network.setLearningRate(TimeFunction.constant(w.learningRate()));
    } else {
      layers[w.layers()] = Layer.mse(w.outputs(), OutputFunction.LINEAR);
      regression = new smile.regression.MLP(layers);
      network = regression;
      // Its gradient is that of half the squared error.
      network.setLearningRate(TimeFunction.constant(2 * w.learningRate()));
    }
    setWeights(network, from);
    probabilities = new double[w.outputs()];
    features = new double[w.batches()][][];
    labels = new int[w.batches()][];
    values = new double[w.batches()][];
    for (int i = 0; i < w.batches(); i++) {
      int row = i * w.batch();
      int end = row + w.batch();
      features[i] = new double[w.batch()][];
      for (int r = 0; r < w.batch(); r++) {
        features[i][r] = doubles(from.features(row + r, row + r + 1));
      }
      if (w.classes()) {
        labels[i] = from.labels(row, end);
      } else {
        values[i] = doubles(from.values(row, end));
      }
    }
  }

  private static void setWeights(MultilayerPerceptron network, BenchData from)
      throws ReflectiveOperationException {
    Layer[] hidden = (Layer[]) field(MultilayerPerceptron.class, "net").get(network);
    Layer output = (Layer) field(MultilayerPerceptron.class, "output").get(network);
    Workload w = from.workload();
    int first = hidden.length - (w.layers() - 1);
    for (int l = 0; l < w.layers(); l++) {
      Layer layer = l < w.layers() - 1 ? hidden[first + l] : output;
      Matrix weight = (Matrix) field(Layer.class, "weight").get(layer);
      double[] bias = (double[]) field(Layer.class, "bias").get(layer);
      float[] start = from.weight(l);
      for (int i = 0; i < start.length; i++) {
        weight.set(i / w.in(l), i % w.in(l), start[i]);
      }
      System.arraycopy(doubles(from.bias(l)), 0, bias, 0, bias.length);
    }
  }

  private static Field field(Class<?> of, String name) throws NoSuchFieldException {
    Field field = of.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  private static double[] doubles(float[] floats) {
    double[] doubles = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }

  @Override
  public void train(int steps) {
    for (int i = 0; i < steps; i++) {
      if (classifier != null) {
        classifier.update(features[next], labels[next]);
      } else {
        Objects.requireNonNull(regression).update(features[next], values[next]);
      }
      next = next + 1 == features.length ? 0 : next + 1;
    }
  }

  @Override
  public double loss() {
    double sum = 0;
    int rows = features[0].length;
    for (int row = 0; row < rows; row++) {
      if (classifier != null) {
        classifier.predict(features[0][row], probabilities);
        sum -= Math.log(probabilities[labels[0][row]]);
      } else {
        double difference =
            Objects.requireNonNull(regression).predict(features[0][row]) - values[0][row];
        sum += difference * difference;
      }
    }
    return sum / rows;
  }

  @Override
  public void predict(int rows, int times) {
    int batch = features[0].length;
    for (int i = 0; i < times; i++) {
      for (int row = 0; row < rows; row++) {
        Objects.requireNonNull(classifier)
            .predict(features[row / batch][row % batch], probabilities);
      }
    }
  }
}
