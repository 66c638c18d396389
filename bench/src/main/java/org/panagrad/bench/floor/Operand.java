package org.panagrad.bench.floor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.panagrad.blas.Matrix;

/**
 * A matrix of the floor, dense in memory, by rows or by columns.
 *
 * @param memory of all elements
 * @param byColumns whether element (row, col) is at col * rows + row
 */
record Operand(MemorySegment memory, int rows, int cols, boolean byColumns) {
  /** A matrix of random values: zeros would be no proof that a product ran at full precision. */
  static Operand random(
      SegmentAllocator allocator, int rows, int cols, boolean byColumns, SplittableRandom random) {
    long count = (long) rows * cols;
    MemorySegment memory = allocator.allocate(count * Float.BYTES, 64);
    for (long i = 0; i < count; i++) {
      memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-0.1, 0.1));
    }
    return new Operand(memory, rows, cols, byColumns);
  }

  /** The same memory read as the transposed matrix. */
  Operand transposed() {
    return new Operand(memory, cols, rows, !byColumns);
  }

  /**
   * Rows [row, row + height) and columns [col, col + width) as they lie: the transposed of these
   * where this is by columns.
   */
  Matrix block(int row, int height, int col, int width) {
    return byColumns
        ? Matrix.of(memory, 0, cols, rows, rows).block(col, col + width, row, row + height)
        : Matrix.of(memory, 0, rows, cols, cols).block(row, row + height, col, col + width);
  }
}
