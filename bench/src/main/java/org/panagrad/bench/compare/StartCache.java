package org.panagrad.bench.compare;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The cache with which {@code scripts/panagrad} starts Java, made for a contender: a JVM is asked
 * for it when it is started, and writes it when it ends.
 */
final class StartCache {
  private static final String QUIET = "-Xlog:aot=off";

  private StartCache() {}

  /**
   * The variant with a cache of its start.
   *
   * @param commands what it is to do while its start is recorded
   * @throws ContenderException if it makes none
   */
  static Variant add(Variant variant, Path directory, List<String> commands) throws IOException {
    Path cache = directory.resolve("start.aot");
    ProcessBuilder builder =
        new ProcessBuilder(with(variant, "-XX:AOTCacheOutput=" + cache).command());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    try (Writer out = process.outputWriter(StandardCharsets.UTF_8);
        BufferedReader answers = process.inputReader(StandardCharsets.UTF_8)) {
      for (String command : commands) {
        out.write(command + "\n");
      }
      out.write("quit\n");
      out.flush();
      answers.lines().forEach(answer -> {});
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ContenderException("interrupted");
    } finally {
      process.destroyForcibly();
    }
    if (!Files.exists(cache)) {
      throw new ContenderException("its start could not be recorded");
    }
    return with(variant, "-XX:AOTCache=" + cache, QUIET);
  }

  /** With more flags, which come after the command's name. */
  private static Variant with(Variant variant, String... flags) {
    List<String> command = new ArrayList<>(variant.command());
    command.addAll(1, List.of(flags));
    return new Variant(variant.name(), command, variant.environment());
  }
}
