package org.panagrad.blas;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A row-major float32 matrix in native memory, checked against its segment once, when it is made.
 *
 * <p>Downcalls are given an {@link #address}, which has no lifetime: with a shared arena's segment
 * every call would count users up and down on one contended word. Whoever runs products therefore
 * holds the memory open for the whole run.
 */
public final class Matrix {
  private MemorySegment segment;
  private long offset;
  private final int rows;
  private final int cols;
  private final int ld;
  private final boolean sliding;
  private long address;

  private Matrix(MemorySegment segment, long offset, int rows, int cols, int ld, boolean sliding) {
    this.segment = segment;
    this.offset = offset;
    this.rows = rows;
    this.cols = cols;
    this.ld = ld;
    this.sliding = sliding;
    this.address = segment.address() + offset;
  }

  /**
   * A matrix over part of a native segment.
   *
   * @param offset of element (0, 0), in bytes, a multiple of 4
   * @param ld floats from one row's start to the next's, at least cols
   * @throws IllegalArgumentException if the segment is on the heap or the numbers make no matrix
   * @throws IndexOutOfBoundsException if the matrix does not lie inside the segment
   */
  public static Matrix of(MemorySegment segment, long offset, int rows, int cols, int ld) {
    checkShape(rows, cols, ld);
    checkInside(segment, offset, rows, cols, ld);
    return new Matrix(segment, offset, rows, cols, ld, false);
  }

  /**
   * A matrix that lies nowhere until {@link #slideTo} says where: rows that are read where they
   * are, and not copied to where a plan has them. It belongs to the thread that slides it.
   *
   * @throws IllegalArgumentException if the numbers make no matrix
   */
  public static Matrix sliding(int rows, int cols, int ld) {
    checkShape(rows, cols, ld);
    return new Matrix(MemorySegment.NULL, 0, rows, cols, ld, true);
  }

  /**
   * Lays a sliding matrix over part of a native segment.
   *
   * @param rowCount how many of its rows will be used, and so must lie inside
   * @throws IllegalStateException if this matrix is not one that slides
   * @throws IndexOutOfBoundsException if those rows do not lie inside the segment
   */
  public void slideTo(MemorySegment newSegment, long newOffset, int rowCount) {
    if (!sliding) {
      throw new IllegalStateException("matrix " + this + " lies where it was made");
    }
    checkInside(newSegment, newOffset, Math.min(rowCount, rows), cols, ld);
    segment = newSegment;
    offset = newOffset;
    address = newSegment.address() + newOffset;
  }

  private static void checkShape(int rows, int cols, int ld) {
    if (rows < 0 || cols < 0 || ld < Math.max(1, cols)) {
      throw new IllegalArgumentException(
          "a matrix of " + rows + " x " + cols + " with row stride " + ld);
    }
  }

  private static void checkInside(MemorySegment segment, long offset, int rows, int cols, int ld) {
    if (!segment.isNative()) {
      throw new IllegalArgumentException("a matrix on the Java heap; expected native memory");
    }
    // Compared in floats: the bytes of the largest extents are beyond a long.
    long floats = rows == 0 ? 0 : (rows - 1L) * ld + cols;
    if (offset < 0
        || (offset & 3) != 0
        || offset > segment.byteSize()
        || floats > (segment.byteSize() - offset) / Float.BYTES) {
      throw new IndexOutOfBoundsException(
          "a matrix of "
              + floats
              + " floats at offset "
              + offset
              + " in a segment of "
              + segment.byteSize()
              + " bytes");
    }
  }

  /** The segment this lies in. */
  public MemorySegment segment() {
    return segment;
  }

  /** Byte offset of element (0, 0) in the segment. */
  public long offset() {
    return offset;
  }

  /** Number of rows. */
  public int rows() {
    return rows;
  }

  /** Number of columns. */
  public int cols() {
    return cols;
  }

  /** Floats from one row's start to the next's. */
  public int ld() {
    return ld;
  }

  /** Refuses memory that is freed, which an address does not tell. */
  void requireAlive() {
    if (!segment.scope().isAlive()) {
      throw new IllegalStateException(
          "matrix " + this + ": its memory is closed; keep its arena open while it is in use");
    }
  }

  /** Refuses memory that is freed, or that must not be written. */
  void requireWritable() {
    requireAlive();
    if (segment.isReadOnly()) {
      throw new IllegalArgumentException(
          "matrix " + this + ": its memory is read-only; expected memory for the result");
    }
  }

  /** The address of an element inside the matrix, for downcalls. */
  long address(int row, int col) {
    return address + ((long) row * ld + col) * Float.BYTES;
  }

  /** Sets the leading (m, n) elements to zero. */
  void clear(int m, int n) {
    int rowCount = n == ld ? Math.min(m, 1) : m;
    long floats = n == ld ? (long) m * n : n;
    for (int row = 0; row < rowCount; row++) {
      segment.asSlice(offset + (long) row * ld * Float.BYTES, floats * Float.BYTES).fill((byte) 0);
    }
  }

  /** Element (row, col). */
  public float get(int row, int col) {
    return segment.get(ValueLayout.JAVA_FLOAT, offset + ((long) row * ld + col) * Float.BYTES);
  }

  /** Sets element (row, col). */
  public void set(int row, int col, float value) {
    segment.set(ValueLayout.JAVA_FLOAT, offset + ((long) row * ld + col) * Float.BYTES, value);
  }

  /** Rows [fromRow, toRow) and columns [fromCol, toCol) as a matrix over the same memory. */
  public Matrix block(int fromRow, int toRow, int fromCol, int toCol) {
    if (fromRow < 0
        || fromRow > toRow
        || toRow > rows
        || fromCol < 0
        || fromCol > toCol
        || toCol > cols) {
      throw new IndexOutOfBoundsException(
          "block [" + fromRow + ", " + toRow + ") x [" + fromCol + ", " + toCol + ") of " + this);
    }
    long start =
        fromRow == toRow || fromCol == toCol
            ? offset
            : offset + ((long) fromRow * ld + fromCol) * Float.BYTES;
    return of(segment, start, toRow - fromRow, toCol - fromCol, ld);
  }

  @Override
  public String toString() {
    return "(" + rows + ", " + cols + ")";
  }
}
