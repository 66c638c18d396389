package org.panagrad.cli.output;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.panagrad.cli.terminal.TrainingClock;
import org.panagrad.sweep.Metric;
import org.panagrad.sweep.Trial;
import org.panagrad.sweep.TrialResult;

/** The columns of a table of trials; no line is longer than the terminal is wide. */
public final class SweepColumns {
  private static final String FORM = "%5s  %9s  %10s  %7s";
  private static final int NARROWEST = 4;
  private static final String INDENT = "       ";

  private final Metric metric;
  private final int columns;
  private final Map<String, Integer> widths = new LinkedHashMap<>();

  public SweepColumns(List<Trial> trials, Metric metric, int columns) {
    this.metric = metric;
    // The last column stays free: some terminals wrap when it is written.
    this.columns = columns - 1;
    for (Trial trial : trials) {
      trial
          .settings()
          .forEach(
              (name, value) ->
                  widths.merge(name, Math.max(name.length(), value.length()), Math::max));
    }
    shrink();
  }

  /** The widest column gives way, again and again, until a row fits or all are narrow. */
  private void shrink() {
    int fixed = String.format(Locale.ROOT, FORM, "", "", "", "").length();
    while (fixed + widths.values().stream().mapToInt(width -> width + 2).sum() > columns) {
      var widest = widths.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
      if (widest.getValue() <= NARROWEST) {
        return;
      }
      widest.setValue(widest.getValue() - 1);
    }
  }

  String head() {
    Map<String, String> names = new LinkedHashMap<>();
    widths.keySet().forEach(name -> names.put(name, name));
    return line("trial", "epoch", metric.label(), "time", names);
  }

  /**
   * A row of the table; of a trial that failed with the reason below it.
   *
   * @param epochs that it was to come to, 0 where that is not to be shown
   */
  List<String> lines(TrialResult result, int epochs) {
    List<String> lines = new ArrayList<>();
    lines.add(
        line(
            Integer.toString(result.trial()),
            epoch(result.epochs(), epochs),
            result.isFailed() ? "failed" : value(result.metric()),
            TrainingClock.duration(result.seconds()),
            result.settings()));
    if (result.isFailed()) {
      // The engine names its own option.
      lines.addAll(wrapped(result.ended().replace("maxNativeBytes", "--max-memory")));
    }
    return lines;
  }

  /** A sentence below a row, indented, broken between words. */
  private List<String> wrapped(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(INDENT);
    for (String word : text.split(" ", -1)) {
      if (line.length() > INDENT.length() && line.length() + 1 + word.length() > columns) {
        lines.add(cut(line.toString()));
        line = new StringBuilder(INDENT);
      }
      line.append(line.length() > INDENT.length() ? " " : "").append(word);
    }
    lines.add(cut(line.toString()));
    return lines;
  }

  /** A trial under way. */
  String running(Trial trial, int epoch, int epochs, double value, double seconds) {
    return line(
        Integer.toString(trial.number()),
        epoch(epoch, epochs),
        Double.isNaN(value) ? "" : value(value),
        TrainingClock.duration(seconds),
        trial.settings());
  }

  private static String epoch(int epoch, int epochs) {
    return epochs == 0 ? Integer.toString(epoch) : epoch + "/" + epochs;
  }

  /** The metric's value, as it is shown. */
  String value(double value) {
    return metric == Metric.ACCURACY ? TrainingClock.percent(value) : TrainingClock.loss(value);
  }

  private String line(
      String trial, String epoch, String value, String time, Map<String, String> settings) {
    StringBuilder line =
        new StringBuilder(String.format(Locale.ROOT, FORM, trial, epoch, value, time));
    widths.forEach(
        (name, width) -> {
          line.append("  ").append(fit(settings.getOrDefault(name, ""), width));
        });
    return cut(line.toString().stripTrailing());
  }

  private static String fit(String text, int width) {
    return text.length() > width
        ? text.substring(0, width - 1) + "~"
        : text + " ".repeat(width - text.length());
  }

  /** As much of a line as fits. */
  String cut(String line) {
    return line.length() > columns ? line.substring(0, columns - 1) + "~" : line;
  }
}
