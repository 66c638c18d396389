package org.panagrad.report;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * TensorFlow's file of records: for each its length, a checksum of that, the bytes, a checksum of
 * those. The checksums are CRC-32C, masked as TensorFlow does.
 */
final class RecordFile implements AutoCloseable {
  private static final int MASK_DELTA = 0xa282ead8;

  private final Path path;
  private final FileChannel channel;

  /** Makes the file, which must not be there. */
  RecordFile(Path file) throws IOException {
    path = file;
    channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  void append(byte[] record) throws IOException {
    ByteBuffer framed = ByteBuffer.allocate(record.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    framed.putLong(record.length);
    framed.putInt(masked(framed.array(), 0, 8));
    framed.put(record);
    framed.putInt(masked(record, 0, record.length));
    framed.flip();
    while (framed.hasRemaining()) {
      channel.write(framed);
    }
  }

  Path path() {
    return path;
  }

  static int masked(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }

  /** Sees to it that what was appended is on the disk. */
  void force() throws IOException {
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
