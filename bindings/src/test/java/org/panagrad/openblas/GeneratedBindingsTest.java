package org.panagrad.openblas;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GeneratedBindingsTest {
  private static final Path GENERATED = Path.of("src/main/java/org/panagrad/openblas/cblas");
  private static final Path INCLUDES = Path.of("jextract.includes");
  private static final Path CHECKSUMS = Path.of("jextract.sha256");

  @Test
  void generatedSourceIsWhatTheScriptWrote() throws IOException {
    TreeMap<String, String> expected = new TreeMap<>();
    for (String line : Files.readAllLines(CHECKSUMS)) {
      List<String> digestAndFile = List.of(line.split("  ", 2));
      expected.put(digestAndFile.getLast(), digestAndFile.getFirst());
    }
    TreeMap<String, String> found = new TreeMap<>();
    try (Stream<Path> generated = Files.list(GENERATED)) {
      for (Path file : Stream.concat(Stream.of(INCLUDES), generated).toList()) {
        try (InputStream content = Files.newInputStream(file)) {
          found.put(file.toString().replace('\\', '/'), Sha256.of(content));
        }
      }
    }
    assertEquals(
        expected,
        found,
        "the generated bindings or jextract.includes were changed by hand: run"
            + " scripts/generate-bindings, which also writes bindings/jextract.sha256, and commit"
            + " all of it");
  }
}
