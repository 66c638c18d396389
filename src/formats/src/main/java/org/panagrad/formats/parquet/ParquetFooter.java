package org.panagrad.formats.parquet;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/**
 * The end of a Parquet file: its description, its length in four bytes, PAR1. Read before hardwood
 * reads it, which makes room for every length that is written there.
 */
final class ParquetFooter {
  private static final int MAGIC = 4;
  private static final int TAIL = Integer.BYTES + MAGIC;
  private static final long MOST_BYTES = 1 << 28;

  private ParquetFooter() {}

  /**
   * Reads through the description.
   *
   * @return where it begins, and the data ends
   * @throws IOException if it is not whole
   */
  static long check(FileChannel file) throws IOException {
    long size = file.size();
    if (size < MAGIC + TAIL) {
      throw new EOFException("a file of " + size + " bytes");
    }
    ByteBuffer tail = read(file, size - TAIL, TAIL);
    long length = tail.getInt() & 0xFFFF_FFFFL;
    if (!StandardCharsets.US_ASCII.decode(tail).toString().equals("PAR1")) {
      throw new IOException("another end than PAR1");
    }
    long start = size - TAIL - length;
    if (start < MAGIC || length > MOST_BYTES) {
      throw new IOException("a description of " + length + " bytes in a file of " + size);
    }
    new ThriftReader(read(file, start, (int) length)).struct();
    return start;
  }

  /** Reads a range of the file, which must be there. */
  static ByteBuffer read(FileChannel file, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, offset + bytes.position()) < 0) {
        throw new EOFException("the end of the file");
      }
    }
    return bytes.flip();
  }
}
