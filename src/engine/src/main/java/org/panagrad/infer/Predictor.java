package org.panagrad.infer;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.NativeBlas;
import org.panagrad.data.FeatureMap;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Loss;
import org.panagrad.graph.LossFunction;
import org.panagrad.kernel.Activation;
import org.panagrad.kernel.KernelSets;
import org.panagrad.kernel.Kernels;
import org.panagrad.memory.MemoryReport;
import org.panagrad.memory.NativeMemory;
import org.panagrad.plan.ParameterLayout;

/**
 * Predicts with a model, from any number of threads at once.
 *
 * <p>Each call runs on its caller's thread, in one of a fixed number of contexts whose memory is
 * taken when the predictor is opened; when all are in use a caller waits. Outputs are probabilities
 * where the model was trained with a cross-entropy, else the network's output.
 *
 * <p>Input is raw, as in the training data: the model's preprocessing is applied here. A virtual
 * thread is pinned to its carrier while a product runs.
 */
public final class Predictor implements AutoCloseable {
  private final int inputs;
  private final int outputs;
  private final int maxBatch;
  private final Model model;
  private final NativeMemory memory;
  private final List<Context> contexts = new ArrayList<>();
  private final BlockingQueue<Context> idle;
  private volatile boolean closed;

  private Predictor(Model model, int maxBatch, int maxConcurrent, long maxNativeBytes) {
    if (maxBatch < 1 || maxConcurrent < 1) {
      throw new IllegalArgumentException(
          "predictor for batches of "
              + maxBatch
              + " and "
              + maxConcurrent
              + " callers: expected 1 or more of each");
    }
    Graph graph = withProbabilities(model.graph(), model.description().loss());
    // The softmax adds no parameter: the layout is the model's, value for value.
    ParameterLayout layout = model.layout();
    NativeBlas blas = NativeBlas.load();
    Kernels kernels = KernelSets.select();
    this.model = model;
    this.inputs = graph.input().shape().elements();
    this.outputs = graph.output().shape().elements();
    this.maxBatch = maxBatch;
    this.memory = new NativeMemory("predictor", maxNativeBytes);
    this.idle = new ArrayBlockingQueue<>(maxConcurrent);
    model.retain();
    try {
      FeatureMap map = model.description().preprocessing();
      for (int i = 0; i < maxConcurrent; i++) {
        Context context =
            new Context(graph, layout, model.parameters(), map, maxBatch, memory, blas, kernels);
        contexts.add(context);
        idle.add(context);
      }
    } catch (Throwable t) {
      memory.close();
      model.release();
      throw t;
    }
  }

  /** A predictor for batches up to 256 rows and as many callers at once as there are processors. */
  public static Predictor of(Model model) {
    return of(model, 256, Runtime.getRuntime().availableProcessors(), Long.MAX_VALUE);
  }

  /**
   * A predictor with stated bounds.
   *
   * @param maxBatch rows run at once; larger requests are cut
   * @param maxConcurrent callers served at once
   * @param maxNativeBytes the most native memory it may take, checked before any is used
   */
  public static Predictor of(Model model, int maxBatch, int maxConcurrent, long maxNativeBytes) {
    return new Predictor(model, maxBatch, maxConcurrent, maxNativeBytes);
  }

  private static Graph withProbabilities(Graph graph, @Nullable Loss loss) {
    if (loss != null && loss.function() == LossFunction.CROSS_ENTROPY) {
      return graph.withSoftmax();
    }
    if (loss != null && loss.function() == LossFunction.BINARY_CROSS_ENTROPY) {
      return graph.withActivation(Activation.SIGMOID);
    }
    return graph;
  }

  /** Features of a row. */
  public int inputs() {
    return inputs;
  }

  /** Outputs of a row. */
  public int outputs() {
    return outputs;
  }

  /** The native memory taken, the model's own not counted. */
  public MemoryReport memoryReport() {
    return memory.report();
  }

  /**
   * Predicts one row.
   *
   * @param row (inputs) raw features
   * @return (outputs)
   * @throws IllegalArgumentException if the row has another length, or a value is not finite
   * @throws IllegalStateException if the predictor is closed
   */
  public float[] predict(float[] row) {
    return predict(new float[][] {row})[0];
  }

  /**
   * Predicts rows, in pieces of at most the batch size.
   *
   * @param rows (n, inputs) raw features
   * @return (n, outputs)
   */
  public float[][] predict(float[][] rows) {
    for (int r = 0; r < rows.length; r++) {
      check(rows[r], r);
    }
    float[][] out = new float[rows.length][outputs];
    Context context = borrow();
    try {
      for (int from = 0; from < rows.length; ) {
        int count = Math.min(maxBatch, rows.length - from);
        context.run(rows, from, count, out);
        from += count;
      }
    } finally {
      idle.add(context);
    }
    return out;
  }

  /**
   * Predicts rows in native memory, allocating nothing. Unlike with arrays, values that are not
   * finite are not looked for.
   *
   * @param in (rows, inputs) float32 raw features, from the segment's start
   * @param out (rows, outputs) float32, from the segment's start
   * @throws IndexOutOfBoundsException if a segment is too small
   */
  public void predict(MemorySegment in, int rows, MemorySegment out) {
    check("in", in, rows, inputs);
    check("out", out, rows, outputs);
    Context context = borrow();
    try {
      for (int from = 0; from < rows; ) {
        int count = Math.min(maxBatch, rows - from);
        context.run(in, from, count, out);
        from += count;
      }
    } finally {
      idle.add(context);
    }
  }

  private static void check(String name, MemorySegment segment, int rows, int floats) {
    if (rows < 0) {
      throw new IndexOutOfBoundsException(rows + " rows to predict, expected 0 or more");
    }
    // In floats, as the bytes of the largest numbers are beyond a long.
    if ((long) rows * floats > segment.byteSize() / Float.BYTES) {
      throw new IndexOutOfBoundsException(
          name
              + ": a segment of "
              + segment.byteSize()
              + " bytes, expected room for "
              + rows
              + " rows of "
              + floats
              + " floats; give a larger one or fewer rows");
    }
  }

  private void check(float[] row, int index) {
    if (row.length != inputs) {
      throw new IllegalArgumentException(
          "row " + index + ": " + row.length + " features, expected " + inputs);
    }
    for (int i = 0; i < row.length; i++) {
      if (!Float.isFinite(row[i])) {
        throw new IllegalArgumentException(
            "row " + index + ", feature " + i + ": " + row[i] + ", expected a finite number");
      }
    }
  }

  private Context borrow() {
    if (closed) {
      throw new IllegalStateException("the predictor is closed");
    }
    try {
      Context context = idle.take();
      if (closed) {
        idle.add(context);
        throw new IllegalStateException("the predictor is closed");
      }
      return context;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a free predictor context", e);
    }
  }

  /** Waits for the calls under way, then frees the memory. */
  @Override
  public void close() {
    synchronized (contexts) {
      if (closed) {
        return;
      }
      closed = true;
      boolean interrupted = false;
      for (int i = 0; i < contexts.size(); ) {
        try {
          idle.take();
          i++;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      try {
        memory.close();
        model.release();
      } finally {
        // A caller that was let in just before would wait for ever; it finds the predictor closed.
        idle.addAll(contexts);
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
