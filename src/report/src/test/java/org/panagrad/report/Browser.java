package org.panagrad.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Chromium without a window. */
final class Browser {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "chrome");

  private Browser() {}

  /** The page after its script has run; fails if the script or the browser complained of it. */
  static String open(Path page, Path scratch) throws IOException, InterruptedException {
    String program = find();
    assumeTrue(
        !program.isEmpty(),
        "no Chromium on the PATH: the page is not opened (Debian: apt-get install chromium)");
    Path dom = scratch.resolve("dom.html");
    Path log = scratch.resolve("browser.log");
    Process process =
        new ProcessBuilder(
                program,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + scratch.resolve("profile"),
                "--enable-logging=stderr",
                "--dump-dom",
                page.toUri().toString())
            .redirectOutput(dom.toFile())
            .redirectError(log.toFile())
            .start();
    try {
      assertTrue(process.waitFor(120, TimeUnit.SECONDS), "the browser did not end");
    } finally {
      process.destroyForcibly().waitFor();
    }
    String said = Files.readString(log);
    assertEquals(0, process.exitValue(), said);
    assertFalse(said.contains("CONSOLE"), said);
    return Files.readString(dom);
  }

  private static String find() {
    String path = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(path.split(File.pathSeparator))
        .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElse("");
  }

  /** What a pattern's group finds, all of it, in order. */
  static List<String> all(String text, String pattern) {
    return Pattern.compile(pattern, Pattern.DOTALL)
        .matcher(text)
        .results()
        .map(result -> result.group(1))
        .toList();
  }

  static Stream<String> cells(String text) {
    return all(text, "<t[dh][^>]*>(.*?)</t[dh]>").stream();
  }
}
