package org.panagrad.openblas;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A row-major matrix of the self-test. */
final class Matrix {
  private final int rows;
  private final int columns;
  private final int stride;
  private final float[] values; // (rows, stride)

  /**
   * A matrix whose every float is NaN, so that a library that uses one that it should not shows it.
   *
   * @param padding floats between the end of a row and the next row
   */
  private Matrix(int rows, int columns, int padding) {
    this.rows = rows;
    this.columns = columns;
    // BLAS wants a stride of one at least, for an empty matrix too.
    this.stride = Math.max(1, columns) + padding;
    this.values = new float[rows * stride];
    Arrays.fill(values, Float.NaN);
  }

  static Matrix random(int rows, int columns, int padding, SplittableRandom random) {
    Matrix matrix = new Matrix(rows, columns, padding);
    for (int row = 0; row < matrix.rows; row++) {
      for (int column = 0; column < matrix.columns; column++) {
        matrix.values[row * matrix.stride + column] = random.nextInt() * 0x1p-31f;
      }
    }
    return matrix;
  }

  static Matrix undefined(int rows, int columns, int padding) {
    return new Matrix(rows, columns, padding);
  }

  /** Floats from one row to the next. */
  int stride() {
    return stride;
  }

  MemorySegment copyTo(Arena arena) {
    MemorySegment segment = arena.allocate(JAVA_FLOAT, Math.max(1, values.length));
    MemorySegment.copy(values, 0, segment, JAVA_FLOAT, 0, values.length);
    return segment;
  }

  float at(int row, int column) {
    return values[row * stride + column];
  }

  /** The element of the matrix, or of its transpose. */
  float at(int row, int column, boolean transposed) {
    return transposed ? at(column, row) : at(row, column);
  }
}
