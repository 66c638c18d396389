package org.panagrad.data;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The CRC32C of a row: of its features, then of its label or values, then of its weight if rows
 * have some, as they are stored.
 */
final class RecordChecksum {
  private final CRC32C crc = new CRC32C();

  /** Begins a row. */
  RecordChecksum begin() {
    crc.reset();
    return this;
  }

  /** Adds what lies at a place of a buffer. */
  RecordChecksum add(ByteBuffer bytes, int from, int count) {
    crc.update(bytes.clear().position(from).limit(from + count));
    return this;
  }

  /** The checksum of what has been added. */
  int value() {
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
