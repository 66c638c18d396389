package org.panagrad.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntConsumer;
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
        RecordScan scan = RecordScan.into(memory, channel);
        scan.run(row -> {});
        return new Dataset(
            channel.description().name(),
            new Rows(
                header,
                channel.description().classNames(),
                scan.features(),
                scan.targets(),
                scan.weights(),
                memory::close));
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
      RecordScan.over(channel, progress);
      return channel.header().rows();
    }
  }
}
