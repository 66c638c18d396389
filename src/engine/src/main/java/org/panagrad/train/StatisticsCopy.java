package org.panagrad.train;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Value;
import org.panagrad.memory.NativeMemory;
import org.panagrad.plan.ParameterLayout;

/**
 * The running statistics of batch normalisations as they were before an update. They have each
 * mini-batch in them from the way forward on, before anything is known of its loss.
 */
final class StatisticsCopy {
  private final MemorySegment parameters;
  private final MemorySegment copy;
  private final long[] offsets; // in the parameters' slab
  private final long[] sizes;

  /** Takes the memory for the copy. */
  StatisticsCopy(
      Graph graph, ParameterLayout layout, MemorySegment parameters, NativeMemory memory) {
    List<Value> statistics = statistics(graph);
    this.parameters = parameters;
    this.offsets = statistics.stream().mapToLong(layout::offset).toArray();
    this.sizes = statistics.stream().mapToLong(StatisticsCopy::bytes).toArray();
    this.copy = memory.allocate("statistics before the update", bytes(graph));
  }

  private static List<Value> statistics(Graph graph) {
    return graph.parameters().stream().filter(parameter -> !parameter.isTrained()).toList();
  }

  private static long bytes(Value parameter) {
    return (long) parameter.shape().elements() * Float.BYTES;
  }

  /** Bytes of the copy: 0 without batch normalisation, which has none. */
  static long bytes(Graph graph) {
    return statistics(graph).stream().mapToLong(StatisticsCopy::bytes).sum();
  }

  /** Copies them. */
  void take() {
    long at = 0;
    for (int i = 0; i < offsets.length; i++) {
      MemorySegment.copy(parameters, offsets[i], copy, at, sizes[i]);
      at += sizes[i];
    }
  }

  /** Makes them what they were. */
  void putBack() {
    long at = 0;
    for (int i = 0; i < offsets.length; i++) {
      MemorySegment.copy(copy, at, parameters, offsets[i], sizes[i]);
      at += sizes[i];
    }
  }
}
