package org.panagrad.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.panagrad.kernel.Kernels;
import org.panagrad.memory.NativeMemory;

/**
 * Room in memory for some rows of a dataset whose rows stay in a file, filled again and again. The
 * rows read are a dataset of their own, {@link #rows}, of float32 features that can be used in
 * place. Every row's checksum is checked as it is read.
 *
 * <p>One thread reads; it allocates nothing. The memory is the caller's.
 */
public final class StagedRows {
  private static final int ALIGNMENT = NativeMemory.ALIGNMENT;

  private final Dataset source;
  private final Kernels kernels;
  private final int capacity;
  private final boolean bytes;
  private final FeatureMap map;
  private final int featureCount;
  private final MemorySegment stored; // (capacity, featureCount) as in the file
  private final MemorySegment features; // (capacity, featureCount) float32
  private final RowBlock block;
  private final Dataset rows;

  /**
   * Lays the room out in memory.
   *
   * @param source whose rows stay in a file
   * @param capacity the most rows it has to hold
   * @param memory aligned to {@link NativeMemory#ALIGNMENT}, {@link #bytes} long
   * @param kernels turn bytes into floats
   * @throws IllegalArgumentException if the source's rows are in memory
   */
  public StagedRows(Dataset source, int capacity, MemorySegment memory, Kernels kernels) {
    FileRows records = requireInFile(source);
    RecordHeader header = records.header();
    this.source = source;
    this.kernels = kernels;
    this.capacity = capacity;
    this.bytes = header.bytes();
    this.map = header.preprocessing();
    this.featureCount = header.featureCount();
    long floatBytes = 4L * capacity * featureCount;
    long targetBytes = capacity * header.targetBytes();
    this.features = memory.asSlice(0, floatBytes);
    MemorySegment targets = memory.asSlice(align(floatBytes), targetBytes);
    long end = align(floatBytes) + align(targetBytes);
    MemorySegment weights = header.weighted() ? memory.asSlice(end, 4L * capacity) : null;
    end += header.weighted() ? align(4L * capacity) : 0;
    this.stored = bytes ? memory.asSlice(end, capacity * header.featureBytes()) : features;
    this.block = new RowBlock(records, records.channel()::read, stored, targets, weights);
    RecordHeader form =
        new RecordHeader(
            capacity,
            featureCount,
            false,
            FeatureMap.IDENTITY,
            header.targetKind(),
            source.targetCount(),
            header.weighted(),
            false,
            0,
            0);
    this.rows =
        new Dataset(
            source.name(),
            new Rows(form, RecordDescription.NONE, features, targets, weights, () -> {}));
  }

  private static FileRows requireInFile(Dataset source) {
    FileRows records = source.rows().records;
    if (records == null) {
      throw new IllegalArgumentException(
          source.name() + ": expected a dataset whose rows stay in a file");
    }
    return records;
  }

  /**
   * Bytes of memory that so many rows need.
   *
   * @throws DataException if they are more than a buffer can hold
   */
  public static long bytes(Dataset source, int capacity) {
    RecordHeader header = requireInFile(source).header();
    long floats = 4L * capacity * header.featureCount();
    long targets = capacity * header.targetBytes();
    if (Math.max(floats, targets) > Integer.MAX_VALUE) {
      throw DataException.at(
          source.name(),
          "bytes of a mini-batch of " + capacity + " rows read from a file",
          "at most " + Integer.MAX_VALUE,
          Math.max(floats, targets) + "",
          "take a smaller batch");
    }
    return align(floats)
        + align(targets)
        + (header.weighted() ? align(4L * capacity) : 0)
        + (header.bytes() ? align(capacity * header.featureBytes()) : 0);
  }

  private static long align(long size) {
    return (size + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /**
   * Reads rows named by index; rows that follow each other are read at once.
   *
   * @param indices int32 row numbers of the source
   * @param firstIndex which of the indices comes first, counted in indices
   * @throws DataException if a row cannot be read or is damaged; the rows are then undefined
   * @throws IllegalStateException if the source is closed
   */
  public void read(MemorySegment indices, long firstIndex, int count) {
    Objects.checkFromIndexSize(0, count, capacity);
    source.hold();
    try {
      for (int i = 0; i < count; ) {
        int row = rowAt(indices, firstIndex + i);
        int run = 1;
        while (i + run < count && rowAt(indices, firstIndex + i + run) == row + run) {
          run++;
        }
        block.read(row, i, run);
        i += run;
      }
    } finally {
      source.release();
    }
    if (bytes) {
      kernels.bytesToFloats(
          stored, 0, features, 0, (long) count * featureCount, map.scale(), map.shift());
    }
  }

  /** A row's number in the file. */
  private int rowAt(MemorySegment indices, long index) {
    int row = indices.get(ValueLayout.JAVA_INT, 4 * index);
    return source.at(Objects.checkIndex(row, source.size()));
  }

  /** The rows last read, and behind them whatever was there before; as many as the capacity. */
  public Dataset rows() {
    return rows;
  }
}
