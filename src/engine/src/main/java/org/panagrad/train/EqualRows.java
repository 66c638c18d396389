package org.panagrad.train;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.panagrad.blas.Matrix;
import org.panagrad.plan.BatchSource;

/** The rows of another source, each of which counts 1. */
final class EqualRows implements BatchSource {
  private BatchSource rows = this; // until the first mini-batch

  /** These rows of the source are next. */
  EqualRows of(BatchSource next) {
    rows = next;
    return this;
  }

  @Override
  public void features(int from, int to, MemorySegment segment, long out) {
    rows.features(from, to, segment, out);
  }

  @Override
  public void slide(Matrix matrix, int from, int count, int column) {
    rows.slide(matrix, from, count, column);
  }

  @Override
  public void labels(int from, int to, MemorySegment segment, long out) {
    rows.labels(from, to, segment, out);
  }

  @Override
  public void targets(int from, int to, MemorySegment segment, long out, int ld) {
    rows.targets(from, to, segment, out, ld);
  }

  @Override
  public void weights(int from, int to, MemorySegment segment, long out) {
    for (int i = 0; i < to - from; i++) {
      segment.set(ValueLayout.JAVA_FLOAT, out + 4L * i, 1);
    }
  }
}
