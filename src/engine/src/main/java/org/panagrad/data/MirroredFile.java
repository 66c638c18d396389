package org.panagrad.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file that several servers offer.
 *
 * @param name the last part of its address, and its name in the cache
 * @param bytes its size
 * @param sha256 its digest, in lower-case hexadecimal
 */
record MirroredFile(String name, long bytes, String sha256) {
  /** Whether this very file is in a directory. */
  boolean isIn(Path directory) throws IOException {
    Path file = directory.resolve(name);
    if (!Files.isRegularFile(file) || Files.size(file) != bytes) {
      return false;
    }
    MessageDigest digest = newDigest();
    byte[] chunk = new byte[64 * 1024];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        digest.update(chunk, 0, count);
      }
    }
    return matches(digest);
  }

  boolean matches(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest()).equals(sha256);
  }

  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
