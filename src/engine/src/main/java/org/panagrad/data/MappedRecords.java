package org.panagrad.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import org.panagrad.memory.NativeMemory;

/**
 * A record file whose rows stay in it: mapped, for whoever looks at single ones, and open, for the
 * thread that reads mini-batches ahead. Checksums and labels, 4 bytes a row each, are in memory.
 */
final class MappedRecords {
  private static final int CHUNK_BYTES = 1 << 20;

  private final RecordChannel channel;
  private final NativeMemory memory;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment checksums; // (rows) int32

  private MappedRecords(RecordChannel channel) {
    this.channel = channel;
    this.memory = new NativeMemory(channel.file().toString(), Long.MAX_VALUE);
    this.checksums = memory.allocate("checksums", 4L * channel.header().rows());
  }

  /** Takes over the channel, also where it fails. */
  static Rows open(RecordChannel channel) {
    MappedRecords records = new MappedRecords(channel);
    try {
      return records.map();
    } catch (IOException e) {
      records.close();
      throw RecordChannel.failed(channel.file(), e);
    } catch (Throwable t) {
      records.close();
      throw t;
    }
  }

  private Rows map() throws IOException {
    RecordHeader header = channel.header();
    int rows = header.rows();
    fill(channel, checksums, header.checksumsAt(), 4L * rows);
    MemorySegment features = map(header.featuresAt(), rows * header.featureBytes());
    MemorySegment targets;
    if (header.targetKind() == TargetKind.CLASSES) {
      targets = memory.allocate("labels", 4L * rows).asSlice(0, 4L * rows);
      fill(channel, targets, header.targetsAt(), 4L * rows);
      requireLabels(channel, targets, 0, rows);
    } else {
      targets = map(header.targetsAt(), rows * header.targetBytes());
    }
    return new Rows(
        header, channel.description().classNames(), features, targets, this, this::close);
  }

  /** The checksum of each row, as the file has it: (rows) int32. */
  MemorySegment checksums() {
    return checksums;
  }

  private MemorySegment map(long at, long bytes) throws IOException {
    return channel.channel().map(MapMode.READ_ONLY, at, bytes, arena);
  }

  private void close() {
    arena.close();
    memory.close();
    channel.close();
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

  private static void fill(RecordChannel channel, MemorySegment to, long at, long bytes) {
    for (long done = 0; done < bytes; ) {
      int count = (int) Math.min(CHUNK_BYTES, bytes - done);
      channel.read(to.asSlice(done, count).asByteBuffer(), at + done);
      done += count;
    }
  }

  RecordChannel channel() {
    return channel;
  }

  long nativeBytes() {
    return memory.bytes();
  }

  int checksum(int row) {
    return checksums.getAtIndex(ValueLayout.JAVA_INT, row);
  }

  /** Fills the rest of a buffer with features, from a row's first on. */
  void readFeatures(int row, ByteBuffer to) {
    RecordHeader header = channel.header();
    channel.read(to, header.featuresAt() + row * header.featureBytes());
  }

  /** Fills the rest of a buffer with labels or values, from a row's first on. */
  void readTargets(int row, ByteBuffer to) {
    RecordHeader header = channel.header();
    channel.read(to, header.targetsAt() + row * header.targetBytes());
  }
}
