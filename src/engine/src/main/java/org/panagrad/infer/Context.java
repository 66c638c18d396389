package org.panagrad.infer;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Matrix;
import org.panagrad.blas.ProductThreads;
import org.panagrad.kernel.Kernels;
import org.panagrad.memory.NativeMemory;
import org.panagrad.plan.Memory;
import org.panagrad.plan.Program;
import org.panagrad.plan.RunState;
import org.panagrad.plan.Workers;
import org.panagrad.plan.op.CompiledGraph;

/** The workspace of one caller at a time, with the programs of a ladder bound to it. */
final class Context {
  private final int index;
  private final Ladder ladder;
  private final RowSource source;
  private final Kernels kernels;
  private final Program[] programs;
  private final Matrix[] inputs; // (rows, inputs) of each rung
  private final Matrix[] outputs; // (outputs, rows) of each rung
  private final MemorySegment byRows; // (rows, outputs) of the largest rung
  private final RunState state = new RunState();

  /**
   * @param index its place among the predictor's
   */
  Context(
      int index,
      Ladder ladder,
      MemorySegment parameters,
      RowSource source,
      NativeMemory memory,
      Kernels kernels) {
    this.index = index;
    this.ladder = ladder;
    this.source = source;
    this.kernels = kernels;
    MemorySegment workspace = memory.allocate("workspace", ladder.workspaceBytes());
    Memory slabs = new Memory(workspace, parameters, null, List.of());
    int rungs = ladder.rungs().size();
    this.programs = new Program[rungs];
    this.inputs = new Matrix[rungs];
    this.outputs = new Matrix[rungs];
    for (int i = 0; i < rungs; i++) {
      CompiledGraph rung = ladder.rungs().get(i);
      // A call's rows are as many as its caller has: how long the last ones took says little.
      programs[i] = rung.plan().bind(slabs).together();
      inputs[i] = slabs.matrix(rung.input());
      outputs[i] = slabs.matrix(rung.output());
    }
    state.source = source;
    Matrix largest = outputs[rungs - 1];
    byRows = memory.allocate("outputs by rows", 4L * largest.rows() * largest.cols());
  }

  int index() {
    return index;
  }

  /**
   * Predicts some rows.
   *
   * @param team who shares them with the caller, or null
   */
  void run(float[][] from, int firstRow, int count, float[][] out, @Nullable Workers team) {
    source.from(from, firstRow);
    Matrix y = compute(count, team);
    for (int j = 0; j < count; j++) {
      float[] row = out[firstRow + j];
      for (int k = 0; k < row.length; k++) {
        row[k] = y.get(k, j);
      }
    }
  }

  /** The same in memory off the heap. */
  void run(MemorySegment from, int firstRow, int count, MemorySegment out, @Nullable Workers team) {
    source.from(from, firstRow);
    Matrix y = compute(count, team);
    int width = y.rows();
    long at = 4L * firstRow * width;
    if (count == 1) {
      MemorySegment.copy(y.segment(), y.offset(), out, at, 4L * width);
    } else {
      // Not straight to the caller's memory: kernels write by address, and somebody may free it.
      kernels.transpose(y.segment(), y.offset(), y.ld(), byRows, 0, width, width, count);
      MemorySegment.copy(byRows, 0, out, at, 4L * count * width);
    }
  }

  private void alone(Program program) {
    int entered = ProductThreads.enter(1);
    try {
      program.run(state);
    } finally {
      ProductThreads.leave(entered);
    }
  }

  private Matrix compute(int count, @Nullable Workers team) {
    int rung = ladder.rungFor(count);
    state.batch = count;
    try {
      if (team != null) {
        source.copyIfConfined(count, inputs[rung]);
        team.run(programs[rung], state);
      } else {
        alone(programs[rung]);
      }
    } finally {
      source.clear();
    }
    return outputs[rung];
  }
}
