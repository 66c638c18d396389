package org.panagrad.formats.parquet;

import dev.hardwood.InputFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * The file as hardwood asks for it, read and not mapped: threads of hardwood's may go on for a
 * moment after an error, and where a file that is mapped becomes shorter the process dies.
 */
final class ParquetInput implements InputFile {
  private final FileChannel channel;
  private final String name;

  private ParquetInput(FileChannel channel, String name) {
    this.channel = channel;
    this.name = name;
  }

  static ParquetInput open(Path file) throws IOException {
    return new ParquetInput(FileChannel.open(file), String.valueOf(file.getFileName()));
  }

  FileChannel channel() {
    return channel;
  }

  /** It is open from the start. */
  @Override
  public void open() {}

  @Override
  public ByteBuffer readRange(long offset, int length) throws IOException {
    if (offset < 0 || length < 0 || offset > channel.size() - length) {
      throw new IOException("bytes " + offset + " and " + length + " more, beyond the file");
    }
    return ParquetFooter.read(channel, offset, length);
  }

  @Override
  public long length() throws IOException {
    return channel.size();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
