package org.panagrad.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OneLineTest {
  @Test
  void escapesWhatWouldBreakTheLineOrTheTerminal() {
    assertEquals(
        "a\\u000ab\\u001b[2J\\u2028\\u202e\\ud800", OneLine.of("a\nb\033[2J\u2028\u202e\ud800"));
    assertEquals("文 😀", OneLine.of("文 😀"));
  }

  @Test
  void quotesAndCuts() {
    assertEquals("\"fc1\"", OneLine.quote("fc1"));
    assertEquals('"' + "x".repeat(60) + "\"...", OneLine.quote("x".repeat(61)));
  }

  @Test
  void aFormatExceptionIsOneLine() {
    FormatException exception =
        new FormatException(Path.of("m\n.bin"), "tensor \"\r\"", "1", "2", "write it again");
    assertEquals(
        "m\\u000a.bin: tensor \"\\u000d\": expected 1, found 2; write it again",
        exception.getMessage());
    assertEquals("m\n.bin", exception.file());
  }
}
