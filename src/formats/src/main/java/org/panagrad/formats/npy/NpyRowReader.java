package org.panagrad.formats.npy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.panagrad.memory.NativeMemory;

/**
 * The rows of an array, one after the other. In C order they come as they are read and the heap
 * holds one; in Fortran order the array waits in native memory, as its first row ends where the
 * array does.
 */
final class NpyRowReader implements AutoCloseable {
  private static final int CHUNK_BYTES = 64 * 1024;

  private final NpyArray array;
  private final InputStream in;
  private final byte[] row;
  private final ByteBuffer elements;
  private final @Nullable NativeMemory memory;
  private final @Nullable MemorySegment columns; // Fortran order
  private final long[] columnOffsets; // of a row's elements, in rows
  private int next;

  private NpyRowReader(
      NpyArray array,
      InputStream in,
      @Nullable NativeMemory memory,
      @Nullable MemorySegment columns) {
    this.array = array;
    this.in = in;
    this.memory = memory;
    this.columns = columns;
    this.row = new byte[array.rowElements() * array.type().bytes()];
    this.elements = ByteBuffer.wrap(row).order(array.type().order());
    this.columnOffsets = columns == null ? new long[0] : columnOffsets(array.header());
  }

  /** Takes over a stream that stands at the first element. */
  static NpyRowReader of(NpyArray array, InputStream in) throws IOException {
    NpyHeader header = array.header();
    if (!header.fortranOrder() || header.shape().size() < 2) {
      return new NpyRowReader(array, in, null, null);
    }
    NativeMemory memory = new NativeMemory(array.where(), Long.MAX_VALUE);
    try {
      MemorySegment columns = memory.allocate("array", header.dataBytes());
      byte[] chunk = new byte[CHUNK_BYTES];
      for (long done = 0; done < header.dataBytes(); ) {
        int count = (int) Math.min(chunk.length, header.dataBytes() - done);
        readFully(in, chunk, count);
        MemorySegment.copy(chunk, 0, columns, ValueLayout.JAVA_BYTE, done, count);
        done += count;
      }
      return new NpyRowReader(array, in, memory, columns);
    } catch (Throwable t) {
      memory.close();
      throw t;
    }
  }

  /** Where the elements of a row, the last index fastest, lie in Fortran order. */
  private static long[] columnOffsets(NpyHeader header) {
    int rank = header.shape().size();
    long[] strides = new long[rank];
    long stride = header.rows();
    for (int d = 1; d < rank; d++) {
      strides[d] = stride;
      stride *= header.shape().get(d);
    }
    long[] offsets = new long[(int) header.rowElements()];
    for (int i = 0; i < offsets.length; i++) {
      long rest = i;
      for (int d = rank - 1; d >= 1; d--) {
        long size = header.shape().get(d);
        offsets[i] += rest % size * strides[d];
        rest /= size;
      }
    }
    return offsets;
  }

  private static void readFully(InputStream in, byte[] to, int count) throws IOException {
    if (in.readNBytes(to, 0, count) < count) {
      throw new EOFException();
    }
  }

  /** Moves on to the next row; there are as many as the header says. */
  void next() {
    try {
      if (columns == null) {
        readFully(in, row, row.length);
        if (next == array.rows() - 1) {
          requireEnd();
        }
      } else {
        int bytes = array.type().bytes();
        for (int i = 0; i < columnOffsets.length; i++) {
          long from = (columnOffsets[i] + next) * bytes;
          MemorySegment.copy(columns, ValueLayout.JAVA_BYTE, from, row, i * bytes, bytes);
        }
      }
      next++;
    } catch (IOException e) {
      throw NpyArray.failed(array.where(), e);
    }
  }

  /** An archive's stream finds out here whether its checksum is right. */
  private void requireEnd() throws IOException {
    if (in.read() >= 0) {
      throw new IOException("further bytes behind the array");
    }
  }

  /** An element of the present row. */
  double get(int element) {
    return array.type().get(elements, element * array.type().bytes());
  }

  /** The bytes of the present row, which change with it. */
  byte[] bytes() {
    return row;
  }

  @Override
  public void close() {
    if (memory != null) {
      memory.close();
    }
    try {
      in.close();
    } catch (IOException e) {
      throw NpyArray.failed(array.where(), e);
    }
  }
}
