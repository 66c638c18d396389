package org.panagrad.train;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Matrix;
import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;
import org.panagrad.graph.Loss;
import org.panagrad.kernel.Kernels;
import org.panagrad.memory.NativeMemory;
import org.panagrad.metrics.Metrics;
import org.panagrad.metrics.MetricsCollector;
import org.panagrad.plan.BatchSource;
import org.panagrad.plan.Memory;
import org.panagrad.plan.Program;
import org.panagrad.plan.RunState;
import org.panagrad.plan.Workers;
import org.panagrad.plan.op.CompiledGraph;

/** A graph compiled for evaluation, ready to go through data sets in the order of their rows. */
final class EvaluationPass {
  private final CompiledGraph compiled;
  private final Program program;
  private final Matrix slots;
  private final Matrix output; // (outputs, batch)
  private final MemorySegment rows; // int32 (batchSize)
  private final int batchSize;
  private final Kernels kernels;
  private final Loss loss;
  private final EqualRows alike = new EqualRows();

  EvaluationPass(
      CompiledGraph compiled, Memory memory, MemorySegment rows, int batchSize, Kernels kernels) {
    this.compiled = compiled;
    this.program = compiled.plan().bind(memory);
    this.slots = compiled.bindSlots(memory);
    this.output = memory.matrix(compiled.output());
    this.rows = rows;
    this.batchSize = batchSize;
    this.kernels = kernels;
    this.loss = Objects.requireNonNull(compiled.loss());
  }

  /**
   * Loss and accuracy over a set, whose rows count alike; {@code proceed} throws between batches if
   * it is to end. Of rows that stay in a file takes further memory, at most so much, for the time
   * of the call.
   */
  Evaluation run(
      Dataset set, Workers workers, RunState state, Runnable proceed, long maxNativeBytes) {
    return run(set, false, workers, state, proceed, maxNativeBytes, null);
  }

  /** The same with the weights of the rows, in a graph that was compiled to weigh them. */
  Evaluation runWeighted(
      Dataset set, Workers workers, RunState state, Runnable proceed, long maxNativeBytes) {
    return run(set, true, workers, state, proceed, maxNativeBytes, null);
  }

  /** All metrics over a set; takes further memory, at most so much, for the time of the call. */
  Metrics metrics(
      Dataset set, Workers workers, RunState state, Runnable proceed, long maxNativeBytes) {
    try (NativeMemory taken = new NativeMemory("metrics", maxNativeBytes)) {
      MetricsCollector collector =
          MetricsCollector.of(loss.function(), set, compiled.output().rows(), taken);
      long left = maxNativeBytes - taken.bytes();
      return collector.finish(run(set, false, workers, state, proceed, left, collector).loss());
    }
  }

  private Evaluation run(
      Dataset set,
      boolean weighted,
      Workers workers,
      RunState state,
      Runnable proceed,
      long maxNativeBytes,
      @Nullable MetricsCollector collector) {
    double lossSum = 0;
    double weightSum = 0;
    long correct = 0;
    try (RowsInTurn turn =
        new RowsInTurn(set, rows, batchSize, compiled.output().rows(), kernels, maxNativeBytes)) {
      for (int done = 0; done < set.size(); ) {
        proceed.run();
        int batch = Math.min(batchSize, set.size() - done);
        BatchSource source = turn.next(done, batch);
        state.source = weighted ? source : alike.of(source);
        state.batch = batch;
        workers.run(program, state);
        lossSum += CompiledGraph.lossSum(slots);
        weightSum += CompiledGraph.weightSum(slots);
        correct += CompiledGraph.correct(slots);
        if (collector != null) {
          collector.add(output, source, done, batch);
        }
        done += batch;
      }
    }
    return new Evaluation(
        set.size(),
        lossSum * compiled.lossScale(weightSum),
        set.targetKind() == TargetKind.CLASSES ? (double) correct / set.size() : Double.NaN);
  }
}
