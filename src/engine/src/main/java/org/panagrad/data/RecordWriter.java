package org.panagrad.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.panagrad.file.AtomicFile;
import org.panagrad.memory.NativeMemory;

/**
 * Writes record files row by row, whole or not at all. Features go to the file as they come; the
 * targets, weights and a checksum a row wait in native memory for the end.
 */
public final class RecordWriter implements RowSink {
  private static final int CHUNK_BYTES = 1 << 20;

  private final String name;
  private final RowForm form;
  private final RowChecks checks;
  private final FileChannel channel;
  private final int featureBytes;
  private final int targetBytes;
  private final MemorySegment chunk; // features of some rows
  private final ByteBuffer chunkBytes;
  private final MemorySegment target; // of one row, and behind it the row's weight
  private final ByteBuffer targetBuffer;
  private final NativeBuffer targets;
  private final NativeBuffer weights;
  private final NativeBuffer checksums;
  private final RecordChecksum checksum = new RecordChecksum(); // of the row added last
  private long place = RecordHeader.BYTES;
  private int used; // bytes of the chunk

  private RecordWriter(
      String name, RowForm form, FileChannel channel, NativeMemory scratch, Buffers buffers) {
    this.name = name;
    this.form = form;
    this.checks = new RowChecks(name, form);
    if (form.featureCount() > RecordHeader.MOST_COLUMNS
        || form.targetCount() > RecordHeader.MOST_COLUMNS) {
      throw DataException.at(
          name,
          "columns",
          "at most " + RecordHeader.MOST_COLUMNS,
          Math.max(form.featureCount(), form.targetCount()) + "",
          "take fewer columns");
    }
    this.channel = channel;
    this.featureBytes = form.bytes() ? form.featureCount() : 4 * form.featureCount();
    this.targetBytes = 4 * form.targetCount();
    this.chunk = scratch.allocate("rows", Math.max(CHUNK_BYTES, featureBytes));
    this.chunkBytes = chunk.asByteBuffer();
    this.target = scratch.allocate("target and weight", 4L + targetBytes);
    this.targetBuffer = target.asByteBuffer();
    this.targets = buffers.targets();
    this.weights = buffers.weights();
    this.checksums = buffers.checksums();
  }

  private record Buffers(NativeBuffer targets, NativeBuffer weights, NativeBuffer checksums) {}

  /**
   * Writes a file of rows that are as they came.
   *
   * @throws DataException if a row cannot be read or does not fit, there is none, or the file
   *     cannot be written; a file that was there before then keeps its bytes
   * @throws IllegalArgumentException if the rows were encoded
   */
  public static void write(Path file, RowStream rows) {
    if (rows.encoding() != null) {
      throw new IllegalArgumentException(
          rows.name() + ": encoded rows: expected a format to write their encoding in");
    }
    writeAll(file, rows, null);
  }

  /**
   * Writes a file of rows, and how they were encoded if they were.
   *
   * @throws DataException as {@link #write(Path, RowStream)}
   * @throws IllegalArgumentException if the format does not know such an encoding
   */
  public static void write(Path file, RowStream rows, EncodingFormat format) {
    RowEncoding encoding = rows.encoding();
    writeAll(file, rows, encoding == null ? null : format.write(encoding));
  }

  private static void writeAll(Path file, RowStream rows, @Nullable String encoding) {
    String name = rows.name();
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new IllegalStateException("record files are written on little-endian machines only");
    }
    try {
      AtomicFile.write(
          file,
          channel -> {
            try (NativeMemory scratch = new NativeMemory(file.toString(), Long.MAX_VALUE);
                NativeBuffer targets = new NativeBuffer(name, Long.MAX_VALUE);
                NativeBuffer weights = new NativeBuffer(name, Long.MAX_VALUE);
                NativeBuffer checksums = new NativeBuffer(name, Long.MAX_VALUE)) {
              RecordWriter writer =
                  new RecordWriter(
                      name,
                      rows.form(),
                      channel,
                      scratch,
                      new Buffers(targets, weights, checksums));
              writer.finish(rows.copyTo(writer), encoding);
            } catch (UncheckedIOException e) {
              // Rows are added through an interface that throws none.
              throw e.getCause();
            }
          });
    } catch (IOException e) {
      throw new DataException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void addRow(float[] row, int label) {
    beginRow();
    checks.add(row, label);
    MemorySegment.copy(row, 0, chunk, ValueLayout.JAVA_FLOAT, used, row.length);
    addLabel(label);
  }

  @Override
  public void addRow(float[] row, float[] rowTargets) {
    beginRow();
    checks.add(row, rowTargets);
    MemorySegment.copy(row, 0, chunk, ValueLayout.JAVA_FLOAT, used, row.length);
    addTargets(rowTargets);
  }

  @Override
  public void addRow(byte[] row, int label) {
    beginRow();
    checks.add(row, label);
    MemorySegment.copy(row, 0, chunk, ValueLayout.JAVA_BYTE, used, row.length);
    addLabel(label);
  }

  @Override
  public void addRow(byte[] row, float[] rowTargets) {
    beginRow();
    checks.add(row, rowTargets);
    MemorySegment.copy(row, 0, chunk, ValueLayout.JAVA_BYTE, used, row.length);
    addTargets(rowTargets);
  }

  @Override
  public void addWeight(float weight) {
    checks.addWeight(weight);
    weights.append(weight);
    target.set(ValueLayout.JAVA_FLOAT, targetBytes, weight);
    checksum.add(targetBuffer, targetBytes, 4);
  }

  private void addLabel(int label) {
    target.set(ValueLayout.JAVA_INT, 0, label);
    targets.append(label);
    beginChecksum();
  }

  private void addTargets(float[] values) {
    MemorySegment.copy(values, 0, target, ValueLayout.JAVA_FLOAT, 0, values.length);
    targets.append(values);
    beginChecksum();
  }

  /** A weight may follow. */
  private void beginChecksum() {
    checksum.begin().add(chunkBytes, used, featureBytes).add(targetBuffer, 0, targetBytes);
    used += featureBytes;
  }

  private void beginRow() {
    endRow();
    if (used + featureBytes > chunk.byteSize()) {
      flush();
    }
  }

  private void endRow() {
    if (checks.count() > 0) {
      checksums.append(checksum.value());
    }
  }

  private void flush() {
    write(chunkBytes.clear().limit(used));
    used = 0;
  }

  private void write(ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        place += channel.write(bytes, place);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(NativeBuffer buffer) {
    MemorySegment segment = buffer.segment();
    for (long done = 0; done < segment.byteSize(); ) {
      long count = Math.min(CHUNK_BYTES, segment.byteSize() - done);
      write(segment.asSlice(done, count).asByteBuffer());
      done += count;
    }
  }

  private void finish(Classes classes, @Nullable String encoding) {
    checks.requireRows();
    boolean labels = form.targetKind() == TargetKind.CLASSES;
    if (labels) {
      checks.requireClasses(classes.count());
    }
    boolean weighted = checks.requireWeights();
    endRow();
    flush();
    byte[] description =
        new RecordDescription(name, classes.names(), form.picture(), encoding).encode();
    RecordHeader header =
        new RecordHeader(
            checks.count(),
            form.featureCount(),
            form.bytes(),
            form.preprocessing(),
            form.targetKind(),
            labels ? classes.count() : form.targetCount(),
            weighted,
            encoding != null,
            description.length,
            RecordDescription.checksum(description));
    write(ByteBuffer.allocate((int) (header.targetsAt() - place)));
    write(targets);
    write(weights);
    write(checksums);
    write(ByteBuffer.wrap(description));
    place = 0;
    write(header.encode());
  }
}
