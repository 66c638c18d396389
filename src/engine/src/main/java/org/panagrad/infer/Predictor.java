package org.panagrad.infer;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.NativeBlas;
import org.panagrad.blas.ProductThreads;
import org.panagrad.data.FeatureMap;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Linear;
import org.panagrad.graph.Loss;
import org.panagrad.graph.LossFunction;
import org.panagrad.kernel.Activation;
import org.panagrad.kernel.KernelSets;
import org.panagrad.kernel.Kernels;
import org.panagrad.memory.MemoryReport;
import org.panagrad.memory.NativeMemory;
import org.panagrad.plan.ParameterLayout;
import org.panagrad.plan.Workers;

/**
 * Predicts with a model, from any number of threads at once.
 *
 * <p>Each call runs in one of a fixed number of contexts whose memory is taken when the predictor
 * is opened; when all are in use a caller waits. Outputs are probabilities where the model was
 * trained with a cross-entropy, else the network's output.
 *
 * <p>A batch is shared among the predictor's own threads, if it is large enough and they are free;
 * other callers run theirs alone. Who runs it changes no bit: the partition width says how a batch
 * is cut.
 *
 * <p>Input is raw, as in the training data: the model's preprocessing is applied here. A virtual
 * thread is pinned to its carrier while a product runs.
 */
public final class Predictor implements AutoCloseable {
  // Multiply-adds, some 20 us of one thread: below, waking others gains nothing.
  private static final long SHARED_WORK = 1_000_000;

  /** Callers served at once: as many as OpenBLAS is built for; others wait. */
  private static final int MOST_CALLERS = 64;

  private final int inputs;
  private final int outputs;
  private final int maxBatch;
  private final int maxConcurrent;
  private final int processors = Runtime.getRuntime().availableProcessors();
  private final long workPerRow;
  private final Model model;
  private final NativeMemory memory;
  // A permit for each; the first has the team. Null where a caller has it.
  private final AtomicReferenceArray<@Nullable Context> contexts;
  private final Semaphore permits;
  private final @Nullable Workers team;
  private final ProductThreads callers; // the team counts its own
  private volatile boolean closed;

  private Predictor(
      Model model, int maxBatch, int maxConcurrent, int partitions, long maxNativeBytes) {
    if (maxBatch < 1 || maxConcurrent < 1 || partitions < 1) {
      throw new IllegalArgumentException(
          "predictor for batches of "
              + maxBatch
              + ", "
              + maxConcurrent
              + " callers and "
              + partitions
              + " partitions: expected 1 or more of each");
    }
    if (maxConcurrent > MOST_CALLERS) {
      throw new IllegalArgumentException(
          "predictor for "
              + maxConcurrent
              + " callers at once: expected at most "
              + MOST_CALLERS
              + ", as each has memory of its own; more callers wait for one of these");
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
    this.maxConcurrent = maxConcurrent;
    this.workPerRow = layout.bytes() / Float.BYTES;
    this.contexts = new AtomicReferenceArray<>(maxConcurrent);
    this.permits = new Semaphore(maxConcurrent);
    this.memory = new NativeMemory("predictor", maxNativeBytes);
    model.retain();
    try {
      Ladder ladder = new Ladder(graph, layout, maxBatch, partitions, blas, kernels);
      boolean teams = processors > 1 && ladder.hasLanes() && isWorthSharing(maxBatch);
      FeatureMap map = model.description().preprocessing();
      MemorySegment parameters = model.parameters();
      for (int i = 0; i < maxConcurrent; i++) {
        RowSource rows = new RowSource(inputs, map, onlyProductsRead(graph), kernels);
        contexts.setPlain(i, new Context(i, ladder, parameters, rows, memory, kernels));
      }
      this.team = teams ? new Workers("panagrad-predict", Math.min(partitions, processors)) : null;
      this.callers = ProductThreads.open(teams ? maxConcurrent - 1 : maxConcurrent);
    } catch (Throwable t) {
      memory.close();
      model.release();
      throw t;
    }
  }

  /**
   * A predictor for batches up to 256 rows and as many callers at once as there are processors, at
   * most 64, with a thread for each processor.
   */
  public static Predictor of(Model model) {
    int callers = Math.min(MOST_CALLERS, Runtime.getRuntime().availableProcessors());
    return of(model, 256, callers, Long.MAX_VALUE);
  }

  /**
   * A predictor with stated bounds, and as many partitions as there are processors.
   *
   * @param maxBatch rows run at once; larger requests are cut
   * @param maxConcurrent callers served at once, 1 to 64
   * @param maxNativeBytes the most native memory it may take, checked before any is used
   */
  public static Predictor of(Model model, int maxBatch, int maxConcurrent, long maxNativeBytes) {
    int partitions = Runtime.getRuntime().availableProcessors();
    return of(model, maxBatch, maxConcurrent, partitions, maxNativeBytes);
  }

  /**
   * A predictor with stated bounds.
   *
   * @param maxBatch rows run at once; larger requests are cut
   * @param maxConcurrent callers served at once, 1 to 64
   * @param partitions how many parts a batch is cut into at most, which decides its bits; as many
   *     threads share it, the caller's included, but no more than there are processors
   * @param maxNativeBytes the most native memory it may take, checked before any is used
   */
  public static Predictor of(
      Model model, int maxBatch, int maxConcurrent, int partitions, long maxNativeBytes) {
    return new Predictor(model, maxBatch, maxConcurrent, partitions, maxNativeBytes);
  }

  private static boolean onlyProductsRead(Graph graph) {
    return graph.consumers(graph.input()).stream().allMatch(Linear.class::isInstance);
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
    Context context = borrow(rows.length);
    try {
      for (int from = 0; from < rows.length; ) {
        int count = Math.min(maxBatch, rows.length - from);
        context.run(rows, from, count, out, teamFor(context, count));
        from += count;
      }
    } finally {
      giveBack(context);
    }
    return out;
  }

  /**
   * Predicts rows in native memory, allocating nothing. Unlike with arrays, values that are not
   * finite are not looked for. Rows in memory confined to the caller, or global, are not even
   * copied, unless the model scales them, a file is mapped there, or the first layer is no dense
   * one.
   *
   * @param in (rows, inputs) float32 raw features, from the segment's start
   * @param out (rows, outputs) float32, from the segment's start
   * @throws IndexOutOfBoundsException if a segment is too small
   * @throws IllegalStateException if a segment is freed before or meanwhile; the JVM then may leave
   *     the thread interrupted
   */
  public void predict(MemorySegment in, int rows, MemorySegment out) {
    check("in", in, rows, inputs);
    check("out", out, rows, outputs);
    Context context = borrow(rows);
    try {
      for (int from = 0; from < rows; ) {
        int count = Math.min(maxBatch, rows - from);
        context.run(in, from, count, out, teamFor(context, count));
        from += count;
      }
    } finally {
      giveBack(context);
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

  private boolean isWorthSharing(int rows) {
    return rows * workPerRow >= SHARED_WORK;
  }

  /** The threads to share a batch in this context, unless callers already keep most processors. */
  private @Nullable Workers teamFor(Context context, int rows) {
    int callers = maxConcurrent - permits.availablePermits();
    return context.index() == 0
            && isWorthSharing(rows)
            && (callers == 1 || 2 * callers <= processors)
        ? team
        : null;
  }

  /** The context with the team is the first choice for a batch, and the last for single rows. */
  private Context borrow(int rows) {
    if (closed) {
      throw new IllegalStateException("the predictor is closed");
    }
    try {
      // One that is free is had by an interrupted caller too: there is nothing to wait for.
      if (!permits.tryAcquire()) {
        permits.acquire();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a free predictor context", e);
    }
    if (closed) {
      permits.release();
      throw new IllegalStateException("the predictor is closed");
    }
    boolean fromFirst = isWorthSharing(rows);
    while (true) {
      // There is one for every permit, but it may have come back to a place just passed.
      for (int i = 0; i < maxConcurrent; i++) {
        int place = fromFirst ? i : maxConcurrent - 1 - i;
        if (contexts.getOpaque(place) != null) {
          Context context = contexts.getAndSet(place, null);
          if (context != null) {
            return context;
          }
        }
      }
      Thread.onSpinWait();
    }
  }

  private void giveBack(Context context) {
    contexts.setRelease(context.index(), context);
    permits.release();
  }

  /** Waits for the calls under way, then ends the threads and frees the memory. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    permits.acquireUninterruptibly(maxConcurrent);
    try {
      if (team != null) {
        team.close();
      }
      callers.close();
      memory.close();
      model.release();
    } finally {
      // A caller that was let in just before would wait for ever; it finds the predictor closed.
      permits.release(maxConcurrent);
    }
  }
}
