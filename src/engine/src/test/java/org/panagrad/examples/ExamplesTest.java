package org.panagrad.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The examples of README and tutorial run, print what the tutorial says, and stand there as they
 * are.
 */
class ExamplesTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final Path SOURCES = Path.of("src/test/java/org/panagrad/examples");

  @Test
  void theReadmesExampleTrainsSavesAndPredicts(@TempDir Path folder) throws IOException {
    assertTrue(TenLines.run(folder.resolve("digits.safetensors")) > 0.9);
  }

  @Test
  void oneLayerFindsTheLine() throws IOException {
    String printed = OneLayer.run();
    // J = (1 + 9 + 25) / 6, dJ/dw = -(3 + 10) / 3, dJ/db = -9 / 3, and a step of 0.1 against them.
    assertEquals(
        List.of(
            "step 1  J 5.8333  dJ/dw -4.3333  dJ/db -3.0000  then w 0.4333  b 0.3000",
            "step 2  J 3.3870  dJ/dw -3.3111  dJ/db -2.2667  then w 0.7644  b 0.5267",
            "step 3  J 1.9690  dJ/dw -2.5326  dJ/db -1.7089  then w 1.0177  b 0.6976",
            "after 1000 steps  w 2.0000  b 1.0000"),
        printed.lines().toList());
    assertStandsIn("docs/tutorial.md", printed);
  }

  @Test
  void backpropagationGivesTheGradientsWorkedOutByHand() throws IOException {
    String printed = Backpropagation.run();
    assertEquals(
        List.of(
            "J 0.192609",
            "fc1.weight  -0.034341 -0.068682  0.016539  0.033078",
            "fc1.bias    -0.034341  0.016539",
            "fc2.weight  -0.055170 -0.127116",
            "fc2.bias    -0.146129"),
        printed.lines().toList());
    assertStandsIn("docs/tutorial.md", printed);
  }

  @ParameterizedTest
  @CsvSource({
    "OneLayer.java, tutorial: one layer, docs/tutorial.md",
    "Backpropagation.java, tutorial: backpropagation, docs/tutorial.md"
  })
  void theDocumentShowsTheCodeThatRuns(String source, String marker, String document)
      throws IOException {
    assertStandsIn(document, code(source, marker, 4));
  }

  /** The README shows it as a whole source file, with a file name in place of the parameter. */
  @Test
  void theReadmeShowsTheCodeThatRuns() throws IOException {
    String imports =
        Files.readAllLines(SOURCES.resolve("TenLines.java")).stream()
            .dropWhile(line -> !line.startsWith("import "))
            .takeWhile(line -> line.isEmpty() || line.startsWith("import "))
            .collect(Collectors.joining("\n"));
    assertStandsIn(
        "README.md",
        "```java\n"
            + imports
            + """

            void main() throws IOException {
              Path file = Path.of("digits.safetensors");
            """
            + code("TenLines.java", "readme: library", 2)
            + "\n}\n```");
  }

  /** The lines behind a marker, less some of their indentation. */
  private static String code(String source, String marker, int indentation) throws IOException {
    List<String> lines = Files.readAllLines(SOURCES.resolve(source));
    int from = lines.indexOf("    // " + marker) + 1;
    int to = lines.indexOf("    // end");
    assertTrue(from > 0 && to > from, source + " has the marker " + marker);
    return lines.subList(from, to).stream()
        .map(line -> line.substring(Math.min(indentation, line.length())))
        .collect(Collectors.joining("\n"));
  }

  private static void assertStandsIn(String document, String text) throws IOException {
    String found = Files.readString(ROOT.resolve(document));
    assertTrue(
        found.contains(text.strip()),
        document + " is expected to show, letter for letter:\n" + text);
  }
}
