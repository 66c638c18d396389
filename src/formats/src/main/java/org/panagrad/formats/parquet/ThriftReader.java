package org.panagrad.formats.parquet;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads structures of Thrift's compact protocol, in which Parquet describes itself. No length is
 * believed that goes beyond the bytes there are. Source: "Thrift Compact protocol encoding" of
 * Apache Thrift.
 */
final class ThriftReader {
  private static final int MOST_DEPTH = 32;

  private final ByteBuffer in;

  ThriftReader(ByteBuffer in) {
    this.in = in;
  }

  int position() {
    return in.position();
  }

  /**
   * Reads a structure. Of the fields, by number: 32-bit numbers are Integer, others Long; texts are
   * their lengths, structures Map, lists List.
   *
   * @throws EOFException if the bytes end before the structure
   * @throws IOException if it is none
   */
  Map<Integer, Object> struct() throws IOException {
    return struct(0);
  }

  private Map<Integer, Object> struct(int depth) throws IOException {
    Map<Integer, Object> fields = new HashMap<>();
    int number = 0;
    for (int head = next(); head != 0; head = next()) {
      number = head >>> 4 == 0 ? (short) zigzag() : number + (head >>> 4);
      if (fields.put(number, value(head & 15, depth)) != null) {
        throw new IOException("field " + number + " twice in a structure");
      }
    }
    return fields;
  }

  private Object value(int type, int depth) throws IOException {
    return switch (type) {
      case 1 -> true;
      case 2 -> false;
      case 3 -> (long) next();
      case 5 -> {
        long number = zigzag();
        if (number != (int) number) {
          throw new IOException(number + " in a field of 32 bits");
        }
        yield (int) number;
      }
      case 4, 6 -> zigzag();
      case 7 -> skip(Double.BYTES);
      case 8 -> skip(varint());
      case 9, 10 -> list(deeper(depth));
      case 12 -> struct(deeper(depth));
      default -> throw new IOException("a field of type " + type);
    };
  }

  private List<Object> list(int depth) throws IOException {
    int head = next();
    long size = head >>> 4 == 15 ? varint() : head >>> 4;
    int type = head & 15;
    if (type <= 2) {
      // Parquet has none where this is used, and hardwood takes their elements for no bytes at all.
      throw new IOException("a list of truth values");
    }
    requireBytes(size);
    List<Object> elements = new ArrayList<>();
    for (long i = 0; i < size; i++) {
      elements.add(value(type, depth));
    }
    return elements;
  }

  private static int deeper(int depth) throws IOException {
    if (depth == MOST_DEPTH) {
      throw new IOException("structures more than " + MOST_DEPTH + " deep");
    }
    return depth + 1;
  }

  private long skip(long bytes) throws IOException {
    requireBytes(bytes);
    in.position(in.position() + (int) bytes);
    return bytes;
  }

  private void requireBytes(long count) throws IOException {
    if (count < 0 || count > in.remaining()) {
      throw new EOFException("a length of " + count + " where " + in.remaining() + " bytes follow");
    }
  }

  private int next() throws IOException {
    requireBytes(1);
    return in.get() & 0xFF;
  }

  private long zigzag() throws IOException {
    long number = varint();
    return (number >>> 1) ^ -(number & 1);
  }

  /** Reads a number of seven bits a byte, the least first. */
  long varint() throws IOException {
    long number = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int part = next();
      number |= (long) (part & 0x7F) << shift;
      if (part < 0x80) {
        return number;
      }
    }
    throw new IOException("a number of over 64 bits");
  }
}
