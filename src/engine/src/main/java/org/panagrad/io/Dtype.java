package org.panagrad.io;

/** The element types a safetensors file may hold, by the names its header uses. */
public enum Dtype {
  /** True or false in one byte. */
  BOOL(8),
  /** 4-bit float, two to a byte. */
  F4(4),
  /** 6-bit float with 2 exponent bits, packed. */
  F6_E2M3(6),
  /** 6-bit float with 3 exponent bits, packed. */
  F6_E3M2(6),
  /** Unsigned byte. */
  U8(8),
  /** Signed byte. */
  I8(8),
  /** 8-bit float with 5 exponent bits. */
  F8_E5M2(8),
  /** 8-bit float with 4 exponent bits. */
  F8_E4M3(8),
  /** 8-bit power of two, the scale of a block. */
  F8_E8M0(8),
  /** 8-bit float with 4 exponent bits and no negative zero. */
  F8_E4M3FNUZ(8),
  /** 8-bit float with 5 exponent bits and no negative zero. */
  F8_E5M2FNUZ(8),
  /** Signed 16-bit integer. */
  I16(16),
  /** Unsigned 16-bit integer. */
  U16(16),
  /** IEEE 754 half precision. */
  F16(16),
  /** The upper half of a single-precision number. */
  BF16(16),
  /** Signed 32-bit integer. */
  I32(32),
  /** Unsigned 32-bit integer. */
  U32(32),
  /** IEEE 754 single precision. */
  F32(32),
  /** Two single-precision numbers, real and imaginary. */
  C64(64),
  /** IEEE 754 double precision. */
  F64(64),
  /** Signed 64-bit integer. */
  I64(64),
  /** Unsigned 64-bit integer. */
  U64(64);

  private final int bits;

  Dtype(int bits) {
    this.bits = bits;
  }

  /** The size of one element in bits. */
  public int bits() {
    return bits;
  }
}
