package org.panagrad.data;

import java.io.IOException;
import java.io.InputStream;
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
   * The dataset of a file: in memory up to 256 MiB, {@link #inFile} above.
   *
   * @throws DataException if the file is not what its header says, or its rows were encoded
   */
  public static Dataset open(Path file) {
    return opened(file, null);
  }

  /**
   * The same of a file whose rows may have been encoded.
   *
   * @param format of encodings
   * @throws DataException if the file is not what its header says
   */
  public static Dataset open(Path file, EncodingFormat format) {
    return opened(file, format);
  }

  private static Dataset opened(Path file, @Nullable EncodingFormat format) {
    try {
      return Files.size(file) > MOST_BYTES_IN_MEMORY ? inFile(file, format) : read(file, format);
    } catch (IOException e) {
      throw RecordChannel.failed(file, e);
    }
  }

  /**
   * The dataset of a file, read into memory and checked whole.
   *
   * @throws DataException if the file is not what its header says, a row is damaged or rows were
   *     encoded
   */
  public static Dataset read(Path file) {
    return read(file, null);
  }

  private static Dataset read(Path file, @Nullable EncodingFormat format) {
    try (RecordChannel channel = RecordChannel.open(file)) {
      RecordHeader header = channel.header();
      RowEncoding encoding = channel.description().encoding(file, header, format);
      NativeMemory memory = new NativeMemory(file.toString(), Long.MAX_VALUE);
      try {
        RecordScan scan = RecordScan.into(memory, channel);
        scan.run(row -> {});
        Rows rows =
            new Rows(
                header,
                channel.description(),
                scan.features(),
                scan.targets(),
                scan.weights(),
                memory::close);
        return new Dataset(channel.description().name(), rows, encoding);
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
   * @throws DataException if the file is not what its header says, or its rows were encoded
   */
  public static Dataset inFile(Path file) {
    return inFile(file, null);
  }

  /**
   * The same of a file whose rows may have been encoded.
   *
   * @param format of encodings; null where rows are to be as they came
   * @throws DataException if the file is not what its header says
   */
  public static Dataset inFile(Path file, @Nullable EncodingFormat format) {
    RecordChannel channel = RecordChannel.open(file);
    RowEncoding encoding;
    try {
      encoding = channel.description().encoding(file, channel.header(), format);
    } catch (Throwable t) {
      channel.close();
      throw t;
    }
    return new Dataset(channel.description().name(), FileRows.open(channel), encoding);
  }

  /**
   * How raw rows became those of a file; null where they are as they came.
   *
   * @param format of encodings; null where rows are to be as they came
   * @throws DataException if the file is not what its header says
   */
  public static @Nullable RowEncoding encoding(Path file, @Nullable EncodingFormat format) {
    try (RecordChannel channel = RecordChannel.open(file)) {
      return channel.description().encoding(file, channel.header(), format);
    }
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
