package org.panagrad.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * What a gzip file holds: one member or several, one after the other, as from {@code bgzip} or from
 * files put together; then nothing, or zeros.
 *
 * <p>Java's own stream takes whatever is no header behind a member for the end of the file, so that
 * a damaged or cut one is read as a shorter one. Here it is an error. Source: RFC 1952.
 */
public final class GzipInput extends InputStream {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int FIRST = 0x1F;
  private static final int SECOND = 0x8B;
  private static final int DEFLATE = 8;

  private static final int HEADER_CHECKSUM = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int RESERVED = 0xE0;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32(); // of a header, or of a member's data
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int next; // in the buffer
  private int filled;
  private long before; // bytes of the file before the buffer
  private boolean ended;

  /**
   * Reads the first header.
   *
   * @param in the packed bytes, closed with this
   * @throws EOFException if they end within the header
   * @throws ZipException if they are no gzip data
   * @throws IOException if they cannot be read
   */
  @SuppressWarnings("this-escape") // the class is final
  public GzipInput(InputStream in) throws IOException {
    this.in = in;
    boolean open = false;
    try {
      readHeader(fileByte());
      open = true;
    } finally {
      if (!open) {
        inflater.end();
      }
    }
  }

  /** Whether bytes that begin so are to be read as gzip. */
  public static boolean isGzip(byte[] start) {
    return start.length > 1 && start[0] == (byte) FIRST && start[1] == (byte) SECOND;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  /**
   * Reads what is unpacked.
   *
   * @throws EOFException if the file is cut short
   * @throws ZipException if it is damaged
   */
  @Override
  public int read(byte[] to, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, to.length);
    if (length == 0) {
      return 0;
    }
    while (!ended) {
      int count = inflate(to, from, length);
      if (count > 0) {
        checksum.update(to, from, count);
        return count;
      }
      if (inflater.finished()) {
        next = filled - inflater.getRemaining();
        readTrailer();
        beginMemberOrEnd();
      } else if (inflater.needsDictionary()) {
        throw new ZipException("a dictionary is asked for");
      } else {
        if (next == filled && !fill()) {
          throw cut();
        }
        inflater.setInput(buffer, next, filled - next);
        next = filled;
      }
    }
    return -1;
  }

  private int inflate(byte[] to, int from, int length) throws ZipException {
    try {
      return inflater.inflate(to, from, length);
    } catch (DataFormatException e) {
      ZipException damaged =
          new ZipException(e.getMessage() == null ? "invalid deflate data" : e.getMessage());
      damaged.initCause(e);
      throw damaged;
    }
  }

  private void readTrailer() throws IOException {
    long stored = fourBytes();
    if (stored != checksum.getValue()) {
      throw new ZipException("the data does not match its checksum");
    }
    if (fourBytes() != (inflater.getBytesWritten() & 0xFFFF_FFFFL)) {
      throw new ZipException("the data is not as long as it should be");
    }
  }

  private void beginMemberOrEnd() throws IOException {
    long at = before + next;
    int start = fileByteOrEnd();
    if (start == FIRST) {
      readHeader(start);
      return;
    }
    // Tapes and disk images are filled up with zeros.
    while (start == 0) {
      start = fileByteOrEnd();
    }
    if (start >= 0) {
      throw noMember(at);
    }
    ended = true;
  }

  private void readHeader(int start) throws IOException {
    long at = before + next - 1;
    checksum.reset();
    checksum.update(start);
    if (start != FIRST || headerByte() != SECOND || headerByte() != DEFLATE) {
      throw noMember(at);
    }
    int flags = headerByte();
    if ((flags & RESERVED) != 0) {
      throw noMember(at);
    }
    skipHeader(6); // time, level, system
    if ((flags & EXTRA) != 0) {
      int low = headerByte();
      skipHeader(low | headerByte() << 8);
    }
    for (int text : new int[] {NAME, COMMENT}) {
      int character = (flags & text) == 0 ? 0 : headerByte();
      while (character != 0) {
        character = headerByte();
      }
    }
    if ((flags & HEADER_CHECKSUM) != 0) {
      long expected = checksum.getValue() & 0xFFFF;
      int low = headerByte();
      if ((low | headerByte() << 8) != expected) {
        throw new ZipException("the header does not match its checksum");
      }
    }
    checksum.reset();
    inflater.reset();
  }

  private static ZipException noMember(long at) {
    return new ZipException("no gzip header at byte " + at);
  }

  private void skipHeader(int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      headerByte();
    }
  }

  private int headerByte() throws IOException {
    int read = fileByte();
    checksum.update(read);
    return read;
  }

  private long fourBytes() throws IOException {
    long value = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      value |= (long) fileByte() << shift;
    }
    return value;
  }

  private int fileByte() throws IOException {
    int read = fileByteOrEnd();
    if (read < 0) {
      throw cut();
    }
    return read;
  }

  private int fileByteOrEnd() throws IOException {
    return next < filled || fill() ? buffer[next++] & 0xFF : -1;
  }

  private boolean fill() throws IOException {
    before += filled;
    next = 0;
    filled = Math.max(0, in.read(buffer, 0, buffer.length));
    return filled > 0;
  }

  private static EOFException cut() {
    return new EOFException("the gzip data is cut short");
  }

  @Override
  public void close() throws IOException {
    ended = true;
    inflater.end();
    in.close();
  }
}
