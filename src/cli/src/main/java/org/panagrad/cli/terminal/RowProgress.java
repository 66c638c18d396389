package org.panagrad.cli.terminal;

import java.io.PrintWriter;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Classes;
import org.panagrad.data.RowEncoding;
import org.panagrad.data.RowForm;
import org.panagrad.data.RowSink;
import org.panagrad.data.RowStream;

/** Shows how many rows are done: a bar on a terminal, else nothing. */
public final class RowProgress implements AutoCloseable {
  private final @Nullable TerminalBar bar;

  private RowProgress(@Nullable TerminalBar bar) {
    this.bar = bar;
  }

  /**
   * Begins to show it.
   *
   * @param rows how many there will be
   */
  public static RowProgress on(PrintWriter out, String task, int rows) {
    return new RowProgress(
        Terminal.isInteractive()
            ? new TerminalBar(
                out,
                Terminal.columns(),
                new ProgressBarBuilder()
                    .setTaskName(task)
                    .setInitialMax(rows)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUnit(" rows", 1)
                    .showSpeed(
                        new DecimalFormat("0", DecimalFormatSymbols.getInstance(Locale.ROOT))))
            : null);
  }

  /** So many rows are done; ends what is going on if the user wants it. */
  public void stepTo(int rows) {
    Interruption.check();
    if (bar != null) {
      bar.stepTo(rows);
    }
  }

  /** The same rows, counted as they go by. */
  public RowStream counting(RowStream rows) {
    return new Counted(rows);
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }

  private final class Counted implements RowStream {
    private final RowStream rows;

    Counted(RowStream rows) {
      this.rows = rows;
    }

    @Override
    public String name() {
      return rows.name();
    }

    @Override
    public RowForm form() {
      return rows.form();
    }

    @Override
    public int rows() {
      return rows.rows();
    }

    @Override
    public @Nullable RowEncoding encoding() {
      return rows.encoding();
    }

    @Override
    public Classes copyTo(RowSink sink) {
      return rows.copyTo(new CountingSink(sink));
    }
  }

  private final class CountingSink implements RowSink {
    private static final int BETWEEN = 1024;

    private final RowSink sink;
    private int count;

    CountingSink(RowSink sink) {
      this.sink = sink;
    }

    private void count() {
      count++;
      if (count % BETWEEN == 0) {
        stepTo(count);
      }
    }

    @Override
    public void addRow(float[] row, int label) {
      sink.addRow(row, label);
      count();
    }

    @Override
    public void addRow(float[] row, float[] rowTargets) {
      sink.addRow(row, rowTargets);
      count();
    }

    @Override
    public void addRow(byte[] row, int label) {
      sink.addRow(row, label);
      count();
    }

    @Override
    public void addRow(byte[] row, float[] rowTargets) {
      sink.addRow(row, rowTargets);
      count();
    }

    @Override
    public void addWeight(float weight) {
      sink.addWeight(weight);
    }
  }
}
