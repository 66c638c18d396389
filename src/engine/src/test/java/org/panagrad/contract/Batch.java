package org.panagrad.contract;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.panagrad.blas.Matrix;
import org.panagrad.plan.BatchSource;
import org.panagrad.random.SeededRandom;

/**
 * A mini-batch drawn from a seed, fed to the engine row by row and to the reference by features.
 */
final class Batch implements BatchSource {
  final int size;
  private final int features;
  private final int outputs;
  private final float[] x; // (batch, features)
  private final int[] labels; // (batch)
  private final float[] targets; // (batch, outputs)
  private final float[] weights; // (batch)
  private final MemorySegment inPlace; // (batch, features)

  Batch(int size, int features, int outputs, boolean classes, SeededRandom random) {
    this.size = size;
    this.features = features;
    this.outputs = outputs;
    this.x = new float[size * features];
    this.labels = new int[size];
    this.targets = new float[size * outputs];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble(-2, 2);
    }
    this.inPlace = nativeCopy(x);
    this.weights = new float[size];
    for (int j = 0; j < size; j++) {
      // Some count twice, some nothing; the first always something.
      weights[j] = j % 5 == 3 ? 0 : 0.25f + 0.5f * (j % 4);
    }
    for (int j = 0; j < size; j++) {
      labels[j] = random.nextInt(outputs);
      for (int k = 0; k < outputs; k++) {
        float value = (float) random.nextDouble();
        targets[j * outputs + k] = classes ? (labels[j] == k ? 1 : 0) : value;
      }
    }
  }

  /**
   * A given mini-batch.
   *
   * @param x (batch, features)
   * @param labels (batch), or empty
   * @param targets (batch, outputs), or empty
   * @param weights (batch), or empty
   */
  Batch(
      int size,
      int features,
      int outputs,
      float[] x,
      int[] labels,
      float[] targets,
      float[] weights) {
    this.size = size;
    this.features = features;
    this.outputs = outputs;
    this.x = x.clone();
    this.inPlace = nativeCopy(x);
    this.labels = labels.clone();
    this.targets = targets.clone();
    this.weights = weights.clone();
  }

  private static MemorySegment nativeCopy(float[] values) {
    MemorySegment copy = Arena.ofAuto().allocate(4L * values.length, 64);
    MemorySegment.copy(values, 0, copy, ValueLayout.JAVA_FLOAT, 0, values.length);
    return copy;
  }

  int[] labels() {
    return labels;
  }

  /** The features, feature-major. */
  double[] x() {
    return transposed(x, features);
  }

  /** The targets, feature-major. */
  double[] targets() {
    return transposed(targets, outputs);
  }

  double[] weights() {
    double[] doubles = new double[weights.length];
    for (int j = 0; j < doubles.length; j++) {
      doubles[j] = weights[j];
    }
    return doubles;
  }

  private double[] transposed(float[] rows, int cols) {
    double[] result = new double[size * cols];
    for (int j = 0; j < size; j++) {
      for (int k = 0; k < cols; k++) {
        result[k * size + j] = rows[j * cols + k];
      }
    }
    return result;
  }

  @Override
  public void features(int from, int to, MemorySegment segment, long out) {
    for (int i = from * features; i < to * features; i++) {
      segment.set(ValueLayout.JAVA_FLOAT, out + 4L * (i - from * features), x[i]);
    }
  }

  @Override
  public void labels(int from, int to, MemorySegment segment, long out) {
    for (int j = from; j < to; j++) {
      segment.set(ValueLayout.JAVA_INT, out + 4L * (j - from), labels[j]);
    }
  }

  @Override
  public void targets(int from, int to, MemorySegment segment, long out, int ld) {
    for (int j = from; j < to; j++) {
      for (int k = 0; k < outputs; k++) {
        long at = out + 4L * ((long) k * ld + j - from);
        segment.set(ValueLayout.JAVA_FLOAT, at, targets[j * outputs + k]);
      }
    }
  }

  @Override
  public void weights(int from, int to, MemorySegment segment, long out) {
    for (int j = from; j < to; j++) {
      segment.set(ValueLayout.JAVA_FLOAT, out + 4L * (j - from), weights[j]);
    }
  }

  @Override
  public void slide(Matrix matrix, int from, int count, int column) {
    matrix.slideTo(inPlace, 4L * (from * features + column), count);
  }
}
