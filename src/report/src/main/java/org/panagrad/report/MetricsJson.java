package org.panagrad.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.panagrad.io.Json;
import org.panagrad.metrics.Averages;
import org.panagrad.metrics.ClassMetrics;
import org.panagrad.metrics.ConfusionMatrix;
import org.panagrad.metrics.Metrics;
import org.panagrad.metrics.TargetScores;
import org.panagrad.metrics.ValueMetrics;

/** The tables of a page. */
final class MetricsJson {
  private MetricsJson() {}

  static Json of(String on, Metrics metrics) {
    Fields fields = new Fields().put("on", on).put("rows", metrics.examples());
    switch (metrics) {
      case ClassMetrics classes -> classes(fields, classes);
      case ValueMetrics values -> values(fields, values);
    }
    return fields.json();
  }

  private static void classes(Fields fields, ClassMetrics metrics) {
    fields.put("summary", summary(metrics));
    fields.putAll(
        "classes",
        metrics.classes().stream()
            .map(
                c ->
                    new Fields()
                        .put("name", c.name())
                        .put("rows", c.rows())
                        .put("precision", c.precision())
                        .put("recall", c.recall())
                        .put("f1", c.f1())
                        .put("rocAuc", c.rocAuc())
                        .json())
            .toList());
    fields.putAll(
        "averages",
        List.of(
            averages("mean of the classes", metrics.macro(), metrics.rocAuc()),
            averages("mean weighted by rows", metrics.weighted(), metrics.weightedRocAuc())));
    fields.put("confusion", confusion(metrics.confusion()));
  }

  private static String summary(ClassMetrics metrics) {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "Accuracy %.2f %%", 100 * metrics.accuracy()));
    for (int k : new int[] {2, 3, 5}) {
      if (metrics.classes().size() > k && metrics.topK().size() >= k) {
        text.append(
            String.format(Locale.ROOT, ", top %d %.2f %%", k, 100 * metrics.topK().get(k - 1)));
      }
    }
    if (!Double.isNaN(metrics.logLoss())) {
      text.append(String.format(Locale.ROOT, ", log loss %.4f", metrics.logLoss()));
    }
    return text.toString();
  }

  private static Json averages(String name, Averages averages, double rocAuc) {
    return new Fields()
        .put("name", name)
        .put("precision", averages.precision())
        .put("recall", averages.recall())
        .put("f1", averages.f1())
        .put("rocAuc", rocAuc)
        .json();
  }

  private static @Nullable Json confusion(@Nullable ConfusionMatrix matrix) {
    if (matrix == null) {
      return null;
    }
    List<Json> rows = new ArrayList<>();
    for (int actual = 0; actual < matrix.classes(); actual++) {
      List<Json> counts = new ArrayList<>();
      for (int said = 0; said < matrix.classes(); said++) {
        counts.add(new Json.Int(matrix.count(actual, said)));
      }
      rows.add(new Json.Arr(counts));
    }
    return new Json.Arr(rows);
  }

  private static void values(Fields fields, ValueMetrics metrics) {
    List<Json> targets = new ArrayList<>();
    for (int k = 0; k < metrics.targets().size(); k++) {
      TargetScores scores = metrics.targets().get(k);
      targets.add(
          new Fields()
              .put("name", "target " + k)
              .put("rmse", scores.rmse())
              .put("mae", scores.mae())
              .put("r2", scores.r2())
              .json());
    }
    fields.putAll("targets", targets);
  }
}
