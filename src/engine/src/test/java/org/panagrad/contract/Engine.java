package org.panagrad.contract;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Blas;
import org.panagrad.blas.Matrix;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Kernels;
import org.panagrad.memory.NativeMemory;
import org.panagrad.plan.Memory;
import org.panagrad.plan.ParameterLayout;
import org.panagrad.plan.Program;
import org.panagrad.plan.RunState;
import org.panagrad.plan.Step;
import org.panagrad.plan.Workers;
import org.panagrad.plan.op.CompileOptions;
import org.panagrad.plan.op.CompiledGraph;
import org.panagrad.plan.op.GraphCompiler;

/** A graph compiled, with memory of its own. */
final class Engine implements AutoCloseable {
  private final Graph graph;
  private final ParameterLayout layout;
  private final NativeMemory owner = new NativeMemory("contract", Long.MAX_VALUE);
  private final Memory memory;
  private final CompiledGraph compiled;
  private final Program program;
  private final CompileOptions options;
  final RunState state = new RunState();

  /**
   * What a run left.
   *
   * @param output feature-major, (outputs, batch) without gaps
   * @param gradients of the parameters, and of the input as the output is
   */
  @SuppressWarnings("ArrayRecordComponent") // Compared by its bits alone.
  record Outcome(float[] output, double loss, Map<Value, float[]> gradients) {
    /** Every bit of it. */
    String bits() {
      StringBuilder text = new StringBuilder(Long.toHexString(Double.doubleToRawLongBits(loss)));
      text.append(' ').append(hash(output));
      gradients.forEach((v, g) -> text.append(' ').append(v.path()).append(hash(g)));
      return text.toString();
    }

    private static String hash(float[] values) {
      int[] bits = new int[values.length];
      for (int i = 0; i < bits.length; i++) {
        bits[i] = Float.floatToRawIntBits(values[i]);
      }
      return Integer.toHexString(Arrays.hashCode(bits));
    }
  }

  Engine(Graph graph, CompileOptions options, Blas blas, Kernels kernels) {
    this.graph = graph;
    this.options = options;
    this.layout = new ParameterLayout(graph);
    this.compiled = GraphCompiler.compile(graph, layout, options, blas, kernels);
    List<MemorySegment> states = new ArrayList<>();
    int slabs = options.updateRule() == null ? 0 : options.updateRule().stateSlabs();
    for (int i = 0; i < slabs; i++) {
      states.add(owner.allocate("state", layout.bytes()));
    }
    this.memory =
        new Memory(
            owner.allocate("workspace", compiled.plan().workspaceBytes()),
            owner.allocate("parameters", layout.bytes()),
            options.keepGradients() ? owner.allocate("gradients", layout.bytes()) : null,
            states);
    this.program = compiled.plan().bind(memory);
  }

  /** The names of the plan's steps. */
  List<String> steps() {
    return compiled.plan().steps().stream().map(Step::name).toList();
  }

  /** Sets the parameters. */
  void parameters(Map<Value, float[]> values) {
    values.forEach(
        (v, floats) ->
            MemorySegment.copy(
                floats,
                0,
                memory.parameters(),
                ValueLayout.JAVA_FLOAT,
                layout.offset(v),
                floats.length));
  }

  /** Reads the parameters. */
  Map<Value, float[]> parameters() {
    return read(memory.parameters());
  }

  /** Reads a slab of optimizer state. */
  Map<Value, float[]> optimizerState(int slab) {
    return read(memory.optimizerState().get(slab));
  }

  private Map<Value, float[]> read(MemorySegment slab) {
    Map<Value, float[]> values = new LinkedHashMap<>();
    for (Value v : layout.parameters()) {
      values.put(
          v,
          slab.asSlice(layout.offset(v), 4L * v.shape().elements())
              .toArray(ValueLayout.JAVA_FLOAT));
    }
    return values;
  }

  /** Overwrites workspace and gradients: a run may read only what it has written. */
  void fill(int bits) {
    fill(memory.workspace(), bits);
    if (memory.gradients() != null) {
      fill(memory.gradients(), bits);
    }
  }

  private static void fill(MemorySegment segment, int bits) {
    for (long at = 0; at < segment.byteSize(); at += 4) {
      segment.set(ValueLayout.JAVA_INT, at, bits);
    }
  }

  /** Runs a batch on these workers, or on the calling thread. */
  Outcome run(Batch batch, @Nullable Workers workers) {
    state.batch = batch.size;
    state.source = batch;
    if (workers == null) {
      program.run(state);
    } else {
      workers.run(program, state);
    }
    return outcome(batch.size);
  }

  private Outcome outcome(int batch) {
    Map<Value, float[]> gradients = new LinkedHashMap<>();
    if (memory.gradients() != null) {
      gradients.putAll(read(memory.gradients()));
      gradients.keySet().removeIf(v -> !v.isTrained());
    }
    if (compiled.inputGradient() != null) {
      gradients.put(
          graph.input(),
          columns(memory.matrix(Objects.requireNonNull(compiled.inputGradient())), batch));
    }
    double loss =
        options.loss() == null
            ? 0
            : CompiledGraph.lossSum(compiled.bindSlots(memory))
                * compiled.lossScale(CompiledGraph.weightSum(compiled.bindSlots(memory)));
    return new Outcome(columns(memory.matrix(compiled.output()), batch), loss, gradients);
  }

  private static float[] columns(Matrix matrix, int batch) {
    float[] values = new float[matrix.rows() * batch];
    for (int r = 0; r < matrix.rows(); r++) {
      for (int c = 0; c < batch; c++) {
        values[r * batch + c] = matrix.get(r, c);
      }
    }
    return values;
  }

  @Override
  public void close() {
    owner.close();
  }
}
