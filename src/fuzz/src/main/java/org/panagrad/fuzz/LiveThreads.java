package org.panagrad.fuzz;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The threads of this process that have not ended, virtual ones too. Those of the JDK's pools,
 * which come and go with the load, are left out.
 */
public final class LiveThreads {
  /** More than a thread takes that was told to end. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  // A thread's first line: #31 "main" RUNNABLE 2026-01-01T00:00:00Z
  private static final Pattern THREAD = Pattern.compile("#\\d+ \"(?!ForkJoinPool).*");

  private LiveThreads() {}

  /** How many there are. Of virtual threads only a dump of all tells. */
  public static int count() {
    try {
      Path directory = Files.createTempDirectory("threads").toAbsolutePath();
      Path dump = directory.resolve("dump");
      try {
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
            .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
        try (Stream<String> lines = Files.lines(dump)) {
          return (int) lines.filter(line -> THREAD.matcher(line).matches()).count();
        }
      } finally {
        Files.deleteIfExists(dump);
        Files.delete(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fails if, after some seconds to end, there are still more threads than this. */
  public static void requireAtMost(int most) {
    long start = System.nanoTime();
    int count = count();
    while (count > most) {
      if (System.nanoTime() - start > PATIENCE_NANOS) {
        throw new AssertionError(count + " threads alive, expected at most " + most);
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
      count = count();
    }
  }
}
