package org.panagrad.formats.npy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The type of an array's elements.
 *
 * @param kind NumPy's letter: b for booleans, i and u for integers, f for floats
 * @param bytes of an element
 * @param order of those bytes
 */
record NpyType(char kind, int bytes, ByteOrder order) {
  /** What can be read, for messages. */
  static final String KNOWN = "one of b1, i1, i2, i4, i8, u1, u2, u4, u8, f2, f4, f8";

  /** The type of a description such as {@code <f4}, or null if it is none of these. */
  static @Nullable NpyType of(String descr) {
    if (descr.length() != 3) {
      return null;
    }
    char kind = descr.charAt(1);
    int bytes = descr.charAt(2) - '0';
    boolean known =
        switch (kind) {
          case 'b' -> bytes == 1;
          case 'i', 'u' -> bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
          case 'f' -> bytes == 2 || bytes == 4 || bytes == 8;
          default -> false;
        };
    if (!known) {
      return null;
    }
    return switch (descr.charAt(0)) {
      case '<' -> new NpyType(kind, bytes, ByteOrder.LITTLE_ENDIAN);
      case '>' -> new NpyType(kind, bytes, ByteOrder.BIG_ENDIAN);
      case '=' -> new NpyType(kind, bytes, ByteOrder.nativeOrder());
      // One byte has no order.
      case '|' -> bytes == 1 ? new NpyType(kind, bytes, ByteOrder.LITTLE_ENDIAN) : null;
      default -> null;
    };
  }

  boolean isInteger() {
    return kind != 'f';
  }

  boolean isUnsignedByte() {
    return kind == 'u' && bytes == 1;
  }

  /**
   * An element.
   *
   * @param from in this type's byte order
   */
  double get(ByteBuffer from, int at) {
    return switch (kind) {
      case 'b' -> from.get(at) == 0 ? 0 : 1;
      case 'f' ->
          switch (bytes) {
            case 2 -> Float.float16ToFloat(from.getShort(at));
            case 4 -> from.getFloat(at);
            default -> from.getDouble(at);
          };
      case 'u' ->
          switch (bytes) {
            case 1 -> from.get(at) & 0xFF;
            case 2 -> from.getShort(at) & 0xFFFF;
            case 4 -> from.getInt(at) & 0xFFFFFFFFL;
            default -> unsigned(from.getLong(at));
          };
      default ->
          switch (bytes) {
            case 1 -> from.get(at);
            case 2 -> from.getShort(at);
            case 4 -> from.getInt(at);
            default -> from.getLong(at);
          };
    };
  }

  private static double unsigned(long bits) {
    // Half of it, rounded to odd, so that doubling it is exact.
    return bits >= 0 ? bits : 2.0 * (double) ((bits >>> 1) | (bits & 1));
  }

  @Override
  public String toString() {
    return (bytes == 1 ? "" : order == ByteOrder.LITTLE_ENDIAN ? "<" : ">") + kind + bytes;
  }
}
