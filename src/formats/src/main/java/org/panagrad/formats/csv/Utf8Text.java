package org.panagrad.formats.csv;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;

/**
 * Text of UTF-8 bytes, strictly, with or without a byte order mark.
 *
 * <p>It fails exactly where something is wrong, when all that comes before has been handed out: so
 * whoever reads it knows the place.
 */
final class Utf8Text extends Reader {
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final String AS_UTF8 = "save it as UTF-8";

  private final InputStream in;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER_BYTES).flip();
  private final CharBuffer text = CharBuffer.allocate(BUFFER_BYTES).flip();
  private boolean started;
  private boolean ended;
  private long line = 1;
  private boolean afterReturn;

  Utf8Text(InputStream in) {
    this.in = in;
  }

  /** The line of what is read next, from 1. */
  long line() {
    return line;
  }

  @Override
  public int read(char[] to, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, to.length);
    if (length == 0) {
      return 0;
    }
    if (!text.hasRemaining() && !decode()) {
      return -1;
    }
    int count = 0;
    while (count < length && text.hasRemaining()) {
      char c = text.get(text.position());
      if (c == 0) {
        if (count > 0) {
          break;
        }
        throw new BadText(
            "text", "a NUL character", "get the file again: it is damaged, or no text");
      }
      text.get();
      countLine(c);
      to[from + count++] = c;
    }
    return count;
  }

  private void countLine(char c) {
    if (c == '\r' || (c == '\n' && !afterReturn)) {
      line++;
    }
    afterReturn = c == '\r';
  }

  /** Fills the text; false at the end. */
  private boolean decode() throws IOException {
    text.clear();
    if (!started) {
      start();
    }
    while (true) {
      CoderResult result = decoder.decode(bytes, text, ended);
      if (text.position() > 0) {
        // What is wrong after that shows again at the next call.
        break;
      }
      if (result.isError()) {
        throw new BadText(
            "text in UTF-8",
            String.format(
                Locale.ROOT, "the byte 0x%02X in another encoding", bytes.get(bytes.position())),
            AS_UTF8);
      }
      if (ended) {
        text.flip();
        return false;
      }
      fill();
    }
    text.flip();
    return true;
  }

  private void start() throws IOException {
    started = true;
    int longestMark = 3;
    while (!ended && bytes.remaining() < longestMark) {
      fill();
    }
    int first = byteAt(0) << 8 | byteAt(1);
    if (first == 0xFFFE || first == 0xFEFF) {
      throw new BadText("text in UTF-8", "the mark of UTF-16 at the start", AS_UTF8);
    }
    if (first == 0xEFBB && byteAt(2) == 0xBF) {
      bytes.position(longestMark);
    }
  }

  private int byteAt(int i) {
    return i < bytes.remaining() ? bytes.get(bytes.position() + i) & 0xFF : 0;
  }

  private void fill() throws IOException {
    bytes.compact();
    try {
      int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
      if (count < 0) {
        ended = true;
      } else {
        bytes.position(bytes.position() + count);
      }
    } finally {
      bytes.flip();
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
