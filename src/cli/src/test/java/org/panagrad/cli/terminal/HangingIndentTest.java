package org.panagrad.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HangingIndentTest {
  private static final String HEAD =
      """
      data      mnist, 60,000 rows and 10,000 to test, 784 features, 10 classes
      network   784-64-10, 50,890 parameters, 1.5 MiB native memory
                2 threads, 2 partitions\
      """;

  @Test
  void whatFitsStaysAsItIs() {
    assertEquals(HEAD, HangingIndent.fit(HEAD, 74));
    assertEquals("", HangingIndent.fit("", 80));
  }

  @Test
  void whatGoesOnStandsBelowWhatItBelongsTo() {
    assertEquals(
        """
        data      mnist, 60,000 rows and
                  10,000 to test, 784
                  features, 10 classes
        network   784-64-10, 50,890
                  parameters, 1.5 MiB
                  native memory
                  2 threads, 2 partitions\
        """,
        HangingIndent.fit(HEAD, 34));
    assertEquals(
        "test accuracy 95.03 %, loss 0.1699;\ntrained for 12.0 s",
        HangingIndent.fit("test accuracy 95.03 %, loss 0.1699; trained for 12.0 s", 40));
  }

  /** The last column stays free, and no word is lost, however narrow it gets. */
  @Test
  void wordsStayWholeInAnyWidth() {
    String word = "/a/folder/whose/name/is/longer/than/a/line.csv";
    String line = "data      " + word + ", 3,342 rows and 835 to compare on";
    for (int columns = 2; columns < 100; columns++) {
      String fitted = HangingIndent.fit(line, columns);
      assertEquals(line.replaceAll("\\s+", " "), fitted.replaceAll("\\s+", " "), "" + columns);
      for (String each : fitted.lines().toList()) {
        // Behind a label, if there is one, a single word.
        boolean single = !each.strip().replaceFirst("^\\S+ {2,}", "").contains(" ");
        assertTrue(each.length() < columns || single, columns + ": " + fitted);
      }
    }
  }
}
