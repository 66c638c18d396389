package org.panagrad.train;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.panagrad.blas.Blas;
import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;
import org.panagrad.graph.BatchNorm;
import org.panagrad.graph.Graph;
import org.panagrad.kernel.Kernels;
import org.panagrad.memory.NativeMemory;
import org.panagrad.nn.Parameter;
import org.panagrad.nn.StateDict;
import org.panagrad.plan.Memory;
import org.panagrad.plan.ParameterLayout;
import org.panagrad.plan.RunState;
import org.panagrad.plan.Workers;
import org.panagrad.plan.op.CompileOptions;
import org.panagrad.plan.op.CompiledGraph;
import org.panagrad.plan.op.GraphCompiler;

/**
 * The gradients of one mini-batch, by a plan of its own that stores them and updates nothing: for
 * trainings whose update is the gradient's product itself.
 */
final class GradientSample {
  private final CompiledGraph compiled;
  private final ParameterLayout layout;
  private final boolean changesParameters;

  GradientSample(
      Graph graph,
      ParameterLayout layout,
      TrainingOptions options,
      Dataset data,
      Blas blas,
      Kernels kernels) {
    CompileOptions compile =
        CompileOptions.parameterGradients(
            options.batchSize(),
            options.partitions(),
            options.loss(),
            data.targetKind() == TargetKind.CLASSES);
    if (data.isWeighted()) {
      compile = compile.weighingExamples();
    }
    this.compiled = GraphCompiler.compile(graph, layout, compile, blas, kernels);
    this.layout = layout;
    // Running statistics lie among the parameters, and are written on the way forward.
    this.changesParameters = graph.operations().stream().anyMatch(BatchNorm.class::isInstance);
  }

  /** Native memory that {@link #take} takes. */
  long bytes() {
    return NativeMemory.align(Math.max(1, compiled.plan().workspaceBytes()))
        + (changesParameters ? 2 : 1) * NativeMemory.align(Math.max(1, layout.bytes()));
  }

  /**
   * Computes them.
   *
   * @param state its own, ready for the mini-batch
   * @param use is given views by path, which end with the call
   * @throws org.panagrad.memory.NativeMemoryLimitException if it takes more than is left
   */
  void take(
      MemorySegment parameters,
      RunState state,
      Workers workers,
      long maxNativeBytes,
      Consumer<Map<String, Parameter>> use) {
    try (NativeMemory taken = new NativeMemory("gradients of a mini-batch", maxNativeBytes)) {
      taken.require(bytes(), "the plan");
      MemorySegment workspace = taken.allocate("workspace", compiled.plan().workspaceBytes());
      MemorySegment gradients = taken.allocate("gradients", layout.bytes());
      MemorySegment at = parameters;
      if (changesParameters) {
        at = taken.allocate("copy of the parameters", layout.bytes());
        at.copyFrom(parameters.asSlice(0, Math.min(at.byteSize(), parameters.byteSize())));
      }
      Memory memory = new Memory(workspace, at, gradients, List.of());
      workers.run(compiled.plan().bind(memory), state);
      use.accept(StateDict.ofTrained(layout, gradients));
    }
  }
}
