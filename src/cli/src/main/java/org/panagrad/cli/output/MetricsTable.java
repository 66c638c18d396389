package org.panagrad.cli.output;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.cli.terminal.TrainingClock;
import org.panagrad.file.OneLine;
import org.panagrad.metrics.Averages;
import org.panagrad.metrics.ClassMetrics;
import org.panagrad.metrics.ClassScores;
import org.panagrad.metrics.ConfusionMatrix;
import org.panagrad.metrics.Metrics;
import org.panagrad.metrics.TargetScores;
import org.panagrad.metrics.ValueMetrics;

/** Metrics as lines of text, and as what a report in JSON says. */
public final class MetricsTable {
  private static final int MOST_CLASSES_CROSSED = 20;
  private static final int WIDEST_NAME = 20;

  private MetricsTable() {}

  /** Lines without the last line end. */
  public static String text(Metrics metrics) {
    return switch (metrics) {
      case ClassMetrics classes -> text(classes);
      case ValueMetrics values -> text(values);
    };
  }

  private static String text(ClassMetrics metrics) {
    List<String> names = metrics.classes().stream().map(c -> shortened(c.name())).toList();
    int width =
        Math.max(
            "weighted".length(), names.stream().mapToInt(MetricsTable::columns).max().orElse(0));
    List<String> lines = new ArrayList<>();
    lines.add(summary(metrics));
    lines.add("");
    lines.add(
        pad("class", width)
            + String.format(
                Locale.ROOT, " %9s %10s %9s %9s %8s", "rows", "precision", "recall", "F1", "AUC"));
    for (int i = 0; i < names.size(); i++) {
      ClassScores c = metrics.classes().get(i);
      lines.add(
          line(
              pad(names.get(i), width),
              c.rows(),
              new Averages(c.precision(), c.recall(), c.f1()),
              c.rocAuc()));
    }
    lines.add(line(pad("macro", width), metrics.examples(), metrics.macro(), metrics.rocAuc()));
    lines.add(
        line(
            pad("weighted", width),
            metrics.examples(),
            metrics.weighted(),
            metrics.weightedRocAuc()));
    ConfusionMatrix confusion = metrics.confusion();
    if (confusion != null && confusion.classes() <= MOST_CLASSES_CROSSED) {
      lines.add("");
      addConfusion(lines, names, width, confusion);
    }
    return String.join(System.lineSeparator(), lines);
  }

  private static String summary(ClassMetrics metrics) {
    StringBuilder text = new StringBuilder();
    for (int k : new int[] {2, 3, 5}) {
      if (metrics.classes().size() > k && metrics.topK().size() >= k) {
        text.append("top ").append(k).append(' ');
        text.append(TrainingClock.percent(metrics.topK().get(k - 1))).append(", ");
      }
    }
    if (!Double.isNaN(metrics.logLoss())) {
      text.append("log loss ").append(TrainingClock.loss(metrics.logLoss())).append(", ");
    }
    return text.append("ROC AUC ").append(area(metrics.rocAuc())).toString();
  }

  private static String line(String name, long rows, Averages scores, double area) {
    return String.format(
        Locale.ROOT,
        "%s %,9d %10s %9s %9s %8s",
        name,
        rows,
        TrainingClock.percent(scores.precision()),
        TrainingClock.percent(scores.recall()),
        TrainingClock.percent(scores.f1()),
        area(area));
  }

  private static String area(double area) {
    return Double.isNaN(area) ? "-" : String.format(Locale.ROOT, "%.4f", area);
  }

  /** A row per class, a column per class it was taken for, no column wider than it must be. */
  private static void addConfusion(
      List<String> lines, List<String> names, int width, ConfusionMatrix confusion) {
    int classes = confusion.classes();
    long most = 0;
    for (int actual = 0; actual < classes; actual++) {
      for (int said = 0; said < classes; said++) {
        most = Math.max(most, confusion.count(actual, said));
      }
    }
    int column = Math.max(3, Long.toString(most).length());
    StringBuilder head = new StringBuilder(pad("as", width));
    for (String name : names) {
      head.append(headOf(name, column));
    }
    lines.add(head.toString());
    for (int actual = 0; actual < classes; actual++) {
      StringBuilder line = new StringBuilder(pad(names.get(actual), width));
      for (int said = 0; said < classes; said++) {
        long count = confusion.count(actual, said);
        line.append(String.format(Locale.ROOT, " %" + column + "s", count == 0 ? "." : "" + count));
      }
      lines.add(line.toString());
    }
  }

  /** A name above a column of so many characters, and the blank before. */
  static String headOf(String name, int column) {
    String fits = OneLine.first(name, column);
    return " ".repeat(1 + column - columns(fits)) + fits;
  }

  private static String text(ValueMetrics metrics) {
    List<String> lines = new ArrayList<>();
    lines.add(scores("", metrics.rmse(), metrics.mae(), metrics.r2()));
    if (metrics.targets().size() > 1) {
      for (int k = 0; k < metrics.targets().size(); k++) {
        TargetScores target = metrics.targets().get(k);
        lines.add(scores("target " + k + ": ", target.rmse(), target.mae(), target.r2()));
      }
    }
    return String.join(System.lineSeparator(), lines);
  }

  private static String scores(String name, double rmse, double mae, double r2) {
    return name
        + "RMSE "
        + TrainingClock.loss(rmse)
        + ", MAE "
        + TrainingClock.loss(mae)
        + ", R2 "
        + (Double.isNaN(r2) ? "-" : TrainingClock.loss(r2));
  }

  /** Control characters, which could steer a terminal, are not printed. */
  private static String shortened(String name) {
    String plain = name.replaceAll("\\p{C}", "?");
    return columns(plain) <= WIDEST_NAME ? plain : OneLine.first(plain, WIDEST_NAME - 1) + "~";
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - columns(text)));
  }

  /** Characters, also of those that take two code units. */
  private static int columns(String text) {
    return text.codePointCount(0, text.length());
  }

  /** The same for a machine; what is not defined is null. */
  public static Map<String, @Nullable Object> json(Metrics metrics) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    switch (metrics) {
      case ClassMetrics classes -> {
        values.put("logLoss", number(classes.logLoss()));
        values.put("rocAuc", number(classes.rocAuc()));
        values.put("weightedRocAuc", number(classes.weightedRocAuc()));
        values.put("topK", classes.topK());
        values.put("macro", json(classes.macro()));
        values.put("weighted", json(classes.weighted()));
        values.put("micro", json(classes.micro()));
        values.put("classes", classes.classes().stream().map(MetricsTable::json).toList());
        values.put("confusion", json(classes.confusion()));
      }
      case ValueMetrics scores -> {
        values.put("rmse", number(scores.rmse()));
        values.put("mae", number(scores.mae()));
        values.put("r2", number(scores.r2()));
        values.put("targets", scores.targets().stream().map(MetricsTable::json).toList());
      }
    }
    return values;
  }

  private static Map<String, @Nullable Object> json(Averages averages) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("precision", averages.precision());
    values.put("recall", averages.recall());
    values.put("f1", averages.f1());
    return values;
  }

  private static Map<String, @Nullable Object> json(ClassScores scores) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("name", scores.name());
    values.put("rows", scores.rows());
    values.put("predicted", scores.predicted());
    values.put("precision", scores.precision());
    values.put("recall", scores.recall());
    values.put("f1", scores.f1());
    values.put("rocAuc", number(scores.rocAuc()));
    return values;
  }

  private static Map<String, @Nullable Object> json(TargetScores scores) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("rmse", number(scores.rmse()));
    values.put("mae", number(scores.mae()));
    values.put("r2", number(scores.r2()));
    return values;
  }

  private static @Nullable Object json(@Nullable ConfusionMatrix confusion) {
    if (confusion == null) {
      return null;
    }
    List<List<Long>> rows = new ArrayList<>();
    for (int actual = 0; actual < confusion.classes(); actual++) {
      List<Long> counts = new ArrayList<>();
      for (int said = 0; said < confusion.classes(); said++) {
        counts.add(confusion.count(actual, said));
      }
      rows.add(counts);
    }
    return rows;
  }

  private static @Nullable Double number(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
