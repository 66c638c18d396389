package org.panagrad.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Prediction in native memory allocates nothing on the heap, on no thread.
 *
 * <p>In a JVM of its own, without an agent that counts coverage, as for training.
 */
class PredictionAllocationTest {
  @Test
  @Timeout(200)
  void predictingAllocatesNothing() throws Exception {
    List<String> batches = List.of("1", "7", "256", "300");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx256m",
            "--add-modules=jdk.incubator.vector,jdk.management",
            "--enable-native-access=ALL-UNNAMED",
            "-cp"));
    command.add(
        String.join(
            File.pathSeparator,
            "target/classes",
            "target/test-classes",
            System.getProperty("jdk.module.path", ""),
            System.getProperty("java.class.path")));
    command.add(PredictionAllocations.class.getName());
    command.addAll(batches);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertEquals(
        batches.stream().map(rows -> "rows " + rows + " bytes 0").collect(Collectors.joining("\n")),
        output.lines().filter(line -> line.startsWith("rows ")).collect(Collectors.joining("\n")),
        output);
  }
}
