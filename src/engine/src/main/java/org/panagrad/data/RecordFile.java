package org.panagrad.data;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.panagrad.memory.NativeMemory;

/**
 * Reads datasets from record files, Panagrad's own format: a header, rows of one size, a checksum
 * for each; see docs/record-file.md. {@link RecordWriter} makes them.
 */
public final class RecordFile {
  /** What names of record files end in. */
  public static final String EXTENSION = ".pgd";

  /** Files of more bytes are not read into memory by {@link #open}. */
  static final long MOST_BYTES_IN_MEMORY = 256L << 20;

  private static final int CHUNK_BYTES = 1 << 20;

  private RecordFile() {}

  /** Whether this is a file that begins as record files do. */
  public static boolean isRecordFile(Path file) {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return RecordHeader.isMagic(in.readNBytes(8));
    } catch (IOException _) {
      return false;
    }
  }

  /**
   * The dataset of a file: {@link #read} up to 256 MiB, {@link #inFile} above.
   *
   * @throws DataException if the file is not what its header says
   */
  public static Dataset open(Path file) {
    try {
      return Files.size(file) > MOST_BYTES_IN_MEMORY ? inFile(file) : read(file);
    } catch (IOException e) {
      throw RecordChannel.failed(file, e);
    }
  }

  /**
   * The dataset of a file, read into memory and checked whole.
   *
   * @throws DataException if the file is not what its header says or a row is damaged
   */
  public static Dataset read(Path file) {
    try (RecordChannel channel = RecordChannel.open(file)) {
      RecordHeader header = channel.header();
      NativeMemory memory = new NativeMemory(file.toString(), Long.MAX_VALUE);
      try {
        long featureBytes = header.rows() * header.featureBytes();
        long targetBytes = header.rows() * header.targetBytes();
        MemorySegment features = memory.allocate("rows", featureBytes).asSlice(0, featureBytes);
        MemorySegment targets = memory.allocate("targets", targetBytes).asSlice(0, targetBytes);
        scan(channel, features, targets, row -> {});
        return new Dataset(
            channel.description().name(),
            new Rows(header, channel.description().classNames(), features, targets, memory::close));
      } catch (OutOfMemoryError e) {
        memory.close();
        throw new DataException(e.getMessage() + "; free some memory", e);
      } catch (Throwable t) {
        memory.close();
        throw t;
      }
    }
  }

  /**
   * The dataset of a file whose rows stay in it and are read when they are needed. The header, the
   * description and the labels are checked now; a row's checksum whenever it is read, and all of
   * them by {@link #verify}. A file that is changed while it is open is an error of whoever reads
   * the change.
   *
   * @throws DataException if the file is not what its header says
   */
  public static Dataset inFile(Path file) {
    RecordChannel channel = RecordChannel.open(file);
    return new Dataset(channel.description().name(), FileRows.open(channel));
  }

  /**
   * Rows in a file.
   *
   * @throws DataException if the file is not what its header says
   */
  public static int rows(Path file) {
    try (RecordChannel channel = RecordChannel.open(file)) {
      return channel.header().rows();
    }
  }

  /**
   * Checks every row of a file: its checksum, that its label is a class and that numbers are
   * finite. Holds a mebibyte or a row, whichever is more.
   *
   * @param progress is told how many rows are done
   * @return number of rows
   * @throws DataException if one is damaged
   */
  public static int verify(Path file, IntConsumer progress) {
    try (RecordChannel channel = RecordChannel.open(file)) {
      scan(channel, null, null, progress);
      return channel.header().rows();
    }
  }

  /** Reads all rows in chunks and checks them; keeps them where it is told to. */
  private static void scan(
      RecordChannel channel,
      @Nullable MemorySegment allFeatures,
      @Nullable MemorySegment allTargets,
      IntConsumer progress) {
    RecordHeader header = channel.header();
    int featureBytes = (int) header.featureBytes();
    int targetBytes = (int) header.targetBytes();
    int chunkRows = Math.max(1, CHUNK_BYTES / Math.max(featureBytes, targetBytes));
    chunkRows = Math.min(chunkRows, header.rows());
    try (NativeMemory scratch = new NativeMemory(channel.file().toString(), Long.MAX_VALUE)) {
      MemorySegment checksums = scratch.allocate("checksums", 4L * chunkRows);
      MemorySegment features =
          allFeatures == null
              ? scratch.allocate("rows", (long) chunkRows * featureBytes)
              : allFeatures;
      MemorySegment targets =
          allTargets == null
              ? scratch.allocate("targets", (long) chunkRows * targetBytes)
              : allTargets;
      RecordChecksum checksum = new RecordChecksum();
      for (int first = 0; first < header.rows(); ) {
        int count = Math.min(chunkRows, header.rows() - first);
        long place = allFeatures == null ? 0 : first;
        MemorySegment x = features.asSlice(place * featureBytes, (long) count * featureBytes);
        MemorySegment y = targets.asSlice(place * targetBytes, (long) count * targetBytes);
        ByteBuffer xs = x.asByteBuffer();
        ByteBuffer ys = y.asByteBuffer();
        channel.read(xs, header.featuresAt() + (long) first * featureBytes);
        channel.read(ys, header.targetsAt() + (long) first * targetBytes);
        channel.read(
            checksums.asSlice(0, 4L * count).asByteBuffer(), header.checksumsAt() + 4L * first);
        for (int i = 0; i < count; i++) {
          int stored = checksums.getAtIndex(ValueLayout.JAVA_INT, i);
          int computed =
              checksum.of(xs, i * featureBytes, featureBytes, ys, i * targetBytes, targetBytes);
          if (stored != computed) {
            throw RecordChecksum.mismatch(channel, first + i, stored, computed);
          }
        }
        if (!header.bytes()) {
          requireFinite(channel, "feature", x, first, header.featureCount());
        }
        if (header.targetKind() == TargetKind.CLASSES) {
          FileRows.requireLabels(channel, y, first, count);
        } else {
          requireFinite(channel, "target", y, first, header.targetCount());
        }
        first += count;
        progress.accept(first);
      }
    }
  }

  private static void requireFinite(
      RecordChannel channel, String what, MemorySegment values, int firstRow, int columns) {
    long count = values.byteSize() / Float.BYTES;
    for (long i = 0; i < count; i++) {
      float value = values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      if (!Float.isFinite(value)) {
        throw DataException.at(
            channel.file() + ", row " + (firstRow + i / columns),
            what + " " + i % columns,
            "a finite number",
            Float.toString(value),
            RecordHeader.REMEDY);
      }
    }
  }
}
