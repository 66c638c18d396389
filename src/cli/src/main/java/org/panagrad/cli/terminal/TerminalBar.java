package org.panagrad.cli.terminal;

import java.io.PrintWriter;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** A progress bar on one line of a terminal, which is empty again when the bar is closed. */
final class TerminalBar implements AutoCloseable {
  private static final int MILLIS_BETWEEN = 100;

  private final PrintWriter out;
  private final int width;
  private final ProgressBar bar;

  /** Starts to draw the bar, again and again from a thread of the library's. */
  TerminalBar(PrintWriter out, int columns, ProgressBarBuilder builder) {
    this.out = out;
    // The last column stays free: some terminals wrap when it is written.
    this.width = columns - 1;
    // Told where to draw and how wide, the library does not open a terminal through JLine.
    this.bar =
        builder
            .setConsumer(new DelegatingProgressBarConsumer(this::draw, width))
            .setUpdateIntervalMillis(MILLIS_BETWEEN)
            .build();
  }

  private void draw(String line) {
    out.print("\r" + line);
    out.flush();
  }

  /** Moves the bar; it is drawn later, elsewhere. */
  void stepTo(long done) {
    bar.stepTo(done);
  }

  /** Ends the drawing and leaves an empty line with the cursor at its start. */
  @Override
  public void close() {
    bar.close();
    // The library's own clearing is left out for a bar that is closed before it was first drawn.
    draw(" ".repeat(width) + "\r");
  }
}
