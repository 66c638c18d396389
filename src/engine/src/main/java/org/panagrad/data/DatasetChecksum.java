package org.panagrad.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** What tells the rows of one dataset from those of another: a CRC-32C of each kind of number. */
final class DatasetChecksum {
  private static final int BUFFER_BYTES = 1 << 13;

  private DatasetChecksum() {}

  /** Of a dataset that is held: features as they are stored, preprocessing, targets, weights. */
  static String of(Dataset data) {
    Rows rows = data.rows();
    String preprocessing = hex(crc(rows.preprocessing.toString()));
    if (rows.records != null) {
      return hex(crcOfChecksums(data, rows.records.checksums())) + preprocessing;
    }
    long featureBytes = (long) rows.featureCount * (rows.bytes ? 1 : Float.BYTES);
    long targetBytes = 4L * (rows.targetKind == TargetKind.CLASSES ? 1 : data.targetCount());
    return hex(crc(data, rows.features, featureBytes))
        + preprocessing
        + hex(crc(data, rows.targets, targetBytes))
        + (rows.weights == null ? "" : hex(crc(data, rows.weights, Float.BYTES)));
  }

  private static String hex(CRC32C crc) {
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  private static CRC32C crc(String text) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    return crc;
  }

  /** Of the checksums that the records of a file have. */
  private static CRC32C crcOfChecksums(Dataset data, MemorySegment checksums) {
    CRC32C crc = new CRC32C();
    ByteBuffer some = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.nativeOrder());
    for (int row = 0; row < data.size(); row++) {
      if (!some.hasRemaining()) {
        crc.update(some.flip());
        some.clear();
      }
      some.putInt(checksums.getAtIndex(ValueLayout.JAVA_INT, data.at(row)));
    }
    crc.update(some.flip());
    return crc;
  }

  /** Of rows in memory, which follow each other. */
  private static CRC32C crc(Dataset data, MemorySegment segment, long rowBytes) {
    CRC32C crc = new CRC32C();
    long first = data.at(0);
    long end = (first + data.size()) * rowBytes;
    for (long at = first * rowBytes; at < end; ) {
      // A byte buffer counts in ints.
      long count = Math.min(1L << 30, end - at);
      crc.update(segment.asSlice(at, count).asByteBuffer());
      at += count;
    }
    return crc;
  }
}
