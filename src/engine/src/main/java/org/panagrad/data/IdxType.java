package org.panagrad.data;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The element types of the IDX format, by their code in the third byte of a file. */
enum IdxType {
  UBYTE(0x08, 1, "unsigned bytes"),
  BYTE(0x09, 1, "signed bytes"),
  SHORT(0x0B, 2, "16-bit integers"),
  INT(0x0C, 4, "32-bit integers"),
  FLOAT(0x0D, 4, "32-bit floats"),
  DOUBLE(0x0E, 8, "64-bit floats");

  final int code;
  final int bytes;
  final String words;

  IdxType(int code, int bytes, String words) {
    this.code = code;
    this.bytes = bytes;
    this.words = words;
  }

  static @Nullable IdxType of(int code) {
    for (IdxType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    return null;
  }

  boolean isInteger() {
    return this != FLOAT && this != DOUBLE;
  }

  /** The next element of a big-endian buffer. */
  double read(ByteBuffer from) {
    return switch (this) {
      case UBYTE -> from.get() & 0xFF;
      case BYTE -> from.get();
      case SHORT -> from.getShort();
      case INT -> from.getInt();
      case FLOAT -> from.getFloat();
      case DOUBLE -> from.getDouble();
    };
  }
}
