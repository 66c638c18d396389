package org.panagrad.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.panagrad.file.FailureReason;

/**
 * A record file open for reading, its header and description checked. A file that has shrunk
 * meanwhile is an error here, where a mapped page would be a fault.
 *
 * <p>It is open twice: Java closes a channel whose reader is interrupted, so that one serves
 * threads of the engine's own; for those of callers there is a file that does not mind.
 */
final class RecordChannel implements AutoCloseable {
  private static final int CHUNK_BYTES = 64 * 1024;

  private final Path file;
  private final FileChannel channel;
  private final RandomAccessFile steady;
  private final byte[] chunk = new byte[CHUNK_BYTES];
  private final RecordHeader header;
  private final RecordDescription description;

  private RecordChannel(
      Path file,
      FileChannel channel,
      RandomAccessFile steady,
      RecordHeader header,
      RecordDescription description) {
    this.file = file;
    this.channel = channel;
    this.steady = steady;
    this.header = header;
    this.description = description;
  }

  static RecordChannel open(Path file) {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw DataException.at(
          file.toString(),
          "byte order of the machine",
          "little-endian, as record files are",
          "big-endian",
          "read the data from its source");
    }
    FileChannel channel = null;
    RandomAccessFile steady = null;
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw DataException.at(
            file.toString(), "record file", "a file", "a directory or device", "check the path");
      }
      channel = FileChannel.open(file, StandardOpenOption.READ);
      RecordHeader header = RecordHeader.read(file, channel);
      steady = new RandomAccessFile(file.toFile(), "r");
      ByteBuffer text = ByteBuffer.allocate(header.descriptionBytes());
      RecordChannel opened =
          new RecordChannel(file, channel, steady, header, RecordDescription.NONE);
      opened.read(text, header.descriptionAt());
      RecordDescription description = RecordDescription.decode(file, header, text.array());
      opened = new RecordChannel(file, channel, steady, header, description);
      channel = null;
      steady = null;
      return opened;
    } catch (NoSuchFileException e) {
      DataException failure =
          DataException.at(
              file.toString(), "record file", "a file", "nothing of that name", "check the path");
      failure.initCause(e);
      throw failure;
    } catch (IOException e) {
      throw failed(file, e);
    } finally {
      if (channel != null) {
        closeQuietly(channel);
      }
      if (steady != null) {
        closeQuietly(steady);
      }
    }
  }

  Path file() {
    return file;
  }

  RecordHeader header() {
    return header;
  }

  RecordDescription description() {
    return description;
  }

  /**
   * Fills the rest of a buffer from a place of the file.
   *
   * @throws DataException if the file ends before or cannot be read
   */
  void read(ByteBuffer to, long at) {
    long place = at;
    try {
      while (to.hasRemaining()) {
        int count = channel.read(to, place);
        if (count < 0) {
          throw cut(channel.size());
        }
        place += count;
      }
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /**
   * The same for a caller's thread, which may be interrupted; one at a time.
   *
   * @throws DataException if the file ends before or cannot be read
   */
  synchronized void readSteadily(ByteBuffer to, long at) {
    try {
      steady.seek(at);
      while (to.hasRemaining()) {
        int count = steady.read(chunk, 0, Math.min(chunk.length, to.remaining()));
        if (count < 0) {
          throw cut(steady.length());
        }
        to.put(chunk, 0, count);
      }
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  private DataException cut(long length) {
    return DataException.at(
        file.toString(),
        "file length",
        header.fileBytes() + " bytes, as when it was opened",
        length + " bytes, it was cut meanwhile",
        RecordHeader.REMEDY);
  }

  static DataException failed(Path file, IOException e) {
    DataException failure =
        DataException.at(
            file.toString(),
            "reading",
            "a readable record file",
            FailureReason.of(e),
            "check the file and its disk");
    failure.initCause(e);
    return failure;
  }

  @Override
  public void close() {
    closeQuietly(channel);
    closeQuietly(steady);
  }

  private static void closeQuietly(Closeable open) {
    try {
      open.close();
    } catch (IOException e) {
      // A file only read loses nothing by it, but it may hint at a broken disk.
      throw new UncheckedIOException(e);
    }
  }
}
