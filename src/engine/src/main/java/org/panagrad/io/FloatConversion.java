package org.panagrad.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** From the little-endian floating-point types of a file to float32 in native byte order. */
enum FloatConversion {
  /** Single precision. */
  F32(Float.BYTES),
  /** Half precision. */
  F16(Short.BYTES),
  /** Upper half of single precision. */
  BF16(Short.BYTES),
  /** Double precision. */
  F64(Double.BYTES);

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int bytes;

  FloatConversion(int bytes) {
    this.bytes = bytes;
  }

  /** The conversion for a type, or null when it has none. */
  static @Nullable FloatConversion of(Dtype dtype) {
    return switch (dtype) {
      case F32 -> F32;
      case F16 -> F16;
      case BF16 -> BF16;
      case F64 -> F64;
      default -> null;
    };
  }

  /** The size of one element in the file. */
  int bytes() {
    return bytes;
  }

  /** Whether the file's bytes are those of memory. */
  boolean isPlainCopy() {
    return this == F32 && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  }

  /**
   * Converts {@code count} elements from the start of {@code from} to element {@code first} of
   * {@code to}.
   *
   * @return -1, or the index in {@code from} of the first finite number beyond float32
   */
  long convert(MemorySegment from, MemorySegment to, long first, long count) {
    for (long i = 0; i < count; i++) {
      float value =
          switch (this) {
            case F32 -> from.get(FLOAT, i * Float.BYTES);
            case F16 -> Float.float16ToFloat(from.get(SHORT, i * Short.BYTES));
            case BF16 -> Float.intBitsToFloat(from.get(SHORT, i * Short.BYTES) << 16);
            case F64 -> (float) from.get(DOUBLE, i * Double.BYTES);
          };
      if (this == F64
          && Float.isInfinite(value)
          && Double.isFinite(from.get(DOUBLE, i * Double.BYTES))) {
        return i;
      }
      to.set(ValueLayout.JAVA_FLOAT_UNALIGNED, (first + i) * Float.BYTES, value);
    }
    return -1;
  }
}
