package org.panagrad;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A main class in a JVM of its own, without the agent that counts coverage: that makes methods too
 * large to be inlined, and what the compiler then cannot see to be temporary is allocated.
 */
public final class OwnJvm {
  private OwnJvm() {}

  /**
   * Runs it to its end, which must be a good one, and gives what it has printed.
   *
   * @param options of the JVM, besides those that the engine needs
   */
  public static String run(Class<?> main, List<String> arguments, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx256m",
            "--add-modules=jdk.incubator.vector,jdk.management",
            "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of(options));
    command.add("-cp");
    command.add(
        String.join(
            File.pathSeparator,
            "target/classes",
            "target/test-classes",
            System.getProperty("jdk.module.path", ""),
            System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }
}
