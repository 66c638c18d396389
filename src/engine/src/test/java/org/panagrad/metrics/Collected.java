package org.panagrad.metrics;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.panagrad.blas.Matrix;
import org.panagrad.data.Dataset;
import org.panagrad.graph.LossFunction;
import org.panagrad.memory.NativeMemory;
import org.panagrad.plan.BatchSource;

/** Outputs that went through a collector in mini-batches, as a network would hand them over. */
final class Collected {
  private Collected() {}

  /**
   * @param outputs (rows, outputs)
   */
  static ClassMetrics classes(LossFunction loss, int classes, int[] labels, float[][] outputs) {
    try (Dataset set = Dataset.ofClasses("case", features(labels.length), labels, classes)) {
      return (ClassMetrics) collect(loss, set, outputs);
    }
  }

  static ValueMetrics values(float[][] targets, float[][] outputs) {
    try (Dataset set = Dataset.ofValues("case", features(targets.length), targets)) {
      return (ValueMetrics) collect(LossFunction.MEAN_SQUARED_ERROR, set, outputs);
    }
  }

  private static float[][] features(int rows) {
    return new float[rows][1];
  }

  private static Metrics collect(LossFunction loss, Dataset set, float[][] outputs) {
    int width = outputs[0].length;
    int batch = 7;
    try (NativeMemory memory = new NativeMemory("test", Long.MAX_VALUE)) {
      MemorySegment segment = memory.allocate("outputs", 4L * width * batch);
      Matrix output = Matrix.of(segment, 0, width, batch, batch);
      MemorySegment rows = memory.allocate("rows", 4L * batch);
      MetricsCollector collector = MetricsCollector.of(loss, set, width, memory);
      for (int done = 0; done < outputs.length; done += batch) {
        int count = Math.min(batch, outputs.length - done);
        // What lies beyond the count is not to be looked at.
        segment.asSlice(0, 4L * width * batch).fill((byte) 0xFF);
        for (int j = 0; j < count; j++) {
          rows.setAtIndex(ValueLayout.JAVA_INT, j, done + j);
          for (int k = 0; k < width; k++) {
            segment.setAtIndex(ValueLayout.JAVA_FLOAT, (long) k * batch + j, outputs[done + j][k]);
          }
        }
        collector.add(output, new Targets(set, rows), done, count);
      }
      return collector.finish(0.5);
    }
  }

  /**
   * What is wanted of the rows of a mini-batch.
   *
   * @param rows int32 (batch)
   */
  private record Targets(Dataset set, MemorySegment rows) implements BatchSource {
    @Override
    public void features(int from, int to, MemorySegment segment, long out) {
      throw new UnsupportedOperationException("metrics are of outputs");
    }

    @Override
    public void labels(int from, int to, MemorySegment segment, long out) {
      set.gatherLabels(rows, from, to - from, segment, out);
    }

    @Override
    public void targets(int from, int to, MemorySegment segment, long out, int ld) {
      set.gatherTargets(rows, from, to - from, segment, out, ld);
    }
  }
}
