package org.panagrad.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.panagrad.kernel.Kernels;
import org.panagrad.memory.NativeMemory;

/**
 * The rows of a file that were looked at last, for whoever takes single ones. Rows taken in order
 * are read in blocks that grow up to a bound, others one by one; every row's checksum is checked.
 *
 * <p>Any thread may ask; others wait. Interrupting one that reads does it no harm.
 */
final class RowWindow {
  private static final int MOST_BYTES = 256 * 1024; // unless a single row is longer

  private final RecordHeader header;
  private final int capacity; // rows
  private final MemorySegment features; // (capacity, featureCount) as in the file
  private final MemorySegment targets; // (capacity) int32 or (capacity, targetCount) float32
  private final RowBlock block;
  private int first; // of the rows here
  private int count; // of them

  /**
   * @param memory allocated from
   */
  RowWindow(FileRows records, NativeMemory memory) {
    this.header = records.header();
    long row = header.featureBytes() + header.targetBytes();
    this.capacity = (int) Math.max(1, Math.min(header.rows(), MOST_BYTES / row));
    long featureBytes = capacity * header.featureBytes();
    long targetBytes = capacity * header.targetBytes();
    this.features = memory.allocate("rows looked at", featureBytes).asSlice(0, featureBytes);
    this.targets = memory.allocate("their targets", targetBytes).asSlice(0, targetBytes);
    MemorySegment weights =
        header.weighted() ? memory.allocate("their weights", 4L * capacity) : null;
    this.block = new RowBlock(records, records.channel()::readSteadily, features, targets, weights);
  }

  /** Where a row is here, after reading it if it is not. */
  private int place(int row) {
    if (row < first || row >= first + count) {
      boolean inOrder = count > 0 && row == first + count;
      int rows = inOrder ? Math.min(Math.min(2 * count, capacity), header.rows() - row) : 1;
      count = 0; // what is here is undefined if the reading fails
      block.read(row, 0, rows);
      first = row;
      count = rows;
    }
    return row - first;
  }

  /** A feature as it is stored. */
  synchronized float stored(int row, int column) {
    return storedAt((long) place(row) * header.featureCount() + column);
  }

  private float storedAt(long index) {
    return header.bytes()
        ? features.get(ValueLayout.JAVA_BYTE, index) & 0xFF
        : features.get(ValueLayout.JAVA_FLOAT, index * Float.BYTES);
  }

  /** Copies a row as it is stored. */
  synchronized void copyStored(int row, float[] to) {
    long index = (long) place(row) * header.featureCount();
    for (int column = 0; column < header.featureCount(); column++) {
      to[column] = storedAt(index + column);
    }
  }

  /** Copies the bytes of a row that is stored so. */
  synchronized void copyBytes(int row, byte[] to) {
    long from = (long) place(row) * header.featureCount();
    MemorySegment.copy(features, ValueLayout.JAVA_BYTE, from, to, 0, header.featureCount());
  }

  /** Copies a row's features as float32, preprocessed. */
  synchronized void copyFeatures(int row, Kernels kernels, MemorySegment out, long outOffset) {
    long from = (long) place(row) * header.featureCount();
    if (header.bytes()) {
      FeatureMap map = header.preprocessing();
      kernels.bytesToFloats(
          features, from, out, outOffset, header.featureCount(), map.scale(), map.shift());
    } else {
      MemorySegment.copy(features, 4 * from, out, outOffset, 4L * header.featureCount());
    }
  }

  /** A target value; only for rows of values. */
  synchronized float target(int row, int target) {
    long index = (long) place(row) * header.targetCount() + target;
    return targets.get(ValueLayout.JAVA_FLOAT, index * Float.BYTES);
  }
}
