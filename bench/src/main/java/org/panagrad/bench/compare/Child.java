package org.panagrad.bench.compare;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A contender's process. It is stopped as a whole except while it answers, so that no thread of it
 * spins while another contender is measured.
 */
final class Child implements AutoCloseable {
  private static final String GONE = "gone";
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    // A stopped process does not notice that this one is gone, and would stay for ever.
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
  }

  private final Variant variant;
  private final Process process;
  private final Writer commands;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final Path log;
  private final long started = System.nanoTime();
  private boolean stopped;

  /**
   * Starts the process.
   *
   * @param log where its standard error goes
   * @param keepEnvironment whether OPENBLAS_* and OMP_* of this process are handed on
   */
  Child(Variant variant, Path log, boolean keepEnvironment) throws IOException {
    this.variant = variant;
    this.log = log;
    ProcessBuilder builder = new ProcessBuilder(variant.command());
    if (!keepEnvironment) {
      builder
          .environment()
          .keySet()
          .removeIf(
              name ->
                  name.startsWith("OPENBLAS_")
                      || name.startsWith("OMP_")
                      || name.startsWith("GOMP_")
                      || name.startsWith("MKL_")
                      || name.equals("JAVA_TOOL_OPTIONS"));
    }
    builder.environment().putAll(variant.environment());
    builder.redirectError(ProcessBuilder.Redirect.appendTo(new File(log.toString())));
    process = builder.start();
    RUNNING.add(process);
    commands = process.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "answers");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("@")) {
          answers.add(line);
        }
      }
    } catch (IOException closed) {
      // The process is gone, which the next line says.
    }
    answers.add(GONE);
  }

  Variant variant() {
    return variant;
  }

  /** When the process was started, as of System.nanoTime. */
  long started() {
    return started;
  }

  /**
   * Sends a command and waits for the answer; the process runs only meanwhile.
   *
   * @throws ContenderException if the answer is an error, the process ended, or time is out
   */
  String ask(String command, double seconds) {
    return ask(command, seconds, true);
  }

  /** The same, and lets the process run on. */
  String askAndLeaveRunning(String command, double seconds) {
    return ask(command, seconds, false);
  }

  private String ask(String command, double seconds, boolean stopAfter) {
    try {
      if (stopped) {
        signal("CONT");
        stopped = false;
      }
      commands.write(command + "\n");
      commands.flush();
      String answer = answers.poll((long) (seconds * 1e3), TimeUnit.MILLISECONDS);
      if (answer == null) {
        close();
        throw new ContenderException(
            "'%s' took more than %.0f s".formatted(firstWord(command), seconds));
      }
      if (answer.equals(GONE)) {
        throw new ContenderException("its process ended: " + lastLine());
      }
      if (answer.startsWith("@error")) {
        throw new ContenderException(answer.substring("@error".length()).strip());
      }
      if (stopAfter) {
        signal("STOP");
        stopped = true;
      }
      return answer.substring(1).strip();
    } catch (IOException e) {
      throw new ContenderException("its process ended: " + lastLine());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ContenderException("interrupted");
    }
  }

  private static String firstWord(String command) {
    int blank = command.indexOf(' ');
    return blank < 0 ? command : command.substring(0, blank);
  }

  private String lastLine() {
    try {
      return Files.readAllLines(log).reversed().stream()
          .filter(line -> !line.isBlank() && !line.startsWith("\tat "))
          .findFirst()
          .orElse("it said nothing");
    } catch (IOException e) {
      return "its log cannot be read";
    }
  }

  private void signal(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    if (kill.waitFor() != 0) {
      throw new IOException("kill -" + name + " failed");
    }
  }

  /** Largest resident memory so far, MiB. */
  double peakMebibytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
      }
    }
    throw new IOException("no VmHWM in /proc/" + process.pid() + "/status");
  }

  /** Ends the process at once. */
  @Override
  public void close() {
    process.destroyForcibly();
    RUNNING.remove(process);
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
