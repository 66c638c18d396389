package org.panagrad.io;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over native memory, in pieces. */
final class DataDigest {
  /** The length of a digest. */
  static final int BYTES = 32;

  private static final long CHUNK = 1L << 30;

  private final MessageDigest sha256;

  DataDigest() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java platform has SHA-256", impossible);
    }
  }

  void update(MemorySegment bytes) {
    for (long done = 0; done < bytes.byteSize(); done += CHUNK) {
      long size = Math.min(CHUNK, bytes.byteSize() - done);
      sha256.update(bytes.asSlice(done, size).asByteBuffer());
    }
  }

  /** The digest of all so far; ends the digest. */
  byte[] bytes() {
    return sha256.digest();
  }

  /** The digest of all so far, in lower-case hexadecimal; ends the digest. */
  String hex() {
    return HexFormat.of().formatHex(sha256.digest());
  }
}
