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
 * The class-data archive with which {@code scripts/panagrad} starts Java, and the large pages that
 * it asks for; the archive is made for a contender: a JVM is asked for it when it is started, and
 * writes it when it ends.
 */
final class StartArchive {
  private static final Path LARGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
  private static final List<String> QUIET = List.of("-Xlog:aot*=off", "-Xlog:cds*=off");

  private StartArchive() {}

  /**
   * The variant with an archive of its start.
   *
   * @param commands what it is to do while its start is recorded
   * @throws ContenderException if it makes none
   */
  static Variant add(Variant variant, Path directory, List<String> commands) throws IOException {
    Path archive = directory.resolve("start.jsa");
    ProcessBuilder builder =
        new ProcessBuilder(with(variant, List.of("-XX:ArchiveClassesAtExit=" + archive)).command());
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
    if (!Files.exists(archive)) {
      throw new ContenderException("its start could not be recorded");
    }
    List<String> flags = new ArrayList<>(QUIET);
    if (Files.isReadable(LARGE_PAGES) && Files.readString(LARGE_PAGES).contains("[madvise]")) {
      flags.add("-XX:+UseTransparentHugePages");
    }
    flags.add("-XX:SharedArchiveFile=" + archive);
    return with(variant, flags);
  }

  /** With more flags, which come after the command's name. */
  private static Variant with(Variant variant, List<String> flags) {
    List<String> command = new ArrayList<>(variant.command());
    command.addAll(1, flags);
    return new Variant(variant.name(), command, variant.environment());
  }
}
