package org.panagrad.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.panagrad.data.DownloadListener;

/** Shows how a download goes on: a bar on a terminal, else a line per file. */
final class DownloadDisplay implements DownloadListener, AutoCloseable {
  private static final long NANOS_BETWEEN = 100_000_000;

  private final PrintWriter out;
  private final boolean interactive = Terminal.isInteractive();
  private final BarLine bar;
  private String current = "";
  private long next;

  DownloadDisplay(PrintWriter out) {
    this.out = out;
    this.bar = new BarLine(out, Terminal.columns());
  }

  @Override
  public void progress(String file, long bytes, long totalBytes) {
    if (!interactive) {
      if (!file.equals(current)) {
        current = file;
        out.println("downloading " + file);
        out.flush();
      }
      return;
    }
    long now = System.nanoTime();
    if (next == 0 || now - next > 0) {
      next = now + NANOS_BETWEEN;
      String size = String.format(Locale.ROOT, " %.1f of %.1f MB", bytes / 1e6, totalBytes / 1e6);
      bar.draw(file + " ", (double) bytes / totalBytes, size);
    }
  }

  @Override
  public void close() {
    bar.erase();
  }
}
