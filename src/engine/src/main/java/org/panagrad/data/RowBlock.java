package org.panagrad.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Room for some rows of a file as they are stored there, filled again and again. Every row's
 * checksum is checked as it is read.
 *
 * <p>One thread at a time; it allocates nothing. The memory is the caller's.
 */
final class RowBlock {
  /** Where the bytes of a file come from. */
  @FunctionalInterface
  interface Source {
    /** Fills the rest of a buffer from a place of the file, or throws {@link DataException}. */
    void read(ByteBuffer to, long at);
  }

  private final FileRows records;
  private final Source source;
  private final RecordHeader header;
  private final int featureBytes; // of a row
  private final int targetBytes;
  private final ByteBuffer features; // (capacity, featureCount) as in the file
  private final MemorySegment targets; // (capacity) int32 or (capacity, targetCount) float32
  private final ByteBuffer targetBuffer;
  private final @Nullable MemorySegment labels; // (rows of the file) int32
  private final @Nullable MemorySegment weights; // (capacity) float32
  private final @Nullable ByteBuffer weightBuffer;
  private final RecordChecksum checksum = new RecordChecksum();

  /**
   * @param features capacity times the bytes of a row's features
   * @param targets capacity times the bytes of a row's label or values
   * @param weights capacity times 4 bytes, if rows have weights
   */
  RowBlock(
      FileRows records,
      Source source,
      MemorySegment features,
      MemorySegment targets,
      @Nullable MemorySegment weights) {
    this.records = records;
    this.source = source;
    this.header = records.header();
    this.featureBytes = (int) header.featureBytes();
    this.targetBytes = (int) header.targetBytes();
    this.features = features.asByteBuffer();
    this.targets = targets;
    this.targetBuffer = targets.asByteBuffer();
    this.labels = records.labels();
    this.weights = weights;
    this.weightBuffer = weights == null ? null : weights.asByteBuffer();
  }

  /**
   * Reads rows of the file that follow each other.
   *
   * @param row the first of them
   * @param at where it goes, counted in rows
   * @throws DataException if one cannot be read or is damaged; the rows here are then undefined
   */
  void read(int row, int at, int count) {
    source.read(
        features.clear().position(at * featureBytes).limit((at + count) * featureBytes),
        header.featuresAt() + row * header.featureBytes());
    if (labels == null) {
      source.read(
          targetBuffer.clear().position(at * targetBytes).limit((at + count) * targetBytes),
          header.targetsAt() + row * header.targetBytes());
    } else {
      MemorySegment.copy(labels, 4L * row, targets, 4L * at, 4L * count);
    }
    MemorySegment allWeights = records.weights();
    if (weights != null && allWeights != null) {
      MemorySegment.copy(allWeights, 4L * row, weights, 4L * at, 4L * count);
    }
    for (int i = 0; i < count; i++) {
      int place = at + i;
      checksum
          .begin()
          .add(features, place * featureBytes, featureBytes)
          .add(targetBuffer, place * targetBytes, targetBytes);
      if (weightBuffer != null) {
        checksum.add(weightBuffer, 4 * place, 4);
      }
      int computed = checksum.value();
      int expected = records.checksums().getAtIndex(ValueLayout.JAVA_INT, row + i);
      if (computed != expected) {
        throw RecordChecksum.mismatch(records.channel(), row + i, expected, computed);
      }
    }
  }
}
