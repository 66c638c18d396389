package org.panagrad.openblas;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The digests of the native libraries that this build was made with, so that they need not be
 * inflated out of the jar and digested again at every start.
 *
 * @param digests SHA-256 by CRC-32, size and name, in the words of the table
 */
record KnownLibraries(Map<String, String> digests) {
  private static final String TABLE = "natives.txt";

  static KnownLibraries read() throws IOException {
    Map<String, String> digests = new HashMap<>();
    try (InputStream table = KnownLibraries.class.getResourceAsStream(TABLE);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(Objects.requireNonNull(table, TABLE), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          int blank = line.indexOf(' ');
          digests.put(line.substring(blank + 1), line.substring(0, blank));
        }
      }
    }
    return new KnownLibraries(Map.copyOf(digests));
  }

  /** The digest of a jar's entry, if it is one of these; another version of OpenBLAS is not. */
  Optional<String> digest(NativePlatform platform, String library, long crc, long bytes) {
    return Optional.ofNullable(
        digests.get(crc + " " + bytes + " " + platform.name() + "/" + library));
  }
}
