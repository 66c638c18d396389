package org.panagrad.cli.output;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.option.MemorySize;
import org.panagrad.cli.terminal.HangingIndent;
import org.panagrad.sweep.SweepEvent;
import org.panagrad.sweep.SweepListener;
import org.panagrad.sweep.Trial;
import org.panagrad.sweep.TrialResult;

/**
 * The table of a sweep while it grows: a line for each trial that has ended. On a terminal those
 * under way are below it, and change.
 */
public final class SweepDisplay implements SweepListener, AutoCloseable {
  private static final int MILLIS_BETWEEN = 500;
  private static final String CLEAR_TO_END = "\r\u001b[J";

  /** A trial under way. */
  private static final class Running {
    private final Trial trial;
    private final int epochs;
    private final long begin = System.nanoTime();
    private int epoch;
    private double value = Double.NaN;
    private boolean waits;

    private Running(Trial trial, int epochs) {
      this.trial = trial;
      this.epochs = epochs;
    }

    private double seconds() {
      return (System.nanoTime() - begin) / 1e9;
    }
  }

  private final PrintWriter out;
  private final SweepColumns columns;
  private final boolean live;
  private final Map<Integer, Running> running = new LinkedHashMap<>();
  private final Map<Integer, Integer> epochsOf = new LinkedHashMap<>();
  private final @Nullable ScheduledExecutorService clock;
  private int shown; // lines below the table
  private boolean headed;

  /**
   * A display that begins at the start of a line.
   *
   * @param live whether it is a terminal, on which lines can be gone back
   */
  public SweepDisplay(PrintWriter out, SweepColumns columns, boolean live) {
    this.out = out;
    this.columns = columns;
    this.live = live;
    if (live) {
      clock =
          Executors.newSingleThreadScheduledExecutor(
              Thread.ofPlatform().name("panagrad-display").daemon().factory());
      var _ =
          clock.scheduleAtFixedRate(
              () -> show(List.of()), MILLIS_BETWEEN, MILLIS_BETWEEN, TimeUnit.MILLISECONDS);
    } else {
      clock = null;
    }
  }

  @Override
  public synchronized void on(SweepEvent event) {
    switch (event) {
      case SweepEvent.Note note -> show(List.of(HangingIndent.fit("note      " + note.text())));
      case SweepEvent.RungStarted rung -> {
        if (rung.rungs() > 1 || rung.done() > 0) {
          show(List.of(text(rung)));
        }
      }
      case SweepEvent.TrialWaits waits -> {
        Running trial = running.get(waits.trial().number());
        if (trial == null) {
          trial = new Running(waits.trial(), 0);
          trial.waits = true;
          running.put(waits.trial().number(), trial);
          if (live) {
            show(List.of());
          } else {
            show(
                List.of(
                    "trial "
                        + waits.trial().number()
                        + " waits for memory: it needs "
                        + MemorySize.text(waits.bytes())));
          }
        }
      }
      case SweepEvent.TrialStarted begun -> {
        running.put(begun.trial().number(), new Running(begun.trial(), begun.epochs()));
        epochsOf.put(begun.trial().number(), begun.epochs());
        show(List.of());
      }
      case SweepEvent.TrialEpoch epoch -> {
        Running trial = running.get(epoch.trial().number());
        if (trial != null) {
          trial.epoch = epoch.epoch().training().epoch();
          trial.value = epoch.metric();
        }
        show(List.of());
      }
      case SweepEvent.TrialEnded ended -> {
        running.remove(ended.trial().number());
        show(row(ended.result()));
      }
      case SweepEvent.NewBest _ -> {}
    }
  }

  private static String text(SweepEvent.RungStarted rung) {
    return (rung.rungs() == 1 ? "" : "rung " + rung.rung().number() + "/" + rung.rungs() + ": ")
        + rung.trials()
        + (rung.trials() == 1 ? " trial" : " trials")
        + (rung.rung().epochs() == 0 ? "" : " to epoch " + rung.rung().epochs())
        + (rung.done() == 0 ? "" : ", " + rung.done() + " of them done before");
  }

  private List<String> row(TrialResult result) {
    return columns.lines(result, epochsOf.getOrDefault(result.trial(), 0));
  }

  /** Prints lines that stay, and those of the trials under way below them. */
  private synchronized void show(List<String> lines) {
    if (!live && lines.isEmpty()) {
      return;
    }
    StringBuilder text = new StringBuilder();
    if (shown > 0) {
      text.append("\u001b[").append(shown).append('A').append(CLEAR_TO_END);
    }
    if (!headed) {
      headed = true;
      text.append(columns.head()).append('\n');
    }
    lines.forEach(line -> text.append(line).append('\n'));
    shown = 0;
    if (live) {
      for (Running trial : running.values()) {
        String line =
            columns.running(trial.trial, trial.epoch, trial.epochs, trial.value, trial.seconds());
        text.append(trial.waits ? columns.cut(line + "  waits for memory") : line).append('\n');
        shown++;
      }
    }
    out.print(text);
    out.flush();
  }

  /** Leaves only the lines that stay. */
  @Override
  public synchronized void close() {
    if (clock != null) {
      clock.shutdownNow();
    }
    running.clear();
    if (shown > 0) {
      show(List.of());
    }
  }
}
