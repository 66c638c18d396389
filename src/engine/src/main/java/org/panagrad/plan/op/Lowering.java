package org.panagrad.plan.op;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Blas;
import org.panagrad.graph.Activate;
import org.panagrad.graph.Dropout;
import org.panagrad.graph.Graph;
import org.panagrad.graph.LayerNorm;
import org.panagrad.graph.Linear;
import org.panagrad.graph.Operation;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Activation;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.ParameterLayout;
import org.panagrad.plan.Step;
import org.panagrad.plan.Tiling;
import org.panagrad.plan.UpdateRule;

/**
 * The state of one compilation: which buffer holds which value and gradient, and the steps so far.
 *
 * <p>Activations and gradients are feature-major, (features, batch): a row is a feature. Tiles of a
 * product's rows are then one range, a bias is one number per row, and a softmax runs over whole
 * vectors of examples. Only the graph's input stays as it came, (batch, features).
 */
final class Lowering {
  // Whole AVX-512 vectors, and whole register blocks of OpenBLAS's sgemm kernels.
  private static final int QUANTUM = 16;

  /** Columns of a lane that make up for each lane's reading the whole of every weight. */
  private static final int WIDE = 64;

  final Graph graph;
  final CompileOptions options;
  final Blas blas;
  final Kernels kernels;
  private final ParameterLayout layout;
  private final List<Step> steps = new ArrayList<>();
  private final Map<Value, Buffer> forward = new HashMap<>();
  private final Map<Value, Gradient> gradients = new HashMap<>();
  // By identity: each is one of its graph, and the hash of a record is slow to be had at first.
  private final IdentityHashMap<Linear, Buffer> weightCopies = new IdentityHashMap<>();
  private final Map<Value, Buffer> parameters = new HashMap<>();
  private final Map<Value, Buffer> saved = new HashMap<>();
  private final Map<Value, Tiling> cuts = new HashMap<>();
  private final Set<Value> aliases = new HashSet<>();
  private final Set<Value> written = new HashSet<>();
  private final Set<Operation> absorbed = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Value> wantGradient = new HashSet<>();
  private final Map<Value, Buffer> sums = new HashMap<>();
  private final List<ClipSteps.Measured> measured = new ArrayList<>();
  private final List<FiniteParameters> looked = new ArrayList<>();
  private @Nullable Buffer inputTransposed;
  private @Nullable Buffer losses;

  Lowering(
      Graph graph, ParameterLayout layout, CompileOptions options, Blas blas, Kernels kernels) {
    this.graph = graph;
    this.layout = layout;
    this.options = options;
    this.blas = blas;
    this.kernels = kernels;
    if (options.backward()) {
      if (options.inputGradient()) {
        wantGradient.add(graph.input());
      }
      for (Operation op : graph.operations()) {
        for (Value in : op.inputs()) {
          if (in.isTrained() || wantGradient.contains(in)) {
            wantGradient.add(op.output());
          }
        }
      }
    }
  }

  /** The batch size the plan is for. */
  int batch() {
    return options.batchSize();
  }

  void emit(Step step) {
    // Nothing waits for, and no memory is planned for, what is read where it is.
    List<Access> planned = new ArrayList<>();
    for (Access access : step.accesses()) {
      if (!readsInPlace(access.buffer())) {
        planned.add(access);
      }
    }
    steps.add(new Step(step.name(), step.category(), planned, step.tiles(), step.binder()));
  }

  List<Step> steps() {
    return steps;
  }

  /** A cut of the rows of something with this many, or of the columns. */
  Tiling tiling(Tiling.Axis axis, int extent) {
    return Tiling.of(axis, extent, options.partitions(), QUANTUM);
  }

  /** The batch as the columns of a feature-major buffer. */
  Tiling batchColumns() {
    return tiling(Tiling.Axis.COLS, batch());
  }

  /**
   * The better cut of a (rows, cols) result: rows unless only columns give every lane a tile, or
   * only results are wanted and the batch gives every lane wide columns: none then reads what
   * another has just written.
   */
  Tiling cut(int rows, int cols) {
    Tiling byRows = tiling(Tiling.Axis.ROWS, rows);
    Tiling byCols = tiling(Tiling.Axis.COLS, cols);
    boolean wide = options.forwardOnly() && cols / WIDE >= options.partitions();
    if (wide) {
      return byCols;
    }
    return byCols.tiles() > byRows.tiles() ? byCols : byRows;
  }

  /**
   * How a feature-major value is cut: what follows a layer normalisation element by element stays
   * with its columns.
   */
  Tiling cut(Value value) {
    Tiling known = cuts.get(value);
    if (known == null) {
      known = newCut(value);
      cuts.put(value, known);
    }
    return known;
  }

  private Tiling newCut(Value value) {
    // No switch over types: see GraphCompiler.
    Operation producer = graph.producer(value);
    if (producer instanceof LayerNorm) {
      return batchColumns();
    }
    if (producer instanceof Activate activate) {
      return cut(activate.x());
    }
    return producer instanceof Dropout dropout
        ? cut(dropout.x())
        : cut(value.shape().elements(), batch());
  }

  boolean wantsGradient(Value value) {
    return wantGradient.contains(value);
  }

  /** Whether this value is the graph's input, which lies (batch, features). */
  boolean isRowMajor(Value value) {
    return value == graph.input();
  }

  /** The input's buffer (batch, features). */
  Buffer input() {
    Value value = graph.input();
    Buffer buffer = forward.get(value);
    if (buffer == null) {
      buffer = Buffer.workspace(value.path(), batch(), value.shape().elements(), true);
      forward.put(value, buffer);
    }
    return buffer;
  }

  /** Whether a buffer is the input's and is never written: the rows are read where they are. */
  boolean readsInPlace(Buffer buffer) {
    return options.inPlace() && isInput(buffer);
  }

  /**
   * Whether a buffer is the input's, and is written only where the rows of a run cannot be read.
   */
  boolean mayReadInPlace(Buffer buffer) {
    return options.orInPlace() && isInput(buffer);
  }

  private boolean isInput(Buffer buffer) {
    return buffer == forward.get(graph.input());
  }

  /** A value feature-major: the input is transposed first. */
  Buffer featureMajor(Value value) {
    if (!isRowMajor(value)) {
      return activation(value);
    }
    if (inputTransposed == null) {
      inputTransposed =
          Buffer.spaced(value.path() + " transposed", value.shape().elements(), batch(), false);
      emit(TransposeSteps.forward(this, input(), inputTransposed));
    }
    return inputTransposed;
  }

  /** The buffer (features, batch) of a value that has been lowered. */
  Buffer activation(Value value) {
    Buffer buffer = forward.get(value);
    if (buffer == null) {
      throw new IllegalStateException(value + ": read before it is computed");
    }
    return buffer;
  }

  /** Gives a value a new buffer (features, batch). */
  Buffer define(Value value) {
    Buffer buffer =
        Buffer.spaced(value.path(), value.shape().elements(), batch(), value == graph.output());
    forward.put(value, buffer);
    return buffer;
  }

  /** Gives y the buffer of x if x is needed by nobody else, else a new one. */
  Buffer defineInPlaceOf(Value x, Value y, boolean backwardReadsX) {
    // What reads an alias in place would overwrite what other readers of the original still want.
    if (isRowMajor(x)
        || aliases.contains(x)
        || x == graph.output()
        || graph.consumers(x).size() > 1
        || (options.backward() && (backwardReadsX || readsOwnOutput(graph.producer(x))))) {
      return define(y);
    }
    if (y == graph.output()) {
      // The output is pinned, which x's buffer is not.
      return define(y);
    }
    Buffer shared = activation(x);
    forward.put(y, shared);
    return shared;
  }

  /** Gives y the very buffer of x: the operation does nothing. */
  void alias(Value x, Value y) {
    forward.put(y, featureMajor(x));
    aliases.add(y);
  }

  private static boolean readsOwnOutput(@Nullable Operation op) {
    return op instanceof Activate a && a.function().saved() == Activation.Saved.OUTPUT;
  }

  /**
   * Has every lane compute the gradient of a layer's input for itself.
   *
   * @param weights a copy for each lane
   */
  void repeatGradient(Linear op, Buffer weights) {
    Tiling copies = RepeatedGradients.copies(this, op.in());
    weightCopies.put(op, weights);
    // Pinned: what another lane has used in between would have to come from its cache.
    Buffer buffer =
        Buffer.spaced("grad " + op.x().path() + " copies", copies.tiles() * op.in(), batch(), true);
    gradients.put(op.x(), new Gradient(buffer, copies));
  }

  /** The weights for that, or null where the lanes share the gradient. */
  @Nullable Buffer weightCopies(Linear op) {
    return weightCopies.get(op);
  }

  /** The gradient of a value, which may be one for all lanes or a copy for each. */
  Gradient gradientOf(Value value) {
    Gradient gradient = gradients.get(value);
    if (gradient == null) {
      boolean pinned = value == graph.input();
      gradient =
          Gradient.ofAll(
              Buffer.spaced("grad " + value.path(), value.shape().elements(), batch(), pinned));
      gradients.put(value, gradient);
    }
    return gradient;
  }

  /** Its buffer (features, batch); with a copy for each lane, that of all copies. */
  Buffer gradient(Value value) {
    return gradientOf(value).buffer();
  }

  /** Lets dx be computed in place of dy where nobody else adds to dx. */
  void shareGradient(Value x, Value y) {
    if (wantsGradient(x) && x != graph.input() && graph.consumers(x).size() == 1) {
      gradients.put(x, gradientOf(y));
    }
  }

  /** Keeps what the forward pass of an operation found out for its backward pass. */
  void save(Operation op, Buffer statistics) {
    saved.put(op.output(), statistics);
  }

  /** Says who knows whether an operation's parameters are finite numbers. */
  void looksAt(FiniteParameters parameters) {
    looked.add(parameters);
  }

  /** Who knows it of all operations so far. */
  List<FiniteParameters> looked() {
    return List.copyOf(looked);
  }

  /** Says where the loss of each tile is: no update is made with one that is not finite. */
  void lossIn(Buffer slots) {
    losses = slots;
  }

  /** What {@link #lossIn} said. */
  Buffer losses() {
    return Objects.requireNonNull(losses, "the loss");
  }

  /** What {@link #save} kept. */
  Buffer saved(Operation op) {
    return Objects.requireNonNull(saved.get(op.output()), op.path());
  }

  /** Whether something has been written to this gradient, so that the next must add to it. */
  boolean accumulates(Value value) {
    return !written.add(value);
  }

  /** A parameter's buffer. */
  Buffer parameter(Value value) {
    Buffer buffer = parameters.get(value);
    if (buffer == null) {
      buffer = layout.buffer(value, Buffer.Slab.PARAMETERS);
      parameters.put(value, buffer);
    }
    return buffer;
  }

  /**
   * A parameter's gradient of this mini-batch: in the gradients' slab, or, if those are not kept or
   * are sums over several mini-batches, in the workspace.
   */
  Buffer parameterGradient(Value value) {
    Gradient gradient = gradients.get(value);
    if (gradient == null) {
      gradient = Gradient.ofAll(newParameterGradient(value));
      gradients.put(value, gradient);
    }
    return gradient.buffer();
  }

  private Buffer newParameterGradient(Value value) {
    Buffer parameter = parameter(value);
    return options.keepGradients() && !options.gathers()
        ? layout.buffer(value, Buffer.Slab.GRADIENTS)
        : Buffer.workspace("grad " + value.path(), parameter.rows(), parameter.cols(), false);
  }

  /** A parameter's gradient as the update takes it: over all mini-batches of the update. */
  Buffer updateGradient(Value value) {
    return options.gathers()
        ? sums.computeIfAbsent(value, v -> layout.buffer(v, Buffer.Slab.GRADIENTS))
        : parameterGradient(value);
  }

  /** Whether the weight's update can be its gradient product itself. */
  boolean fusesUpdate(Value weight) {
    UpdateRule rule = options.updateRule();
    return rule != null
        && rule.fusesIntoProduct()
        && !options.keepGradients()
        && options.clipValue() == 0
        && graph.consumers(weight).size() == 1;
  }

  /**
   * Updates a parameter after the last of its uses has added to the gradient; where the norm of all
   * gradients has a say, {@link #updateClipped} does.
   */
  void updated(Value parameter, Operation use, Tiling tiling) {
    // By their outputs, which are compared by identity: a record's equals is spun at its first
    // call.
    if (graph.consumers(parameter).getFirst().output() != use.output()) {
      return;
    }
    if (options.gathers()) {
      emit(UpdateSteps.gather(this, parameter, tiling));
    }
    UpdateRule rule = options.updateRule();
    if (options.clipNorm() > 0) {
      measured.add(ClipSteps.squares(this, parameter, tiling));
    } else if (rule != null) {
      emit(UpdateSteps.update(this, rule, parameter, tiling));
    }
  }

  /**
   * Measures the norm of all gradients and has the updates that wait for it; to be called once,
   * behind the last gradient.
   *
   * @return where the norm is, or null if it is not asked for
   */
  @Nullable Buffer updateClipped() {
    return measured.isEmpty() ? null : ClipSteps.update(this, measured);
  }

  /** Takes an operation over into its producer's steps. */
  void absorb(Operation op) {
    absorbed.add(op);
  }

  boolean isAbsorbed(Operation op) {
    return absorbed.contains(op);
  }

  /** The only operation that reads this value, or null. */
  @Nullable Operation soleConsumer(Value value) {
    List<Operation> consumers = graph.consumers(value);
    return consumers.size() == 1 && value != graph.output() ? consumers.getFirst() : null;
  }
}
