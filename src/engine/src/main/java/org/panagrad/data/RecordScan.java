package org.panagrad.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.panagrad.memory.NativeMemory;

/** Reads all rows of a record file in chunks and checks them; keeps them where that is wanted. */
final class RecordScan {
  private static final int CHUNK_BYTES = 1 << 20;

  private final RecordChannel channel;
  private final RecordHeader header;
  private final int chunkRows;
  private final boolean keeps;
  private final MemorySegment features; // (rows, featureCount) as in the file, or of a chunk
  private final MemorySegment targets; // (rows) int32 or (rows, targetCount) float32, likewise
  private final @Nullable MemorySegment weights; // (rows) float32, likewise
  private final RecordChecksum checksum = new RecordChecksum();

  private RecordScan(NativeMemory memory, RecordChannel channel, boolean keeps) {
    this.channel = channel;
    this.header = channel.header();
    this.keeps = keeps;
    long longest = Math.max(header.featureBytes(), header.targetBytes());
    this.chunkRows = (int) Math.min(header.rows(), Math.max(1, CHUNK_BYTES / longest));
    long rows = keeps ? header.rows() : chunkRows;
    this.features = allocate(memory, "rows", rows * header.featureBytes());
    this.targets = allocate(memory, "targets", rows * header.targetBytes());
    this.weights = header.weighted() ? allocate(memory, "weights", 4 * rows) : null;
  }

  private static MemorySegment allocate(NativeMemory memory, String purpose, long bytes) {
    return memory.allocate(purpose, bytes).asSlice(0, bytes);
  }

  /** Takes memory for all rows. */
  static RecordScan into(NativeMemory memory, RecordChannel channel) {
    return new RecordScan(memory, channel, true);
  }

  /** Checks all rows and keeps none. */
  static void over(RecordChannel channel, IntConsumer progress) {
    try (NativeMemory scratch = new NativeMemory(channel.file().toString(), Long.MAX_VALUE)) {
      new RecordScan(scratch, channel, false).run(progress);
    }
  }

  /**
   * Reads and checks.
   *
   * @param progress is told how many rows are done
   * @throws DataException if a row cannot be read or is damaged
   */
  void run(IntConsumer progress) {
    boolean weighsAnything = false;
    try (NativeMemory scratch = new NativeMemory(channel.file().toString(), Long.MAX_VALUE)) {
      MemorySegment checksums = scratch.allocate("checksums", 4L * chunkRows);
      for (int first = 0; first < header.rows(); ) {
        int count = Math.min(chunkRows, header.rows() - first);
        MemorySegment x = read(features, header.featuresAt(), header.featureBytes(), first, count);
        MemorySegment y = read(targets, header.targetsAt(), header.targetBytes(), first, count);
        MemorySegment w =
            weights == null ? null : read(weights, header.weightsAt(), 4, first, count);
        channel.read(
            checksums.asSlice(0, 4L * count).asByteBuffer(), header.checksumsAt() + 4L * first);
        requireChecksums(x, y, w, checksums, first, count);
        if (!header.bytes()) {
          requireFinite("feature", x, first, header.featureCount());
        }
        if (header.targetKind() == TargetKind.CLASSES) {
          FileRows.requireLabels(channel, y, first, count);
        } else {
          requireFinite("target", y, first, header.targetCount());
        }
        if (w != null) {
          weighsAnything |= FileRows.requireWeights(channel, w, first, count);
        }
        first += count;
        progress.accept(first);
      }
    }
    if (header.weighted() && !weighsAnything) {
      throw FileRows.nothingWeighs(channel);
    }
  }

  private MemorySegment read(
      MemorySegment section, long sectionAt, long rowBytes, int first, int count) {
    MemorySegment part = section.asSlice(keeps ? first * rowBytes : 0, count * rowBytes);
    channel.read(part.asByteBuffer(), sectionAt + first * rowBytes);
    return part;
  }

  private void requireChecksums(
      MemorySegment features,
      MemorySegment targets,
      @Nullable MemorySegment weights,
      MemorySegment checksums,
      int first,
      int count) {
    var xs = features.asByteBuffer();
    var ys = targets.asByteBuffer();
    var ws = weights == null ? null : weights.asByteBuffer();
    int featureBytes = (int) header.featureBytes();
    int targetBytes = (int) header.targetBytes();
    for (int i = 0; i < count; i++) {
      checksum
          .begin()
          .add(xs, i * featureBytes, featureBytes)
          .add(ys, i * targetBytes, targetBytes);
      if (ws != null) {
        checksum.add(ws, 4 * i, 4);
      }
      int stored = checksums.getAtIndex(ValueLayout.JAVA_INT, i);
      int computed = checksum.value();
      if (stored != computed) {
        throw RecordChecksum.mismatch(channel, first + i, stored, computed);
      }
    }
  }

  private void requireFinite(String what, MemorySegment values, int firstRow, int columns) {
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

  MemorySegment features() {
    return features;
  }

  MemorySegment targets() {
    return targets;
  }

  @Nullable MemorySegment weights() {
    return weights;
  }
}
