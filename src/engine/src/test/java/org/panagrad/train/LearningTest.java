package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.tanh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.panagrad.data.Dataset;
import org.panagrad.nn.Initializer;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.nn.Parameter;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Sgd;
import org.panagrad.random.SeededRandom;

/** The book's way: one layer by gradient descent, then backpropagation. */
class LearningTest {
  /**
   * Full-batch descent on J = 1/(2n) |Xw - t|^2 goes to the solution of the normal equations X^T X
   * w = X^T t, which is solved in double.
   *
   * <p>How near: with the step 1 / L, L the largest eigenvalue of X^T X / n, the error shrinks by 1
   * - l / L a step, l the smallest, so that enough steps leave rounding alone. A descent in float32
   * stands still where the computed gradient is rounding, a few n u of its terms; the solution is
   * then off by that over l.
   */
  private static void assertLeastSquares(
      String name, float[][] x, float[][] t, int epochs, double tolerance) {
    int outputs = t[0].length;
    double[][] expected = normalEquations(x, t);
    double largest = largestEigenvalue(x);
    try (Dataset data = Dataset.ofValues(name, x, t);
        TrainingSession session =
            TrainingSession.open(
                Network.of(x[0].length, dense(outputs)).initializedBy(Initializer.ZEROS),
                data,
                TrainingOptions.defaults()
                    .loss(Losses.halfMeanSquaredError())
                    .optimizer(new Sgd((float) (1 / largest)))
                    .batchSize(x.length)
                    .shuffle(false))) {
      double before = Double.POSITIVE_INFINITY;
      for (int epoch = 0; epoch < epochs; epoch++) {
        double loss = session.epoch().loss();
        assertTrue(loss <= before * (1 + 1e-5), name + ": descent never climbs, epoch " + epoch);
        before = loss;
      }
      Parameter weight = session.parameter("fc1.weight");
      Parameter bias = session.parameter("fc1.bias");
      double squares = 0;
      for (int k = 0; k < outputs; k++) {
        for (int i = 0; i < x[0].length; i++) {
          assertEquals(
              expected[k][i],
              weight.get(k * x[0].length + i),
              tolerance,
              name + " weight " + k + ", " + i);
        }
        assertEquals(expected[k][x[0].length], bias.get(k), tolerance, name + " bias " + k);
      }
      for (int r = 0; r < x.length; r++) {
        for (int k = 0; k < outputs; k++) {
          double error = predict(expected[k], x[r]) - t[r][k];
          squares += error * error;
        }
      }
      assertEquals(
          squares / (2 * x.length), session.evaluate(data).loss(), 1e-5 * squares / x.length, name);
    }
  }

  private static double predict(double[] w, float[] row) {
    double sum = w[row.length];
    for (int i = 0; i < row.length; i++) {
      sum += w[i] * row[i];
    }
    return sum;
  }

  /** Element (i, j) of X^T X, the last row and column those of a constant 1. */
  private static double[][] gram(float[][] x) {
    int m = x[0].length + 1;
    double[][] a = new double[m][m];
    for (float[] row : x) {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < m; j++) {
          a[i][j] += (i < m - 1 ? row[i] : 1.0) * (j < m - 1 ? row[j] : 1.0);
        }
      }
    }
    return a;
  }

  private static double largestEigenvalue(float[][] x) {
    double[][] a = gram(x);
    double[] v = new double[a.length];
    java.util.Arrays.fill(v, 1);
    double norm = 0;
    for (int iteration = 0; iteration < 500; iteration++) {
      double[] next = new double[v.length];
      norm = 0;
      for (int i = 0; i < v.length; i++) {
        for (int j = 0; j < v.length; j++) {
          next[i] += a[i][j] * v[j];
        }
        norm += next[i] * next[i];
      }
      norm = Math.sqrt(norm);
      for (int i = 0; i < v.length; i++) {
        v[i] = next[i] / norm;
      }
    }
    return norm / x.length;
  }

  /** Gaussian elimination with partial pivoting: a row (weights, bias) per output. */
  private static double[][] normalEquations(float[][] x, float[][] t) {
    int m = x[0].length + 1;
    int outputs = t[0].length;
    double[][] a = gram(x);
    double[][] b = new double[m][outputs];
    for (int r = 0; r < x.length; r++) {
      for (int i = 0; i < m; i++) {
        for (int k = 0; k < outputs; k++) {
          b[i][k] += (i < m - 1 ? x[r][i] : 1.0) * t[r][k];
        }
      }
    }
    for (int p = 0; p < m; p++) {
      int pivot = p;
      for (int i = p; i < m; i++) {
        pivot = Math.abs(a[i][p]) > Math.abs(a[pivot][p]) ? i : pivot;
      }
      double[] row = a[p];
      a[p] = a[pivot];
      a[pivot] = row;
      double[] right = b[p];
      b[p] = b[pivot];
      b[pivot] = right;
      for (int i = 0; i < m; i++) {
        if (i != p) {
          double factor = a[i][p] / a[p][p];
          for (int j = p; j < m; j++) {
            a[i][j] -= factor * a[p][j];
          }
          for (int k = 0; k < outputs; k++) {
            b[i][k] -= factor * b[p][k];
          }
        }
      }
    }
    double[][] w = new double[outputs][m];
    for (int k = 0; k < outputs; k++) {
      for (int i = 0; i < m; i++) {
        w[k][i] = b[i][k] / a[i][i];
      }
    }
    return w;
  }

  @Test
  void oneLayerFindsTheLeastSquaresSolutionOfSyntheticData() {
    SeededRandom random = SeededRandom.of(3);
    float[][] x = new float[400][5];
    float[][] t = new float[400][2];
    for (int r = 0; r < x.length; r++) {
      for (int i = 0; i < 5; i++) {
        x[r][i] = (float) random.nextGaussian();
      }
      t[r][0] = (float) (2 * x[r][0] - x[r][1] + 0.5 * x[r][4] + 3 + 0.3 * random.nextGaussian());
      t[r][1] = (float) (x[r][2] * x[r][3] + x[r][2] - 1 + 0.3 * random.nextGaussian());
    }
    assertLeastSquares("synthetic", x, t, 400, 2e-6);
  }

  /** Abalone's sizes and weights nearly repeat each other, hence the many steps. */
  @Test
  void oneLayerFindsTheLeastSquaresSolutionOfAbalone() throws IOException {
    String directory = System.getenv("PANAGRAD_DATA_DIR");
    Path file = directory == null ? null : Path.of(directory, "tabular", "abalone.csv");
    assumeTrue(file != null && Files.exists(file), "no tabular/abalone.csv in PANAGRAD_DATA_DIR");
    List<double[]> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      String[] cells = line.split(",", -1);
      if (cells.length == 9 && cells[0].length() == 1) {
        double[] row = new double[8];
        for (int i = 0; i < 8; i++) {
          row[i] = Double.parseDouble(cells[i + 1]);
        }
        rows.add(row);
      }
    }
    assertTrue(rows.size() > 4_000, "rows of abalone: " + rows.size());
    float[][] x = new float[rows.size()][7];
    float[][] t = new float[rows.size()][1];
    for (int i = 0; i < 8; i++) {
      int column = i;
      double mean = rows.stream().mapToDouble(r -> r[column]).average().orElseThrow();
      double variance =
          rows.stream().mapToDouble(r -> Math.pow(r[column] - mean, 2)).average().orElseThrow();
      for (int r = 0; r < rows.size(); r++) {
        float value = (float) ((rows.get(r)[i] - mean) / Math.sqrt(variance));
        if (i < 7) {
          x[r][i] = value;
        } else {
          t[r][0] = value;
        }
      }
    }
    assertLeastSquares("abalone", x, t, 20_000, 1e-3);
  }

  @Test
  void xorIsLearnedByBackpropagation() {
    float[][] x = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    try (Dataset data = Dataset.ofClasses("xor", x, new int[] {0, 1, 1, 0}, 2);
        TrainingSession session =
            TrainingSession.open(
                Network.of(2, dense(8), tanh(), dense(2)),
                data,
                TrainingOptions.defaults().optimizer(new Sgd(0.5f)).batchSize(4).seed(1))) {
      for (int epoch = 0; epoch < 1_000; epoch++) {
        session.epoch();
      }
      Evaluation evaluation = session.evaluate(data);
      assertEquals(1, evaluation.accuracy());
      assertTrue(evaluation.loss() < 0.05, "loss " + evaluation.loss());
    }
  }

  /** No line through the plane gets more than three of the four right. */
  @Test
  void xorIsNotLearnedByOneLayer() {
    float[][] x = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    try (Dataset data = Dataset.ofClasses("xor", x, new int[] {0, 1, 1, 0}, 2);
        TrainingSession session =
            TrainingSession.open(
                Network.of(2, dense(2)),
                data,
                TrainingOptions.defaults().optimizer(new Sgd(0.5f)).batchSize(4))) {
      for (int epoch = 0; epoch < 1_000; epoch++) {
        session.epoch();
      }
      assertEquals(Math.log(2), session.evaluate(data).loss(), 1e-3);
    }
  }

  @Test
  void twoSpiralsAreLearnedByBackpropagation() {
    try (Dataset data = Problems.spirals(150, 1);
        Dataset fresh = Problems.spirals(150, 2);
        TrainingSession session =
            TrainingSession.open(
                Network.of(2, dense(32), tanh(), dense(32), tanh(), dense(2)),
                data,
                TrainingOptions.defaults().optimizer(new Adam(0.01f)).batchSize(50).seed(1))) {
      for (int epoch = 0; epoch < 300; epoch++) {
        session.epoch();
      }
      assertTrue(session.evaluate(data).accuracy() >= 0.98, () -> "" + session.evaluate(data));
      assertTrue(session.evaluate(fresh).accuracy() >= 0.98, () -> "" + session.evaluate(fresh));
    }
  }

  @Test
  void twoClassesShareOneLogit() {
    try (Dataset data = Problems.spirals(100, 1);
        TrainingSession session =
            TrainingSession.open(
                Network.of(2, dense(32), tanh(), dense(32), tanh(), dense(1)),
                data,
                TrainingOptions.defaults()
                    .loss(Losses.binaryCrossEntropy())
                    .optimizer(new Adam(0.01f))
                    .batchSize(50))) {
      EpochResult last = session.epoch();
      for (int epoch = 1; epoch < 300; epoch++) {
        last = session.epoch();
      }
      assertTrue(session.evaluate(data).accuracy() >= 0.98, () -> "" + session.evaluate(data));
      assertEquals(300, last.epoch());
      assertEquals(200, last.examples());
    }
  }
}
