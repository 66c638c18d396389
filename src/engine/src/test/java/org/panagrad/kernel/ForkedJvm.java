package org.panagrad.kernel;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another JVM on the classes of this build, for what is chosen once in a process. */
final class ForkedJvm {
  /** What it printed, both streams together, and its exit status. */
  record Result(int status, String output) {}

  private ForkedJvm() {}

  static Result run(List<String> jvmArguments, Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    Path module = Path.of(System.getProperty("basedir", ""));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(
        String.join(
            File.pathSeparator,
            module.resolve("target/classes").toString(),
            module.resolve("target/test-classes").toString(),
            System.getProperty("jdk.module.path", ""),
            System.getProperty("java.class.path")));
    command.addAll(jvmArguments);
    command.add(program.getName());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }
}
