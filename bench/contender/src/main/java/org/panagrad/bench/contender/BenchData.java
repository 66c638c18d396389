package org.panagrad.bench.contender;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The data of a workload as the coordinator wrote it: raw little-endian files without header. They
 * are read and not mapped, so that no file's pages count as a contender's memory; they stay open as
 * long as the process.
 */
public final class BenchData {
  private static final int CHUNK = 1 << 16;

  private final Workload workload;
  private final FileChannel features;
  private final FileChannel targets;
  private final FileChannel weights;
  private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK).order(ByteOrder.LITTLE_ENDIAN);

  private BenchData(
      Workload workload, FileChannel features, FileChannel targets, FileChannel weights) {
    this.workload = workload;
    this.features = features;
    this.targets = targets;
    this.weights = weights;
  }

  /**
   * Opens the files of a workload.
   *
   * @param weightsName of the file with the starting weights
   */
  public static BenchData open(Path directory, Workload workload, String weightsName)
      throws IOException {
    return new BenchData(
        workload,
        FileChannel.open(directory.resolve(workload + ".features"), StandardOpenOption.READ),
        FileChannel.open(directory.resolve(workload + ".targets"), StandardOpenOption.READ),
        FileChannel.open(directory.resolve(weightsName), StandardOpenOption.READ));
  }

  /** Whose data this is. */
  public Workload workload() {
    return workload;
  }

  /** A new array with the features of rows [from, to), row-major. */
  public float[] features(int from, int to) {
    return floats(features, (long) from * workload.inputs(), (to - from) * workload.inputs());
  }

  /** A new array with the classes of rows [from, to). */
  public int[] labels(int from, int to) {
    int[] labels = new int[to - from];
    for (int done = 0; done < labels.length; ) {
      IntBuffer part = part(targets, from + done, labels.length - done).asIntBuffer();
      int count = part.remaining();
      part.get(labels, done, count);
      done += count;
    }
    return labels;
  }

  /** A new array with the values of rows [from, to), one each. */
  public float[] values(int from, int to) {
    return floats(targets, from, to - from);
  }

  /** A new array with the starting weight of a layer, (out, in) row-major. */
  public float[] weight(int layer) {
    return floats(weights, weightAt(layer), workload.in(layer) * workload.out(layer));
  }

  /** A new array with the starting bias of a layer, (out). */
  public float[] bias(int layer) {
    return floats(weights, biasAt(layer), workload.out(layer));
  }

  /**
   * Reads the starting weight of a layer into native memory.
   *
   * @param to (out, in) row-major, direct
   */
  public void readWeight(int layer, ByteBuffer to) {
    read(weights, Float.BYTES * weightAt(layer), to);
  }

  /**
   * Reads the starting bias of a layer into native memory.
   *
   * @param to (out), direct
   */
  public void readBias(int layer, ByteBuffer to) {
    read(weights, Float.BYTES * biasAt(layer), to);
  }

  private float[] floats(FileChannel file, long from, int count) {
    float[] floats = new float[count];
    for (int done = 0; done < count; ) {
      FloatBuffer part = part(file, from + done, count - done).asFloatBuffer();
      int read = part.remaining();
      part.get(floats, done, read);
      done += read;
    }
    return floats;
  }

  /** Some of these numbers of four bytes, as many as there is room for. */
  private ByteBuffer part(FileChannel file, long from, int count) {
    chunk.clear().limit(Float.BYTES * Math.min(count, CHUNK / Float.BYTES));
    read(file, Float.BYTES * from, chunk);
    return chunk.flip();
  }

  private static void read(FileChannel file, long at, ByteBuffer to) {
    try {
      while (to.hasRemaining()) {
        if (file.read(to, at + to.position()) < 0) {
          throw new IOException("a file of the comparison is cut short");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long biasAt(int layer) {
    return weightAt(layer) + (long) workload.in(layer) * workload.out(layer);
  }

  private long weightAt(int layer) {
    long at = 0;
    for (int i = 0; i < layer; i++) {
      at += (workload.in(i) + 1L) * workload.out(i);
    }
    return at;
  }
}
