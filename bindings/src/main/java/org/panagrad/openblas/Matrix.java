package org.panagrad.openblas;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A row-major matrix of the self-test. */
final class Matrix {
  private final int stride;
  private final float[] values; // (rows, stride)

  /**
   * A matrix whose every float is NaN, so that a library that uses one that it should not shows it.
   *
   * @param padding floats between the end of a row and the next row
   */
  private Matrix(int rows, int columns, int padding) {
    // BLAS wants a stride of one at least, for an empty matrix too.
    this.stride = Math.max(1, columns) + padding;
    this.values = new float[rows * stride];
    Arrays.fill(values, Float.NaN);
  }

  static Matrix random(int rows, int columns, int padding, SplittableRandom random) {
    Matrix matrix = new Matrix(rows, columns, padding);
    // Marsaglia's xorshift, in place: calls would be interpreted, tens of thousands of them.
    int bits = random.nextInt() | 1;
    for (int row = 0; row < rows; row++) {
      int at = row * matrix.stride;
      for (int column = 0; column < columns; column++) {
        bits ^= bits << 13;
        bits ^= bits >>> 17;
        bits ^= bits << 5;
        matrix.values[at + column] = bits * 0x1p-31f;
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

  /** The elements, and what lies between the rows. */
  float[] values() {
    return values;
  }

  /** Where an element of the matrix, or of its transpose, is among the values. */
  int index(int row, int column, boolean transposed) {
    return transposed ? column * stride + row : row * stride + column;
  }
}
