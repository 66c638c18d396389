package org.panagrad.cli.terminal;

import java.io.PrintWriter;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.DownloadListener;

/** Shows how a download goes on: a bar on a terminal, else a line per file. */
public final class DownloadDisplay implements DownloadListener, AutoCloseable {
  private final PrintWriter out;
  private final boolean interactive;
  private @Nullable TerminalBar bar;
  private String current = "";

  public DownloadDisplay(PrintWriter out, boolean interactive) {
    this.out = out;
    this.interactive = interactive;
  }

  @Override
  public void progress(String file, long bytes, long totalBytes) {
    if (interactive) {
      if (bar == null) {
        bar = open(bytes, totalBytes);
      }
      bar.stepTo(bytes);
    } else if (!file.equals(current)) {
      current = file;
      out.println("downloading " + file);
      out.flush();
    }
  }

  private TerminalBar open(long bytes, long totalBytes) {
    return new TerminalBar(
        out,
        Terminal.columns(),
        new ProgressBarBuilder()
            .setTaskName("download")
            .setInitialMax(totalBytes)
            // What is there already says nothing of the speed.
            .startsFrom(bytes, Duration.ZERO)
            .setStyle(ProgressBarStyle.ASCII)
            .setUnit("MB", 1_000_000)
            .showSpeed(new DecimalFormat("0.0", DecimalFormatSymbols.getInstance(Locale.ROOT))));
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
