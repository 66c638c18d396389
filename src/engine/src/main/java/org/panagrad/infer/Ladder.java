package org.panagrad.infer;

import java.util.ArrayList;
import java.util.List;
import org.panagrad.blas.Blas;
import org.panagrad.graph.Graph;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.ParameterLayout;
import org.panagrad.plan.op.CompileOptions;
import org.panagrad.plan.op.CompiledGraph;
import org.panagrad.plan.op.GraphCompiler;

/**
 * A network compiled for batches of several sizes: one row, and the largest batch halved as long as
 * it is worth it.
 *
 * <p>A plan's lanes share its largest batch, so a batch of less than half of it would leave most of
 * them idle; and its activations lie a batch apart, which a single row should not pay for.
 */
final class Ladder {
  private static final int LEAST_ROWS = 32;

  private final int[] rows;
  private final List<CompiledGraph> rungs = new ArrayList<>();
  private final long workspaceBytes;

  Ladder(
      Graph graph,
      ParameterLayout layout,
      int maxBatch,
      int partitions,
      Blas blas,
      Kernels kernels) {
    this.rows = sizes(maxBatch);
    long bytes = 0;
    for (int size : rows) {
      CompileOptions options =
          CompileOptions.inference(size, size == 1 ? 1 : partitions).readingInPlaceOrCopied();
      CompiledGraph compiled = GraphCompiler.compile(graph, layout, options, blas, kernels);
      rungs.add(compiled);
      bytes = Math.max(bytes, compiled.plan().workspaceBytes());
    }
    this.workspaceBytes = bytes;
  }

  private static int[] sizes(int maxBatch) {
    List<Integer> sizes = new ArrayList<>();
    for (int size = maxBatch; size > 1; size = (size + 1) / 2) {
      sizes.addFirst(size);
      if (size <= LEAST_ROWS) {
        break;
      }
    }
    sizes.addFirst(1);
    return sizes.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The smallest rung that so many rows fit. */
  int rungFor(int count) {
    int rung = 0;
    while (rows[rung] < count) {
      rung++;
    }
    return rung;
  }

  List<CompiledGraph> rungs() {
    return rungs;
  }

  /** Bytes that every rung fits in. */
  long workspaceBytes() {
    return workspaceBytes;
  }

  /** Whether more than one lane has work on any rung. */
  boolean hasLanes() {
    return rungs.stream().anyMatch(rung -> rung.plan().lanes() > 1);
  }
}
