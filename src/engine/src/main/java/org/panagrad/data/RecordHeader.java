package org.panagrad.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The first 4096 bytes of a record file, and where they put its sections; docs/record-file.md is
 * the format.
 *
 * @param targetCount classes or values: what {@link Dataset#targetCount} says
 * @param weighted whether rows have weights
 * @param encoded whether the description says how raw rows became these
 */
record RecordHeader(
    int rows,
    int featureCount,
    boolean bytes,
    FeatureMap preprocessing,
    TargetKind targetKind,
    int targetCount,
    boolean weighted,
    boolean encoded,
    int descriptionBytes,
    int descriptionChecksum) {
  static final int BYTES = 4096;

  private static final byte[] MAGIC = {(byte) 0x89, 'P', 'G', 'D', '\r', '\n', 0x1A, '\n'};
  private static final int PLAIN_VERSION = 1;
  private static final int FLAGGED_VERSION = 2; // has flags where the first has a zero
  private static final int WEIGHTED = 1;
  private static final int ENCODED = 2;
  private static final int FLOAT32 = 1;
  private static final int UINT8 = 2;
  private static final int CLASSES = 1;
  private static final int VALUES = 2;
  private static final int CHECKSUM_AT = BYTES - 4;
  private static final int MOST_DESCRIPTION_BYTES = 64 << 20;
  static final int MOST_COLUMNS = Integer.MAX_VALUE / 8;

  static final String REMEDY = "make the file again with panagrad convert";

  /** What its rows are made of; the description tells of pictures. */
  RowForm form() {
    return new RowForm(
        featureCount,
        bytes,
        preprocessing,
        targetKind,
        targetKind == TargetKind.CLASSES ? 1 : targetCount,
        null);
  }

  /** Bytes of a row's features. */
  long featureBytes() {
    return bytes ? featureCount : 4L * featureCount;
  }

  /** Bytes of a row's label or values. */
  long targetBytes() {
    return targetKind == TargetKind.CLASSES ? 4 : 4L * targetCount;
  }

  long featuresAt() {
    return BYTES;
  }

  /** The features are followed by zeros up to a multiple of 64. */
  long targetsAt() {
    return (BYTES + rows * featureBytes() + 63) & -64L;
  }

  long weightsAt() {
    return targetsAt() + rows * targetBytes();
  }

  long checksumsAt() {
    return weightsAt() + (weighted ? 4L * rows : 0);
  }

  long descriptionAt() {
    return checksumsAt() + 4L * rows;
  }

  long fileBytes() {
    return descriptionAt() + descriptionBytes;
  }

  /** Whether a file begins as record files do. */
  static boolean isMagic(byte[] start) {
    return start.length >= MAGIC.length && Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, 8);
  }

  private int flags() {
    return (weighted ? WEIGHTED : 0) | (encoded ? ENCODED : 0);
  }

  /** In the oldest version that can say it. */
  ByteBuffer encode() {
    ByteBuffer header = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header
        .put(MAGIC)
        .putInt(flags() == 0 ? PLAIN_VERSION : FLAGGED_VERSION)
        .putInt(bytes ? UINT8 : FLOAT32)
        .putLong(rows)
        .putInt(featureCount)
        .putInt(targetKind == TargetKind.CLASSES ? CLASSES : VALUES)
        .putInt(targetCount)
        .putFloat(preprocessing.scale())
        .putFloat(preprocessing.shift())
        .putInt(descriptionBytes)
        .putInt(descriptionChecksum)
        .putInt(flags())
        .putLong(fileBytes());
    header.putInt(CHECKSUM_AT, checksum(header.array()));
    return header.clear();
  }

  /**
   * Reads and checks a header; the file is as long as it says.
   *
   * @throws DataException if it is not what it should be
   */
  static RecordHeader read(Path file, FileChannel channel) throws IOException {
    long length = channel.size();
    ByteBuffer header = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (header.hasRemaining() && channel.read(header, header.position()) >= 0) {
      // Until the header is full or the file ends.
    }
    byte[] start = Arrays.copyOf(header.array(), Math.min(header.position(), MAGIC.length));
    if (!isMagic(start)) {
      throw DataException.at(
          file.toString(),
          "not a record file",
          "a start of " + HexFormat.of().formatHex(MAGIC),
          start.length == 0 ? "an empty file" : HexFormat.of().formatHex(start),
          "check that this is the right file");
    }
    if (header.hasRemaining()) {
      throw wrong(file, "header", BYTES + " bytes", header.position() + ", cut short");
    }
    int stored = header.getInt(CHECKSUM_AT);
    int computed = checksum(header.array());
    if (stored != computed) {
      throw wrong(
          file,
          "checksum of the header",
          HexFormat.of().toHexDigits(stored),
          HexFormat.of().toHexDigits(computed) + ", it is damaged");
    }
    return parse(file, header.position(MAGIC.length), length);
  }

  private static RecordHeader parse(Path file, ByteBuffer header, long length) {
    int version =
        require(file, "version", "1 or 2", header.getInt(), PLAIN_VERSION, FLAGGED_VERSION);
    int storage = require(file, "storage", "1 or 2", header.getInt(), FLOAT32, UINT8);
    int rows =
        (int)
            require(file, "rows", "1 to 2147483647", header.getLong(), 1, (long) Integer.MAX_VALUE);
    int features = columns(file, "features in a row", header.getInt());
    int kind = require(file, "kind of targets", "1 or 2", header.getInt(), CLASSES, VALUES);
    int targets =
        kind == CLASSES
            ? require(file, "classes", "1 or more", header.getInt(), 1, Integer.MAX_VALUE)
            : columns(file, "targets in a row", header.getInt());
    float scale = header.getFloat();
    float shift = header.getFloat();
    if (!Float.isFinite(scale) || !Float.isFinite(shift)) {
      throw wrong(file, "feature map", "a finite scale and shift", scale + " and " + shift);
    }
    int description =
        require(
            file,
            "bytes of the description",
            "0 to " + MOST_DESCRIPTION_BYTES,
            header.getInt(),
            0,
            MOST_DESCRIPTION_BYTES);
    int descriptionChecksum = header.getInt();
    int flags = header.getInt();
    int mostFlags = version == PLAIN_VERSION ? 0 : WEIGHTED | ENCODED;
    require(file, "flags", "0 to " + mostFlags, flags, 0, mostFlags);
    long promised = header.getLong();
    int zero = 0;
    while (header.position() < CHECKSUM_AT) {
      zero |= header.get();
    }
    if (zero != 0) {
      throw wrong(file, "unused bytes of the header", "zeros", "others");
    }
    RecordHeader read =
        new RecordHeader(
            rows,
            features,
            storage == UINT8,
            new FeatureMap(scale, shift),
            kind == CLASSES ? TargetKind.CLASSES : TargetKind.VALUES,
            targets,
            (flags & WEIGHTED) != 0,
            (flags & ENCODED) != 0,
            description,
            descriptionChecksum);
    if (promised != read.fileBytes()) {
      throw wrong(
          file, "length in the header", read.fileBytes() + " for its counts", promised + "");
    }
    if (promised != length) {
      throw wrong(
          file,
          "file length",
          promised + " bytes",
          length + (length < promised ? " bytes, it is cut short" : " bytes"));
    }
    return read;
  }

  private static int columns(Path file, String what, int found) {
    return require(file, what, "1 to " + MOST_COLUMNS, found, 1, MOST_COLUMNS);
  }

  private static int require(
      Path file, String what, String expected, int found, int least, int most) {
    return (int) require(file, what, expected, (long) found, least, (long) most);
  }

  private static long require(
      Path file, String what, String expected, long found, long least, long most) {
    if (found < least || found > most) {
      throw wrong(file, what, expected, Long.toString(found));
    }
    return found;
  }

  private static DataException wrong(Path file, String what, String expected, String found) {
    return DataException.at(file.toString(), what, expected, found, REMEDY);
  }

  private static int checksum(byte[] header) {
    CRC32C crc = new CRC32C();
    crc.update(header, 0, CHECKSUM_AT);
    return (int) crc.getValue();
  }
}
