package org.panagrad.openblas;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Runs {@link LoadProbe} in a JVM of its own, with the environment that a test wants. */
final class ForkedJvm {
  private final List<String> options = new ArrayList<>();
  private final List<String> arguments = new ArrayList<>();
  private List<String> main = List.of(LoadProbe.class.getName());
  private final Map<String, String> variables = new HashMap<>();

  /** What it printed, standard output and error together, and how it ended. */
  record Result(int status, List<String> lines) {
    /** The one line for an argument of the probe. */
    String line(String argument) {
      return lines.stream()
          .filter(line -> line.startsWith(argument + "|"))
          .map(line -> line.substring(argument.length() + 1))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no line for " + argument + " in " + lines));
    }
  }

  /** Everything on the class path, as an application without modules has it. */
  static ForkedJvm onClassPath() {
    return new ForkedJvm()
        .option("--enable-native-access=ALL-UNNAMED", "--illegal-native-access=deny")
        .option("-cp", join(mainClasses(), testClasses(), nativeJar()));
  }

  ForkedJvm option(String... more) {
    options.addAll(List.of(more));
    return this;
  }

  /** Starts the probe as a class of this module. */
  ForkedJvm main(String module) {
    main = List.of("-m", module + "/" + LoadProbe.class.getName());
    return this;
  }

  ForkedJvm argument(String... more) {
    arguments.addAll(List.of(more));
    return this;
  }

  ForkedJvm variable(String name, String value) {
    variables.put(name, value);
    return this;
  }

  Process start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx256m"));
    command.addAll(options);
    command.addAll(main);
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeAll(List.of("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"));
    environment.keySet().removeAll(List.of(OpenBlas.LIBRARY_VARIABLE, "JAVA_TOOL_OPTIONS"));
    environment.putAll(variables);
    return builder.start();
  }

  Result run() throws IOException, InterruptedException {
    return result(start());
  }

  static Result result(Process process) throws IOException, InterruptedException {
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the JVM did not end: " + lines);
    }
    return new Result(process.exitValue(), lines);
  }

  static Path mainClasses() {
    return codeSource(OpenBlas.class);
  }

  static Path testClasses() {
    URL here = Objects.requireNonNull(ForkedJvm.class.getResource("cblas.c"));
    return path(here).resolve("../../../..").normalize();
  }

  static Path nativeJar() {
    String resource = NativePlatform.current().resourceDirectory();
    URL url = ForkedJvm.class.getClassLoader().getResource(resource + "include/cblas.h");
    try {
      return path(
          ((JarURLConnection) Objects.requireNonNull(url).openConnection()).getJarFileURL());
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  static String join(Path... entries) {
    return String.join(File.pathSeparator, List.of(entries).stream().map(Path::toString).toList());
  }

  private static Path codeSource(Class<?> type) {
    return path(type.getProtectionDomain().getCodeSource().getLocation());
  }

  private static Path path(URL url) {
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
