package org.panagrad.train;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Matrix;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Value;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Memory;
import org.panagrad.plan.ParameterLayout;

/** Finds the first place in a session's memory that holds what is no finite number. */
final class FiniteCheck {
  private final Graph graph;
  private final ParameterLayout layout;
  private final Memory memory;
  private final Kernels kernels;

  FiniteCheck(Graph graph, ParameterLayout layout, Memory memory, Kernels kernels) {
    this.graph = graph;
    this.layout = layout;
    this.memory = memory;
    this.kernels = kernels;
  }

  /** The trained parameter nearest to the output that is not finite. */
  @Nullable String lastWeight() {
    return first(fromTheOutput(), List.of(memory.parameters()));
  }

  /** The first running statistic that is not finite. */
  @Nullable String firstStatistic() {
    List<Value> statistics = layout.parameters().stream().filter(p -> !p.isTrained()).toList();
    return first(statistics, List.of(memory.parameters()));
  }

  /** The first parameter whose optimizer state is not finite. */
  @Nullable String firstState() {
    return first(graph.trainedParameters(), memory.optimizerState());
  }

  /** The first parameter whose stored gradient is not finite. */
  @Nullable String firstGradient() {
    return firstGradient(graph.trainedParameters());
  }

  /** The parameter nearest to the output whose stored gradient is not finite. */
  @Nullable String lastGradient() {
    return firstGradient(fromTheOutput());
  }

  private @Nullable String firstGradient(List<Value> parameters) {
    MemorySegment gradients = memory.gradients();
    return gradients == null ? null : first(parameters, List.of(gradients));
  }

  /** Trained parameters in the order that gradients are computed in: what overflows, spreads. */
  private List<Value> fromTheOutput() {
    return graph.operations().reversed().stream()
        .flatMap(op -> op.inputs().stream().filter(Value::isTrained))
        .distinct()
        .toList();
  }

  /** The first of these that has an element in one of the slabs that is not finite. */
  private @Nullable String first(List<Value> parameters, List<MemorySegment> slabs) {
    for (Value parameter : parameters) {
      for (MemorySegment slab : slabs) {
        if (!kernels.allFinite(slab, layout.offset(parameter), parameter.shape().elements())) {
          return parameter.path();
        }
      }
    }
    return null;
  }

  /**
   * The layer that the network ends in, if what it put out is not finite.
   *
   * @param output (outputs, batch)
   * @param batch columns of it to look at
   */
  @Nullable String output(Matrix output, int batch) {
    for (int r = 0; r < output.rows(); r++) {
      long row = output.offset() + (long) r * output.ld() * Float.BYTES;
      if (!kernels.allFinite(output.segment(), row, batch)) {
        return "the output of " + graph.output().path();
      }
    }
    return null;
  }
}
