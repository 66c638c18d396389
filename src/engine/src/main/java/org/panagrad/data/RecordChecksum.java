package org.panagrad.data;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** The CRC32C of a row: of its features and then of its label or values, as they are stored. */
final class RecordChecksum {
  private final CRC32C crc = new CRC32C();

  /** The checksum of a row that begins at these places of two buffers. */
  int of(ByteBuffer features, int from, int count, ByteBuffer targets, int at, int targetCount) {
    crc.reset();
    crc.update(features.clear().position(from).limit(from + count));
    crc.update(targets.clear().position(at).limit(at + targetCount));
    return (int) crc.getValue();
  }

  static DataException mismatch(RecordChannel records, int row, int stored, int computed) {
    return DataException.at(
        records.file() + ", row " + row,
        "checksum",
        HexFormat.of().toHexDigits(stored),
        HexFormat.of().toHexDigits(computed) + ", the row is damaged",
        RecordHeader.REMEDY);
  }
}
