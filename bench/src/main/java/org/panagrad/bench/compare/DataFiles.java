package org.panagrad.bench.compare;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.panagrad.bench.contender.Workload;

/** Writes the data and starting weights that all contenders read: raw, little-endian. */
final class DataFiles {
  private static final long SEED = 20_260_101;

  private final Path directory;

  DataFiles(Path directory) {
    this.directory = directory;
  }

  Path directory() {
    return directory;
  }

  /** Name of the starting weights all are measured from. */
  static String weights(Workload w) {
    return w + ".weights";
  }

  /** Name of starting weights that are off by what rounding does. */
  static String perturbed(Workload w, int i) {
    return w + ".perturbed-" + i;
  }

  /**
   * Writes everything of a workload. Targets are a linear function of the features, so that there
   * is something to learn; weights are U(+-1/sqrt(fan_in)).
   *
   * @param perturbations how many files of weights off by a relative noise of 2^-24 sqrt(fan_in),
   *     which is what a product of float32 is off by
   */
  void write(Workload w, int perturbations) throws IOException {
    Random random = new Random(SEED + w.name().charAt(0));
    float[][] teacher = new float[w.outputs()][w.inputs()];
    for (float[] row : teacher) {
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) random.nextGaussian();
      }
    }
    ByteBuffer features = buffer((long) w.rows() * w.inputs());
    ByteBuffer targets = buffer(w.rows());
    float[] x = new float[w.inputs()];
    for (int row = 0; row < w.rows(); row++) {
      for (int i = 0; i < x.length; i++) {
        x[i] = random.nextFloat() * 2 - 1;
        features.putFloat(x[i]);
      }
      if (w.classes()) {
        targets.putInt(largest(teacher, x));
      } else {
        targets.putFloat((float) (dot(teacher[0], x) / Math.sqrt(x.length)));
      }
    }
    write(w + ".features", features);
    write(w + ".targets", targets);
    writeWeights(w, weights(w), 0);
    for (int i = 0; i < perturbations; i++) {
      writeWeights(w, perturbed(w, i), 1 + i);
    }
  }

  private void writeWeights(Workload w, String name, int noiseSeed) throws IOException {
    Random random = new Random(SEED - 1 - w.name().charAt(0));
    Random noise = new Random(noiseSeed);
    long count = 0;
    for (int l = 0; l < w.layers(); l++) {
      count += (w.in(l) + 1L) * w.out(l);
    }
    ByteBuffer weights = buffer(count);
    for (int l = 0; l < w.layers(); l++) {
      double bound = 1 / Math.sqrt(w.in(l));
      double relative = noiseSeed == 0 ? 0 : 0x1p-24 * Math.sqrt(w.in(l));
      for (int i = 0; i < (w.in(l) + 1) * w.out(l); i++) {
        float value = (float) ((random.nextDouble() * 2 - 1) * bound);
        weights.putFloat((float) (value * (1 + relative * noise.nextGaussian())));
      }
    }
    write(name, weights);
  }

  private void write(String name, ByteBuffer content) throws IOException {
    try (FileChannel file =
        FileChannel.open(
            directory.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      content.flip();
      while (content.hasRemaining()) {
        file.write(content);
      }
    }
  }

  private static int largest(float[][] teacher, float[] x) {
    int best = 0;
    double bestValue = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < teacher.length; c++) {
      double value = dot(teacher[c], x);
      if (value > bestValue) {
        best = c;
        bestValue = value;
      }
    }
    return best;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static ByteBuffer buffer(long count) {
    return ByteBuffer.allocate(Math.toIntExact(count * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
