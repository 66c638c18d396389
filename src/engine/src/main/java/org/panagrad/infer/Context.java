package org.panagrad.infer;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.panagrad.blas.Blas;
import org.panagrad.blas.Matrix;
import org.panagrad.data.FeatureMap;
import org.panagrad.graph.Graph;
import org.panagrad.kernel.Kernels;
import org.panagrad.memory.NativeMemory;
import org.panagrad.plan.BatchSource;
import org.panagrad.plan.Memory;
import org.panagrad.plan.ParameterLayout;
import org.panagrad.plan.Program;
import org.panagrad.plan.RunState;
import org.panagrad.plan.op.CompileOptions;
import org.panagrad.plan.op.CompiledGraph;
import org.panagrad.plan.op.GraphCompiler;

/**
 * The workspace of one caller at a time, with a program for single rows and one for batches: a
 * batch's activations lie a batch apart, which a single row should not pay for.
 */
final class Context implements BatchSource {
  private static final float[][] NO_ROWS = {};

  private final FeatureMap map;
  private final int inputs;
  private final int outputs;
  private final Program one;
  private final Matrix oneOutput; // (outputs, 1)
  private final Program many;
  private final Matrix manyOutput; // (outputs, maxBatch)
  private final RunState state = new RunState();
  private float[][] rows = NO_ROWS;
  private MemorySegment segment = MemorySegment.NULL;
  private boolean fromSegment;
  private int first;

  Context(
      Graph graph,
      ParameterLayout layout,
      MemorySegment parameters,
      FeatureMap map,
      int maxBatch,
      NativeMemory memory,
      Blas blas,
      Kernels kernels) {
    this.map = map;
    this.inputs = graph.input().shape().elements();
    this.outputs = graph.output().shape().elements();
    CompiledGraph single =
        GraphCompiler.compile(graph, layout, CompileOptions.inference(1, 1), blas, kernels);
    CompiledGraph batch =
        GraphCompiler.compile(graph, layout, CompileOptions.inference(maxBatch, 1), blas, kernels);
    MemorySegment workspace =
        memory.allocate(
            "workspace", Math.max(single.plan().workspaceBytes(), batch.plan().workspaceBytes()));
    Memory slabs = new Memory(workspace, parameters, null, List.of());
    this.one = single.plan().bind(slabs);
    this.oneOutput = slabs.matrix(single.output());
    this.many = batch.plan().bind(slabs);
    this.manyOutput = slabs.matrix(batch.output());
    state.source = this;
  }

  void run(float[][] from, int firstRow, int count, float[][] out) {
    rows = from;
    fromSegment = false;
    first = firstRow;
    Matrix y = compute(count);
    rows = NO_ROWS;
    for (int j = 0; j < count; j++) {
      float[] row = out[firstRow + j];
      for (int k = 0; k < outputs; k++) {
        row[k] = y.get(k, j);
      }
    }
  }

  void run(MemorySegment from, int firstRow, int count, MemorySegment out) {
    segment = from;
    fromSegment = true;
    first = firstRow;
    Matrix y = compute(count);
    segment = MemorySegment.NULL;
    for (int j = 0; j < count; j++) {
      for (int k = 0; k < outputs; k++) {
        out.setAtIndex(
            ValueLayout.JAVA_FLOAT_UNALIGNED, (long) (firstRow + j) * outputs + k, y.get(k, j));
      }
    }
  }

  private Matrix compute(int count) {
    state.batch = count;
    Program program = count == 1 ? one : many;
    program.run(state);
    return count == 1 ? oneOutput : manyOutput;
  }

  @Override
  public void features(int from, int to, MemorySegment out, long at) {
    long index = at;
    for (int i = from; i < to; i++) {
      float[] row = fromSegment ? null : rows[first + i];
      long start = (long) (first + i) * inputs;
      for (int k = 0; k < inputs; k++) {
        float raw =
            row == null ? segment.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, start + k) : row[k];
        out.set(ValueLayout.JAVA_FLOAT, index, map.apply(raw));
        index += Float.BYTES;
      }
    }
  }

  @Override
  public void labels(int from, int to, MemorySegment out, long at) {
    throw new IllegalStateException("prediction reads no labels");
  }

  @Override
  public void targets(int from, int to, MemorySegment out, long at, int ld) {
    throw new IllegalStateException("prediction reads no targets");
  }
}
