package org.panagrad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A run of the command in this JVM. */
public record Run(int status, String out, String err) {
  private static final Map<String, String> SMALL =
      Map.of("--hidden", "16", "--batch-size", "20", "--epochs", "2");

  public static Run of(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        Main.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(Arrays.stream(args).map(String::valueOf).toArray(String[]::new));
    return new Run(status, out.toString(), err.toString());
  }

  /** A training of a small network, unless the options say otherwise. */
  public static Run train(Object... args) {
    List<Object> all = new ArrayList<>(List.of("train"));
    SMALL.forEach(
        (option, value) -> {
          if (!Arrays.asList(args).contains(option)) {
            all.add(option);
            all.add(value);
          }
        });
    all.addAll(Arrays.asList(args));
    return of(all.toArray());
  }

  public Run succeeds() {
    assertEquals("", err);
    assertEquals(0, status, out);
    return this;
  }

  /** Failed while running, with this in the one line that says so. */
  public void fails(String message) {
    assertEquals(1, status, out + err);
    assertOneLine(message);
    assertEquals(1, err.lines().count(), err);
  }

  /** Was used wrongly: a line that says so, and one that names the help. */
  public void isMisused(String message) {
    assertEquals(2, status, out + err);
    assertOneLine(message);
    assertEquals(2, err.lines().count(), err);
  }

  private void assertOneLine(String message) {
    String line = err.lines().findFirst().orElse("");
    assertTrue(line.startsWith("panagrad: "), err);
    assertTrue(line.contains(message), () -> "expected '" + message + "' in: " + err);
  }
}
