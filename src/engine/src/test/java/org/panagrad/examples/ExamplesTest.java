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
    assertTrue(
        printed.startsWith(
            "step   1  J 5.8333  dJ/dw  -4.3333  dJ/db  -3.0000  w 0.4333  b 0.3000"),
        printed);
    assertTrue(printed.strip().endsWith("w 2.0000  b 1.0000"), printed);
    assertStandsIn("docs/tutorial.md", printed);
  }

  @Test
  void backpropagationGivesTheGradientsWorkedOutByHand() throws IOException {
    String printed = Backpropagation.run();
    assertEquals(
        List.of(
            "J 0.119071",
            "fc1.weight  -0.028654 -0.000000  0.029807  0.000000",
            "fc1.bias    -0.028654  0.029807",
            "fc2.weight  -0.075896 -0.070041",
            "fc2.bias    -0.121929"),
        printed.lines().toList());
    assertStandsIn("docs/tutorial.md", printed);
  }

  @ParameterizedTest
  @CsvSource({
    "TenLines.java, readme: library, README.md",
    "OneLayer.java, tutorial: one layer, docs/tutorial.md",
    "Backpropagation.java, tutorial: backpropagation, docs/tutorial.md"
  })
  void theDocumentShowsTheCodeThatRuns(String source, String marker, String document)
      throws IOException {
    List<String> lines = Files.readAllLines(SOURCES.resolve(source));
    int from = lines.indexOf("    // " + marker) + 1;
    int to = lines.indexOf("    // end");
    assertTrue(from > 0 && to > from, source + " has the marker " + marker);
    String code =
        lines.subList(from, to).stream()
            .map(line -> line.substring(Math.min(4, line.length())))
            .collect(Collectors.joining("\n"));
    assertStandsIn(document, code);
  }

  private static void assertStandsIn(String document, String text) throws IOException {
    String found = Files.readString(ROOT.resolve(document));
    assertTrue(
        found.contains(text.strip()),
        document + " is expected to show, letter for letter:\n" + text);
  }
}
