package org.panagrad.openblas;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * Looks at an ELF file before the dynamic linker does: a truncated library would not be refused by
 * it but kill the JVM, with a bus error at the first page that is not there.
 */
final class ElfHeader {
  private static final int MAGIC = 0x7f454c46;
  private static final int CLASS_64 = 2;
  private static final int TYPE_SHARED = 3;
  private static final int MACHINE_X86_64 = 62;
  private static final int MACHINE_AARCH64 = 183;
  private static final int PROGRAM_HEADER_BYTES = 56;
  private static final int SEGMENT_LOAD = 1;

  private ElfHeader() {}

  static void check(Path file) {
    if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux")) {
      return;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      check(channel);
    } catch (EOFException tooShort) {
      throw new CblasLoadException("it is no shared library, or a truncated one", tooShort);
    } catch (IOException unreadable) {
      throw new CblasLoadException("it cannot be read: " + unreadable, unreadable);
    }
  }

  private static void check(FileChannel channel) throws IOException {
    ByteBuffer header = read(channel, 0, 64);
    if (header.order(ByteOrder.BIG_ENDIAN).getInt(0) != MAGIC) {
      throw new CblasLoadException("it is no shared library: it does not start as an ELF file");
    }
    header.order(ByteOrder.LITTLE_ENDIAN);
    int machine = Short.toUnsignedInt(header.getShort(18));
    if (header.get(4) != CLASS_64 || machine != expectedMachine()) {
      throw new CblasLoadException(
          "it is for another processor: ELF machine "
              + machine
              + ", expected "
              + expectedMachine()
              + " ("
              + System.getProperty("os.arch")
              + ")");
    }
    if (header.getShort(16) != TYPE_SHARED) {
      throw new CblasLoadException("it is an ELF file but no shared library");
    }
    long start = header.getLong(32);
    int entryBytes = Short.toUnsignedInt(header.getShort(54));
    int count = Short.toUnsignedInt(header.getShort(56));
    if (start < 0 || entryBytes != PROGRAM_HEADER_BYTES || count == 0) {
      throw new CblasLoadException("it has a damaged ELF header");
    }
    ByteBuffer segments = read(channel, start, count * entryBytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int entry = 0; entry < count * entryBytes; entry += entryBytes) {
      long offset = segments.getLong(entry + 8);
      long bytes = segments.getLong(entry + 32);
      if (segments.getInt(entry) == SEGMENT_LOAD
          && (offset < 0 || bytes < 0 || offset > channel.size() - bytes)) {
        throw new CblasLoadException(
            "it is truncated: it has " + channel.size() + " bytes and its header tells of more");
      }
    }
  }

  private static int expectedMachine() {
    return System.getProperty("os.arch").equals("aarch64") ? MACHINE_AARCH64 : MACHINE_X86_64;
  }

  private static ByteBuffer read(FileChannel channel, long offset, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new EOFException();
      }
    }
    return buffer;
  }
}
