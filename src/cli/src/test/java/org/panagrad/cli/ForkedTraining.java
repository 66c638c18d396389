package org.panagrad.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code panagrad} in a process of its own, to be killed. */
public final class ForkedTraining {
  private static final long LONGEST_SECONDS = 60;

  private final Process process;
  private final Path output;

  private ForkedTraining(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts the command.
   *
   * @param before words before that of Java: a shell that limits it, say
   * @param output where both of its streams go
   */
  public static ForkedTraining start(Path output, List<String> before, List<Object> args)
      throws IOException {
    return start(output, before, "128m", args);
  }

  /** The same with a heap of so much. */
  public static ForkedTraining start(
      Path output, List<String> before, String heap, List<Object> args) throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Its starts are what the test's time goes into.
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-Xshare:auto",
            "-Xmx" + heap,
            "--enable-native-access=ALL-UNNAMED",
            "--add-modules=jdk.incubator.vector",
            "-cp",
            String.join(
                File.pathSeparator,
                "target/classes",
                System.getProperty("jdk.module.path", ""),
                System.getProperty("java.class.path")),
            Main.class.getName()));
    for (Object arg : args) {
      command.add(arg.toString());
    }
    Files.deleteIfExists(output);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new ForkedTraining(process, output);
  }

  /** What it has printed so far. */
  public String output() throws IOException {
    return Files.readString(output, StandardCharsets.UTF_8);
  }

  /** Something to wait for. */
  @FunctionalInterface
  public interface Condition {
    boolean holds() throws IOException;
  }

  /** Waits until it has printed this, or has ended. */
  public void awaitOutput(String text) throws IOException, InterruptedException {
    awaitThat(() -> output().contains(text));
  }

  /** Waits until something holds, or the process has ended. */
  public void awaitThat(Condition condition) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
    while (process.isAlive() && !condition.holds()) {
      assertTrue(System.nanoTime() < end, "it takes too long");
      Thread.sleep(2);
    }
  }

  /** Waits until it has this file open, or has ended. */
  public void awaitOpen(Path file) throws IOException, InterruptedException {
    Path open = Path.of("/proc", Long.toString(process.pid()), "fd");
    awaitThat(
        () -> {
          try (Stream<Path> descriptors = Files.list(open)) {
            return descriptors.anyMatch(descriptor -> isFile(descriptor, file));
          } catch (NoSuchFileException _) {
            return false; // it has ended
          }
        });
  }

  private static boolean isFile(Path descriptor, Path file) {
    try {
      return Files.readSymbolicLink(descriptor).equals(file);
    } catch (IOException _) {
      return false; // closed meanwhile
    }
  }

  /** Whether it ends by itself within this time. */
  public boolean endsWithin(long millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /** SIGKILL; whether it was still running. */
  public boolean kill() throws IOException, InterruptedException {
    process.destroyForcibly();
    return end() != 0;
  }

  /** Words to start it by, where SIGINT may be ignored: shells have it so in the background. */
  public static List<String> withSignals() throws IOException, InterruptedException {
    List<String> words = List.of("env", "--default-signal=INT");
    List<String> probe = new ArrayList<>(words);
    probe.add("true");
    return new ProcessBuilder(probe).start().waitFor() == 0 ? words : List.of();
  }

  /** Sends SIGINT, SIGTERM or another. */
  public void signal(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    assertEquals(0, kill.waitFor(), "kill -" + name);
  }

  /** Waits for its end; its exit status. */
  public int end() throws IOException, InterruptedException {
    assertTrue(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS), "it does not end:\n" + output());
    return process.exitValue();
  }
}
