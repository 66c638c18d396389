package org.panagrad.formats.npy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.DataException;
import org.panagrad.file.OneLine;

/**
 * The header of an array in NPY format, versions 1 to 3. Source: NEP 1, "A simple file format for
 * NumPy arrays", and {@code numpy.lib.format}.
 *
 * @param fortranOrder whether the first index runs fastest
 * @param bytes of the header: where the elements begin
 */
record NpyHeader(NpyType type, boolean fortranOrder, List<Long> shape, int bytes) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MOST_HEADER_BYTES = 1 << 20;
  private static final int MOST_DIMENSIONS = 32;
  static final String REMEDY = "save the array again with numpy.save";

  /**
   * Reads a header; the stream then stands at the first element.
   *
   * @param where what messages call the array
   * @throws DataException if there is none, or of an array that cannot be read
   */
  static NpyHeader read(String where, InputStream in) throws IOException {
    byte[] start = in.readNBytes(8);
    for (int i = 0; i < MAGIC.length; i++) {
      if (i >= start.length || start[i] != MAGIC[i]) {
        throw wrong(
            where, "not an NPY array", "a start of \\x93NUMPY", "another", "check the file");
      }
    }
    int version = start.length < 8 ? 0 : start[6];
    if (version < 1 || version > 3 || start[7] != 0) {
      throw wrong(
          where,
          "version of the NPY format",
          "1.0, 2.0 or 3.0",
          start.length < 8 ? "the end of the file" : start[6] + "." + start[7],
          REMEDY);
    }
    int lengthBytes = version == 1 ? 2 : 4;
    ByteBuffer length = ByteBuffer.wrap(in.readNBytes(lengthBytes)).order(ByteOrder.LITTLE_ENDIAN);
    if (length.remaining() < lengthBytes) {
      throw cut(where);
    }
    long textBytes = version == 1 ? length.getShort() & 0xFFFF : length.getInt() & 0xFFFFFFFFL;
    if (textBytes > MOST_HEADER_BYTES) {
      throw wrong(
          where, "bytes of the header", "at most " + MOST_HEADER_BYTES, textBytes + "", REMEDY);
    }
    byte[] text = in.readNBytes((int) textBytes);
    if (text.length < textBytes) {
      throw cut(where);
    }
    String header =
        new String(text, version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    return new Parser(where, header).parse(8 + lengthBytes + text.length);
  }

  private static DataException cut(String where) {
    return wrong(where, "header", "all of it", "the end of the file", REMEDY);
  }

  static DataException wrong(
      String where, String what, String expected, String found, String remedy) {
    return DataException.at(where, what, expected, found, remedy);
  }

  /** The first dimension, at least 1; a number alone is one row. */
  int rows() {
    return shape.isEmpty() ? 1 : (int) (long) shape.getFirst();
  }

  /** Elements in a row: the product of all dimensions but the first. */
  long rowElements() {
    long product = 1;
    for (int i = 1; i < shape.size(); i++) {
      product *= shape.get(i);
    }
    return product;
  }

  /** Bytes of all elements. */
  long dataBytes() {
    return rows() * rowElements() * type.bytes();
  }

  /** For example {@code (3, 4) <f4}. */
  String words() {
    StringBuilder words = new StringBuilder("(");
    for (int i = 0; i < shape.size(); i++) {
      words.append(i == 0 ? "" : ", ").append(shape.get(i));
    }
    return words.append(") ").append(type).toString();
  }

  /** Reads the literal of a Python dictionary, of which NumPy writes one form only. */
  private static final class Parser {
    private final String where;
    private final String text;
    private int at;

    Parser(String where, String text) {
      this.where = where;
      this.text = text;
    }

    NpyHeader parse(int bytes) {
      String descr = null;
      Boolean fortran = null;
      List<Long> shape = null;
      take('{');
      while (!skip('}')) {
        String key = string();
        take(':');
        switch (key) {
          case "descr" -> descr = descr();
          case "fortran_order" -> fortran = truth();
          case "shape" -> shape = tuple();
          default -> throw fail("one of descr, fortran_order, shape", OneLine.quote(key));
        }
        if (!skip(',')) {
          take('}');
          break;
        }
      }
      blanks();
      if (at < text.length()) {
        throw fail("the end", OneLine.quote(text.substring(at)));
      }
      if (descr == null || fortran == null || shape == null) {
        throw fail("descr, fortran_order and shape", "fewer");
      }
      NpyType type = NpyType.of(descr);
      if (type == null) {
        throw wrong(
            where,
            "type of the elements",
            NpyType.KNOWN,
            OneLine.quote(descr),
            "convert the array, for example with astype('float32')");
      }
      requireSize(shape);
      return new NpyHeader(type, fortran, List.copyOf(shape), bytes);
    }

    private void requireSize(List<Long> shape) {
      if (shape.size() > MOST_DIMENSIONS) {
        throw fail("at most " + MOST_DIMENSIONS + " dimensions", shape.size() + "");
      }
      long product = 8;
      for (int i = 0; i < shape.size(); i++) {
        long size = shape.get(i);
        if (size < 1 || (i == 0 && size > Integer.MAX_VALUE)) {
          throw wrong(
              where,
              "size of dimension " + (i + 1) + " of " + shape.size(),
              "1 to " + Integer.MAX_VALUE,
              size + "",
              "check the array");
        }
        if (product > (1L << 60) / size) {
          throw wrong(where, "elements", "fewer than 2^57", "more", REMEDY);
        }
        product *= size;
      }
    }

    private String descr() {
      blanks();
      if (at < text.length() && text.charAt(at) == '[') {
        throw wrong(
            where,
            "type of the elements",
            NpyType.KNOWN,
            "records of several fields",
            "save the fields as columns of one array of numbers");
      }
      return string();
    }

    private String string() {
      blanks();
      char quote = at < text.length() ? text.charAt(at) : ' ';
      if (quote != '\'' && quote != '"') {
        throw fail("a text in quotes", rest());
      }
      int end = text.indexOf(quote, at + 1);
      if (end < 0) {
        throw fail("the end of a text", rest());
      }
      String value = text.substring(at + 1, end);
      at = end + 1;
      return value;
    }

    private boolean truth() {
      blanks();
      for (boolean value : new boolean[] {true, false}) {
        String word = value ? "True" : "False";
        if (text.startsWith(word, at)) {
          at += word.length();
          return value;
        }
      }
      throw fail("True or False", rest());
    }

    private List<Long> tuple() {
      List<Long> sizes = new ArrayList<>();
      take('(');
      while (!skip(')')) {
        sizes.add(number());
        if (!skip(',')) {
          take(')');
          break;
        }
      }
      return sizes;
    }

    private long number() {
      blanks();
      int end = at;
      while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
        end++;
      }
      // NumPy for Python 2 wrote sizes as long integers.
      String digits = text.substring(at, end);
      if (digits.isEmpty() || digits.length() > 18) {
        throw fail("a whole number below 10^18", rest());
      }
      at = end < text.length() && text.charAt(end) == 'L' ? end + 1 : end;
      return Long.parseLong(digits);
    }

    private void take(char c) {
      if (!skip(c)) {
        throw fail("'" + c + "'", rest());
      }
    }

    private boolean skip(char c) {
      blanks();
      if (at < text.length() && text.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    private void blanks() {
      while (at < text.length() && " \n\t\r".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    private String rest() {
      return at < text.length() ? OneLine.quote(text.substring(at)) : "the end";
    }

    private DataException fail(String expected, @Nullable String found) {
      return wrong(where, "header", expected, String.valueOf(found), REMEDY);
    }
  }
}
