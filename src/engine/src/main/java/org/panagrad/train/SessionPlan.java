package org.panagrad.train;

import org.panagrad.blas.Blas;
import org.panagrad.data.BatchOrder;
import org.panagrad.data.Dataset;
import org.panagrad.data.TargetKind;
import org.panagrad.kernel.Kernels;
import org.panagrad.memory.NativeMemory;
import org.panagrad.nn.Network;
import org.panagrad.plan.ParameterLayout;
import org.panagrad.plan.UpdateRule;
import org.panagrad.plan.op.CompileOptions;
import org.panagrad.plan.op.CompiledGraph;
import org.panagrad.plan.op.GraphCompiler;

/** What a session will do, decided before any memory is taken, and how much that takes. */
final class SessionPlan {
  final UpdateRule rule;
  final ParameterLayout layout;
  final CompiledGraph training;
  final CompiledGraph evaluation;
  final boolean keepsGradients;
  final boolean measuresNorm; // of all gradients
  final boolean gathersWeights; // of the rows of an update, before it begins
  final long workspaceBytes;
  final long statisticsBytes; // of a copy of the running statistics, 0 where none is kept

  private final Dataset data;
  private final TrainingOptions options;

  SessionPlan(Network network, Dataset data, TrainingOptions options, Blas blas, Kernels kernels) {
    this.data = data;
    this.options = options;
    this.rule = options.penalties().with(options.optimizer());
    this.layout = new ParameterLayout(network.graph());
    boolean skips = options.onNonFinite() == OnNonFinite.SKIP;
    this.measuresNorm = options.clipNorm() > 0 || skips;
    CompileOptions train = training();
    this.keepsGradients = train.keepGradients();
    this.training = GraphCompiler.compile(network.graph(), layout, train, blas, kernels);
    this.evaluation = GraphCompiler.compile(network.graph(), layout, evaluation(), blas, kernels);
    this.workspaceBytes =
        Math.max(training.plan().workspaceBytes(), evaluation.plan().workspaceBytes());
    this.gathersWeights =
        options.accumulate() > 1 && (data.isWeighted() || !options.loss().classWeights().isEmpty());
    this.statisticsBytes = skips ? StatisticsCopy.bytes(network.graph()) : 0;
  }

  private CompileOptions training() {
    CompileOptions compile =
        CompileOptions.training(
            options.batchSize(), options.partitions(), options.loss(), hasLabels(), rule);
    if (options.keepGradients()) {
      compile = compile.keepingGradients();
    }
    if (measuresNorm) {
      // Where only the norm is wanted, nothing is clipped to.
      compile =
          compile.clippingNorm(
              options.clipNorm() > 0 ? options.clipNorm() : Float.POSITIVE_INFINITY);
    }
    if (options.clipValue() > 0) {
      compile = compile.clippingValue(options.clipValue());
    }
    if (options.accumulate() > 1) {
      compile = compile.gathering();
    }
    // What is read ahead lies in the order it is used in.
    if (data.isInFile() || (!options.shuffle() && data.isReadInPlace())) {
      compile = compile.readingInPlace();
    }
    return data.isWeighted() ? compile.weighingExamples() : compile;
  }

  private CompileOptions evaluation() {
    CompileOptions compile =
        CompileOptions.evaluation(
            options.batchSize(), options.partitions(), options.loss(), hasLabels());
    return data.isWeighted() ? compile.weighingExamples() : compile;
  }

  private boolean hasLabels() {
    return data.targetKind() == TargetKind.CLASSES;
  }

  /** Native memory of all that a session takes when it is opened. */
  long bytes() {
    long slabs = 1L + (keepsGradients ? 1 : 0) + options.optimizer().stateSlabs();
    return slabs * NativeMemory.align(Math.max(1, layout.bytes()))
        + NativeMemory.align(workspaceBytes)
        + NativeMemory.align(BatchOrder.bytes(data.size()))
        + BatchFeed.bytes(data, options.batchSize(), gathersWeights)
        + NativeMemory.align(BatchOrder.bytes(options.batchSize()))
        + NativeMemory.align(statisticsBytes);
  }
}
