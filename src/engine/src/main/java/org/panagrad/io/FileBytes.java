package org.panagrad.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.panagrad.file.FailureReason;
import org.panagrad.file.FormatException;
import org.panagrad.file.OneLine;

/**
 * Positional reads of a file into native memory.
 *
 * <p>A file that another process cuts short under a mapping turns loads from the mapping into
 * faults: {@code InternalError} in Java code, a dead process in native code. A read through the
 * channel only comes back short. So whatever is copied out of a file comes this way.
 */
final class FileBytes {
  // A byte buffer counts in ints; one gibibyte at a time costs nothing against the copy itself.
  private static final long CHUNK = 1L << 30;

  private FileBytes() {}

  /**
   * Fills the segment from the file, starting at a byte position.
   *
   * @throws FormatException when the file ends before that
   * @throws IOException with one line when the read fails
   */
  static void read(Path file, FileChannel channel, long position, MemorySegment destination)
      throws IOException {
    long size = destination.byteSize();
    long done = 0;
    while (done < size) {
      ByteBuffer buffer = destination.asSlice(done, Math.min(CHUNK, size - done)).asByteBuffer();
      int count;
      try {
        count = channel.read(buffer, position + done);
      } catch (IOException failure) {
        throw cannotRead(file, failure);
      }
      if (count < 0) {
        throw new FormatException(
            file,
            "bytes " + position + " to " + (position + size),
            (size - done) + " more bytes",
            "the end of the file at " + (position + done),
            "the file was cut short, perhaps while in use; write it again");
      }
      done += count;
    }
  }

  static IOException cannotRead(Path file, IOException failure) {
    return new IOException(
        OneLine.of("cannot read " + file + ": " + FailureReason.of(failure) + "; check the path"),
        failure);
  }
}
