package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.panagrad.optim.Optimizers;

/**
 * A training step allocates nothing on the heap, on no thread, with any optimizer, nor with
 * clipping, accumulation, penalties or schedules.
 *
 * <p>In a JVM of its own: an agent that counts coverage makes methods too large to be inlined, and
 * what the compiler then cannot see to be temporary is allocated.
 */
class ZeroAllocationTest {
  /** What is done with gradients besides, by name: each with one optimizer. */
  private static final List<String> UPDATES = List.of("norm", "value", "gathered", "penalized");

  @Test
  @Timeout(300)
  void aThousandTrainingStepsAllocateNothing() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx256m",
            "--add-modules=jdk.incubator.vector,jdk.management",
            "--enable-native-access=ALL-UNNAMED",
            // Also with a library for which products would be left whole.
            "-Dpanagrad.products=cut",
            "-cp"));
    command.add(
        String.join(
            File.pathSeparator,
            "target/classes",
            "target/test-classes",
            System.getProperty("jdk.module.path", ""),
            System.getProperty("java.class.path")));
    command.add(StepAllocations.class.getName());
    List<String> names = new ArrayList<>(Optimizers.labels());
    names.addAll(UPDATES);
    command.addAll(names);
    command.add(StepAllocations.IN_FILE);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    StringBuilder expected = new StringBuilder();
    for (String name : names) {
      for (int workers = 0; workers < 2; workers++) {
        expected.append(name + " " + workers + " " + StepAllocations.STEPS + " 0 0\n");
      }
    }
    // The thread that reads ahead is one more.
    for (int workers = 1; workers <= 2; workers++) {
      expected.append(
          StepAllocations.IN_FILE + " " + workers + " " + StepAllocations.STEPS + " 0 0\n");
    }
    String lines =
        output
            .lines()
            .filter(line -> line.matches("[a-z]+ \\d .*"))
            .reduce("", (a, b) -> a + b + "\n");
    assertEquals(expected.toString(), lines, output);
  }
}
