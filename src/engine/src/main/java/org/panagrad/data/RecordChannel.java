package org.panagrad.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.panagrad.file.FailureReason;

/**
 * A record file open for reading, its header and description checked. Reads are positional: a file
 * that has shrunk meanwhile is an error here, where a mapped page would be a fault.
 */
final class RecordChannel implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final RecordHeader header;
  private final RecordDescription description;

  private RecordChannel(
      Path file, FileChannel channel, RecordHeader header, RecordDescription description) {
    this.file = file;
    this.channel = channel;
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
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw DataException.at(
            file.toString(), "record file", "a file", "a directory or device", "check the path");
      }
      channel = FileChannel.open(file, StandardOpenOption.READ);
      RecordHeader header = RecordHeader.read(file, channel);
      ByteBuffer text = ByteBuffer.allocate(header.descriptionBytes());
      RecordChannel opened =
          new RecordChannel(file, channel, header, new RecordDescription("", List.of()));
      opened.read(text, header.descriptionAt());
      RecordDescription description = RecordDescription.decode(file, header, text.array());
      opened = new RecordChannel(file, channel, header, description);
      channel = null;
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
    }
  }

  Path file() {
    return file;
  }

  FileChannel channel() {
    return channel;
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
          throw DataException.at(
              file.toString(),
              "file length",
              header.fileBytes() + " bytes, as when it was opened",
              channel.size() + " bytes, it was cut meanwhile",
              RecordHeader.REMEDY);
        }
        place += count;
      }
    } catch (IOException e) {
      throw failed(file, e);
    }
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
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // A file only read loses nothing by it, but it may hint at a broken disk.
      throw new UncheckedIOException(e);
    }
  }
}
