package org.panagrad.train;

import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Matrix;
import org.panagrad.data.Dataset;
import org.panagrad.memory.NativeMemory;
import org.panagrad.nn.Network;
import org.panagrad.plan.Memory;
import org.panagrad.plan.Program;
import org.panagrad.plan.RunState;
import org.panagrad.plan.UpdateRule;
import org.panagrad.plan.Workers;
import org.panagrad.plan.op.CompiledGraph;

/**
 * A graph compiled for training, ready to make an update of the next rows: of one mini-batch, or of
 * several whose gradients it sums. What the last one came to is known until the next.
 */
final class UpdatePass {
  private final Dataset data;
  private final TrainingOptions options;
  private final Program program;
  private final Matrix slots;
  private final Matrix output; // (outputs, batch)
  private final @Nullable Matrix gradientNormSlot;
  private final @Nullable StatisticsCopy statistics; // where an update may be left out
  private final UpdateRule rule;
  private final boolean gathersWeights;
  private double lossSum;
  private double weightSum;
  private long correct;
  private int badRow; // of the epoch: the first of a mini-batch with a loss that is not finite
  private double gradientNorm = Double.NaN;

  /** Takes memory where an update may be left out. */
  UpdatePass(
      SessionPlan plan,
      Network network,
      Dataset data,
      TrainingOptions options,
      Memory memory,
      NativeMemory nativeMemory) {
    this.data = data;
    this.options = options;
    CompiledGraph training = plan.training;
    this.program = training.plan().bind(memory);
    this.slots = training.bindSlots(memory);
    this.output = memory.matrix(training.output());
    this.gradientNormSlot = plan.measuresNorm ? training.bindGradientNorm(memory) : null;
    this.statistics =
        plan.statisticsBytes > 0
            ? new StatisticsCopy(network.graph(), plan.layout, memory.parameters(), nativeMemory)
            : null;
    this.rule = plan.rule;
    this.gathersWeights = plan.gathersWeights;
  }

  /**
   * Makes an update of these rows of an epoch, unless the loss or the norm of the gradients turns
   * out not to be a finite number.
   *
   * @param epoch from 0
   */
  void run(
      BatchFeed feed,
      Workers workers,
      RunState state,
      ScheduledRate rate,
      int epoch,
      int row,
      int rows) {
    lossSum = 0;
    weightSum = 0;
    correct = 0;
    state.refused = false;
    data.hold();
    try {
      if (gathersWeights) {
        state.updateWeight = feed.weight(epoch, row, rows, options.loss().classWeights());
      }
      for (int done = 0, part = 0; done < rows; done += state.batch, part++) {
        state.source = feed.await(epoch, row + done);
        if (part == 0) {
          // Not before there is anything to learn from: rows of a file may fail to come.
          begin(state, rate, rows);
        }
        state.part = part;
        state.batch = Math.min(options.batchSize(), rows - done);
        state.gathering = done + state.batch < rows;
        workers.run(program, state);
        feed.release();
        add(row + done);
        state.refused = !isLossFinite();
      }
    } finally {
      data.release();
    }
    if (gradientNormSlot != null) {
      // Evaluations share the workspace it lies in.
      gradientNorm = CompiledGraph.gradientNorm(gradientNormSlot);
    }
  }

  private void begin(RunState state, ScheduledRate rate, int rows) {
    state.updateRows = rows;
    state.learningRate = rate.after(state.step);
    state.momentum = rate.momentumAfter(state.step);
    state.step++;
    rule.prepare(state);
    if (statistics != null) {
      statistics.take();
    }
  }

  private void add(int row) {
    boolean wasFinite = isLossFinite();
    lossSum += CompiledGraph.lossSum(slots);
    weightSum += CompiledGraph.weightSum(slots);
    correct += CompiledGraph.correct(slots);
    if (wasFinite && !isLossFinite()) {
      badRow = row;
    }
  }

  /** Makes running statistics what they were before an update that was not made. */
  void undo() {
    if (statistics != null) {
      statistics.putBack();
    }
  }

  /** Whether the update was made. */
  boolean isMade() {
    return isLossFinite() && (gradientNormSlot == null || Double.isFinite(gradientNorm));
  }

  /** Whether the loss of every mini-batch is a finite number. */
  boolean isLossFinite() {
    return Double.isFinite(lossSum);
  }

  /** The first row of the first mini-batch whose loss is not. */
  int badRow() {
    return badRow;
  }

  /** Sum of the losses of the rows, before the update, not yet a mean. */
  double lossSum() {
    return lossSum;
  }

  /** Sum of their weights. */
  double weightSum() {
    return weightSum;
  }

  /** How many of their labels were hit. */
  long correct() {
    return correct;
  }

  /** What the network put out for the last mini-batch, (outputs, batch). */
  Matrix output() {
    return output;
  }

  /** Whether the norm of the gradients is measured. */
  boolean measuresNorm() {
    return gradientNormSlot != null;
  }

  /** The norm of all gradients, before it was clipped; NaN before the first update. */
  double gradientNorm() {
    return gradientNorm;
  }
}
