package org.panagrad.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.panagrad.memory.NativeMemory;

/**
 * The rows of a record file that stay in it: read by position, mini-batches ahead by a thread of
 * the training's, single rows through a {@link RowWindow}. Nothing is mapped, so that a file that
 * shrinks is an error and no fault, and what is read does not pile up as resident memory.
 * Checksums, labels and weights, 4 bytes a row each, are in memory.
 */
final class FileRows {
  private static final int CHUNK_BYTES = 1 << 20;

  private final RecordChannel channel;
  private final NativeMemory memory;
  private final MemorySegment checksums; // (rows) int32
  private final @Nullable MemorySegment labels; // (rows) int32, null for values
  private final @Nullable MemorySegment weights; // (rows) float32, null where each row counts 1
  private @Nullable RowWindow window;

  private FileRows(RecordChannel channel, NativeMemory memory) {
    RecordHeader header = channel.header();
    int rows = header.rows();
    this.channel = channel;
    this.memory = memory;
    this.checksums = allocate("checksums");
    fill(checksums, header.checksumsAt());
    if (header.targetKind() == TargetKind.CLASSES) {
      this.labels = allocate("labels");
      fill(labels, header.targetsAt());
      requireLabels(channel, labels, 0, rows);
    } else {
      this.labels = null;
    }
    if (header.weighted()) {
      this.weights = allocate("weights");
      fill(weights, header.weightsAt());
      if (!requireWeights(channel, weights, 0, rows)) {
        throw nothingWeighs(channel);
      }
    } else {
      this.weights = null;
    }
  }

  private MemorySegment allocate(String purpose) {
    return allocate(purpose, channel.header().rows());
  }

  /** Memory for 4 bytes for each of so many rows, freed with the file. */
  MemorySegment allocate(String purpose, int rows) {
    long bytes = 4L * rows;
    return memory.allocate(purpose, bytes).asSlice(0, bytes);
  }

  /** Takes over the channel, also where it fails. */
  static Rows open(RecordChannel channel) {
    NativeMemory memory = new NativeMemory(channel.file().toString(), Long.MAX_VALUE);
    try {
      FileRows records = new FileRows(channel, memory);
      return new Rows(channel.header(), channel.description(), records, records::close);
    } catch (OutOfMemoryError e) {
      close(channel, memory);
      throw new DataException(e.getMessage() + "; free some memory", e);
    } catch (Throwable t) {
      close(channel, memory);
      throw t;
    }
  }

  private static void close(RecordChannel channel, NativeMemory memory) {
    memory.close();
    channel.close();
  }

  private void close() {
    close(channel, memory);
  }

  /** Checks that labels are classes of the header's. */
  static void requireLabels(RecordChannel channel, MemorySegment labels, int firstRow, int count) {
    int classes = channel.header().targetCount();
    for (int i = 0; i < count; i++) {
      int label = labels.getAtIndex(ValueLayout.JAVA_INT, i);
      if (label < 0 || label >= classes) {
        throw DataException.at(
            channel.file() + ", row " + (firstRow + i),
            "the label is not a class",
            "0 to " + (classes - 1),
            Integer.toString(label),
            RecordHeader.REMEDY);
      }
    }
  }

  /**
   * Checks that weights are finite numbers of 0 or more.
   *
   * @return whether one is above 0
   */
  static boolean requireWeights(
      RecordChannel channel, MemorySegment weights, int firstRow, int count) {
    boolean weighsAnything = false;
    for (int i = 0; i < count; i++) {
      float weight = weights.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      if (!RowChecks.isWeight(weight)) {
        throw DataException.at(
            channel.file() + ", row " + (firstRow + i),
            "weight",
            "a finite number of 0 or more",
            Float.toString(weight),
            RecordHeader.REMEDY);
      }
      weighsAnything |= weight > 0;
    }
    return weighsAnything;
  }

  static DataException nothingWeighs(RecordChannel channel) {
    return RowChecks.nothingWeighs(channel.file().toString(), RecordHeader.REMEDY);
  }

  private void fill(MemorySegment to, long at) {
    for (long done = 0; done < to.byteSize(); ) {
      int count = (int) Math.min(CHUNK_BYTES, to.byteSize() - done);
      channel.read(to.asSlice(done, count).asByteBuffer(), at + done);
      done += count;
    }
  }

  RecordChannel channel() {
    return channel;
  }

  RecordHeader header() {
    return channel.header();
  }

  /** The checksum of each row, as the file has it: (rows) int32. */
  MemorySegment checksums() {
    return checksums;
  }

  /** The label of each row: (rows) int32; null where rows have values. */
  @Nullable MemorySegment labels() {
    return labels;
  }

  /** The weight of each row: (rows) float32; null where each counts 1. */
  @Nullable MemorySegment weights() {
    return weights;
  }

  /** Native bytes held. */
  long nativeBytes() {
    return memory.bytes();
  }

  /** For looking at single rows; its memory is taken when it is first asked for. */
  synchronized RowWindow window() {
    if (window == null) {
      window = new RowWindow(this, memory);
    }
    return window;
  }
}
