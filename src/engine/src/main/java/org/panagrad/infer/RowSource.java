package org.panagrad.infer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.panagrad.blas.Matrix;
import org.panagrad.data.FeatureMap;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.BatchSource;

/**
 * The rows a caller wants predicted: read where they are, or copied, by each lane its own.
 *
 * <p>They are read where they are in memory that nobody can free meanwhile: the caller's alone, as
 * the caller waits, or that which is never freed. Other memory is copied under the JVM's own guard,
 * for products are given addresses, which do not tell that another thread closes an arena.
 */
final class RowSource implements BatchSource {
  private static final float[][] NO_ROWS = {};

  // Stands for the threads of a team: memory that this one may read is not confined to another.
  private static final Thread ANOTHER = Thread.ofPlatform().unstarted(() -> {});

  private final int inputs;
  private final FeatureMap map;
  private final boolean mapped;
  private final boolean mayStay;
  private final Kernels kernels;
  private float[][] rows = NO_ROWS;
  private MemorySegment segment = MemorySegment.NULL;
  private boolean fromSegment;
  private boolean inPlace;
  private boolean copied;
  private int first;

  /**
   * @param onlyProducts whether nothing but products reads the rows: kernels would refuse memory
   *     that is confined to another thread than theirs
   */
  RowSource(int inputs, FeatureMap map, boolean onlyProducts, Kernels kernels) {
    this.inputs = inputs;
    this.map = map;
    this.mapped = !map.equals(FeatureMap.IDENTITY);
    this.mayStay = onlyProducts && !mapped;
    this.kernels = kernels;
  }

  /** The next batch begins at this row. */
  void from(float[][] all, int firstRow) {
    rows = all;
    fromSegment = false;
    inPlace = false;
    first = firstRow;
  }

  /** The next batch begins at this row. */
  void from(MemorySegment all, int firstRow) {
    segment = all;
    fromSegment = true;
    inPlace = mayStay && isMine(all) && isPlain(all);
    first = firstRow;
  }

  /** Not of a file, which may be cut short: a product would then end the process. */
  private static boolean isPlain(MemorySegment memory) {
    return memory.isNative() && !memory.isMapped() && (memory.address() & 3) == 0;
  }

  private static boolean isMine(MemorySegment memory) {
    return memory.isAccessibleBy(Thread.currentThread())
        && (!memory.isAccessibleBy(ANOTHER) || memory.scope().equals(Arena.global().scope()));
  }

  /** Copies here and now what other threads may not read. */
  void copyIfConfined(int count, Matrix input) {
    if (fromSegment && !inPlace && !segment.isAccessibleBy(ANOTHER)) {
      features(0, count, input.segment(), input.offset());
      copied = true;
    }
  }

  /** Keeps no array of the caller's alive. */
  void clear() {
    rows = NO_ROWS;
    segment = MemorySegment.NULL;
    inPlace = false;
    copied = false;
  }

  @Override
  public boolean isInPlace() {
    return inPlace;
  }

  @Override
  public void slide(Matrix matrix, int from, int count, int column) {
    matrix.slideTo(segment, 4L * ((long) (first + from) * inputs + column), count);
  }

  @Override
  public void features(int from, int to, MemorySegment out, long at) {
    if (copied || inPlace) {
      return;
    }
    long rowBytes = 4L * inputs;
    if (fromSegment && !mapped) {
      MemorySegment.copy(segment, (first + from) * rowBytes, out, at, (to - from) * rowBytes);
      return;
    }
    long row = at;
    for (int i = first + from; i < first + to; i++) {
      if (fromSegment) {
        MemorySegment.copy(segment, i * rowBytes, out, row, rowBytes);
      } else {
        MemorySegment.copy(rows[i], 0, out, ValueLayout.JAVA_FLOAT, row, inputs);
      }
      if (mapped) {
        kernels.scaleShift(out, row, inputs, map.scale(), map.shift());
      }
      row += rowBytes;
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
