package org.panagrad.cli.output;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.sweep.SweepResult;
import org.panagrad.sweep.TrialResult;

/** What a sweep came to, told to people and to machines. */
public final class SweepReport {
  private static final int TOP = 10;
  private static final int FAILED_SHOWN = 5;

  private final SweepResult result;
  private final SweepColumns columns;
  private final String metric;
  private final @Nullable String again;

  /**
   * A report.
   *
   * @param metric that trials were ranked by
   * @param again the command that repeats the best trial, null if none does
   */
  public SweepReport(
      SweepResult result, SweepColumns columns, String metric, @Nullable String again) {
    this.result = result;
    this.columns = columns;
    this.metric = metric;
    this.again = again;
  }

  /** The best rows, and how to repeat the first. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    List<TrialResult> good = result.ranked().stream().filter(row -> !row.isFailed()).toList();
    List<TrialResult> bad = result.ranked().stream().filter(TrialResult::isFailed).toList();
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "%d %s%s%s; the best first",
            result.ranked().size(),
            result.ranked().size() == 1 ? "trial" : "trials",
            bad.isEmpty() ? "" : ", " + bad.size() + " failed",
            good.size() > TOP ? ", " + TOP + " of them shown" : ""));
    lines.add(columns.head());
    good.stream().limit(TOP).forEach(row -> lines.addAll(columns.lines(row, 0)));
    bad.stream().limit(FAILED_SHOWN).forEach(row -> lines.addAll(columns.lines(row, 0)));
    if (bad.size() > FAILED_SHOWN) {
      lines.add("       " + (bad.size() - FAILED_SHOWN) + " more failed");
    }
    TrialResult best = result.best();
    if (best != null) {
      lines.add("best      trial " + best.trial() + ", validation " + score(best));
      lines.add("model in  " + result.model());
      if (again != null) {
        lines.add("again:    " + again);
      }
    } else {
      lines.add("no trial came to a model");
    }
    return lines;
  }

  private String score(TrialResult best) {
    return metric + " " + columns.value(best.metric()) + " in epoch " + best.bestEpoch();
  }

  /** All rows, and the best. */
  public JsonFile json() {
    JsonFile file = new JsonFile().put("metric", metric);
    TrialResult best = result.best();
    if (best != null) {
      file.put("bestTrial", best.trial())
          .put("bestMetric", best.metric())
          .put("parametersSha256", best.parametersSha256())
          .put("model", result.model().toString())
          .put("command", again == null ? "" : again);
    }
    return file.putObjects("trials", result.ranked().stream().map(SweepReport::row).toList())
        .putObjects("rows", result.rows().stream().map(SweepReport::row).toList());
  }

  private static Map<String, @Nullable Object> row(TrialResult result) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("trial", result.trial());
    row.put("rung", result.rung());
    row.put("settings", result.settings());
    row.put("epochs", result.epochs());
    row.put("bestEpoch", result.bestEpoch());
    row.put("metric", number(result.metric()));
    row.put("trainLoss", number(result.trainLoss()));
    row.put("validationLoss", number(result.validationLoss()));
    row.put("validationAccuracy", number(result.validationAccuracy()));
    row.put("ended", result.ended());
    row.put("failed", result.isFailed());
    row.put("parametersSha256", result.parametersSha256());
    row.put("seconds", result.seconds());
    return row;
  }

  private static @Nullable Double number(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
