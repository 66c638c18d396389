package org.panagrad.train;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.panagrad.blas.NativeBlas;
import org.panagrad.data.BatchOrder;
import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Loss;
import org.panagrad.kernel.KernelSets;
import org.panagrad.kernel.Kernels;
import org.panagrad.memory.NativeMemory;
import org.panagrad.metrics.Metrics;
import org.panagrad.plan.Memory;
import org.panagrad.plan.ParameterLayout;
import org.panagrad.plan.RunState;
import org.panagrad.plan.Workers;
import org.panagrad.plan.op.CompileOptions;
import org.panagrad.plan.op.CompiledGraph;
import org.panagrad.plan.op.GraphCompiler;

/**
 * Evaluates parameters outside a training. Rows count alike, also where they have weights: those
 * are for training.
 *
 * @param batchSize rows computed at once
 * @param threads threads that compute, the caller's included
 * @param partitions into how many tiles a step is cut; it decides the bits of the loss
 * @param maxNativeBytes the most native memory an evaluation may take, checked before any is taken
 */
public record Evaluator(int batchSize, int threads, int partitions, long maxNativeBytes) {
  /** As many threads and partitions as processors, batches of 256, no limit. */
  public static Evaluator defaults() {
    int processors = Runtime.getRuntime().availableProcessors();
    return new Evaluator(256, processors, processors, Long.MAX_VALUE);
  }

  /**
   * Loss and accuracy, dropout off; takes memory and threads for the time of the call.
   *
   * @param parameters laid out by {@code layout}, kept open by the caller
   * @throws org.panagrad.graph.ShapeException if the data does not fit the graph
   * @throws org.panagrad.memory.NativeMemoryLimitException if the plan needs more than allowed
   */
  public Evaluation evaluate(
      Graph graph, ParameterLayout layout, MemorySegment parameters, Loss loss, Dataset data) {
    return pass(
        graph,
        layout,
        parameters,
        loss,
        data,
        (pass, workers, free) -> pass.run(data, workers, new RunState(), () -> {}, free));
  }

  /**
   * All metrics, dropout off; takes memory and threads for the time of the call.
   *
   * @param parameters laid out by {@code layout}, kept open by the caller
   * @throws org.panagrad.graph.ShapeException if the data does not fit the graph
   * @throws org.panagrad.data.DataException if an output is not a finite number
   * @throws org.panagrad.memory.NativeMemoryLimitException if the plan needs more than allowed
   */
  public Metrics metrics(
      Graph graph, ParameterLayout layout, MemorySegment parameters, Loss loss, Dataset data) {
    return pass(
        graph,
        layout,
        parameters,
        loss,
        data,
        (pass, workers, free) -> pass.metrics(data, workers, new RunState(), () -> {}, free));
  }

  /** What is asked of a pass. */
  @FunctionalInterface
  private interface Question<T> {
    /**
     * @param free native bytes that may still be taken
     */
    T ask(EvaluationPass pass, Workers workers, long free);
  }

  private <T> T pass(
      Graph graph,
      ParameterLayout layout,
      MemorySegment parameters,
      Loss loss,
      Dataset data,
      Question<T> question) {
    Targets.check(graph, loss, data, false);
    NativeBlas blas = NativeBlas.load();
    Kernels kernels = KernelSets.select();
    CompileOptions compile =
        CompileOptions.evaluation(
            batchSize, partitions, loss, data.targetKind() == TargetKind.CLASSES);
    CompiledGraph compiled = GraphCompiler.compile(graph, layout, compile, blas, kernels);
    try (NativeMemory taken = new NativeMemory("evaluation", maxNativeBytes)) {
      MemorySegment workspace = taken.allocate("workspace", compiled.plan().workspaceBytes());
      MemorySegment rows = taken.allocate("rows", BatchOrder.bytes(batchSize));
      Memory memory = new Memory(workspace, parameters, null, List.of());
      EvaluationPass pass = new EvaluationPass(compiled, memory, rows, batchSize, kernels);
      try (Workers workers = new Workers("panagrad-evaluator", Math.min(threads, partitions))) {
        return question.ask(pass, workers, maxNativeBytes - taken.bytes());
      }
    }
  }
}
