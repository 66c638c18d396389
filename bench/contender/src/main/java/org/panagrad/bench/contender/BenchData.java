package org.panagrad.bench.contender;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The data of a workload as the coordinator wrote it: raw little-endian files without header,
 * mapped into memory.
 */
public final class BenchData {
  private final Workload workload;
  private final MappedByteBuffer features;
  private final MappedByteBuffer targets;
  private final MappedByteBuffer weights;

  private BenchData(
      Workload workload,
      MappedByteBuffer features,
      MappedByteBuffer targets,
      MappedByteBuffer weights) {
    this.workload = workload;
    this.features = features;
    this.targets = targets;
    this.weights = weights;
  }

  /**
   * Maps the files of a workload.
   *
   * @param weightsName of the file with the starting weights
   */
  public static BenchData open(Path directory, Workload workload, String weightsName)
      throws IOException {
    return new BenchData(
        workload,
        map(directory.resolve(workload + ".features")),
        map(directory.resolve(workload + ".targets")),
        map(directory.resolve(weightsName)));
  }

  private static MappedByteBuffer map(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      bytes.order(ByteOrder.LITTLE_ENDIAN);
      return bytes;
    }
  }

  /** Whose data this is. */
  public Workload workload() {
    return workload;
  }

  /** A new array with the features of rows [from, to), row-major. */
  public float[] features(int from, int to) {
    float[] rows = new float[(to - from) * workload.inputs()];
    features.asFloatBuffer().get(from * workload.inputs(), rows);
    return rows;
  }

  /** A new array with the classes of rows [from, to). */
  public int[] labels(int from, int to) {
    IntBuffer all = targets.asIntBuffer();
    int[] labels = new int[to - from];
    all.get(from, labels);
    return labels;
  }

  /** A new array with the values of rows [from, to), one each. */
  public float[] values(int from, int to) {
    FloatBuffer all = targets.asFloatBuffer();
    float[] values = new float[to - from];
    all.get(from, values);
    return values;
  }

  /** A new array with the starting weight of a layer, (out, in) row-major. */
  public float[] weight(int layer) {
    float[] weight = new float[workload.in(layer) * workload.out(layer)];
    weights.asFloatBuffer().get(weightAt(layer), weight);
    return weight;
  }

  /** A new array with the starting bias of a layer, (out). */
  public float[] bias(int layer) {
    float[] bias = new float[workload.out(layer)];
    weights.asFloatBuffer().get(weightAt(layer) + workload.in(layer) * workload.out(layer), bias);
    return bias;
  }

  private int weightAt(int layer) {
    int at = 0;
    for (int i = 0; i < layer; i++) {
      at += (workload.in(i) + 1) * workload.out(i);
    }
    return at;
  }
}
