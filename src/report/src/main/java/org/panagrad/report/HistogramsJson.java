package org.panagrad.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.io.Json;

/** The histograms of a page. */
final class HistogramsJson {
  private HistogramsJson() {}

  static Json of(
      Map<String, Histogram> start,
      Map<String, Histogram> weights,
      Map<String, Histogram> gradients) {
    List<Json> all = new ArrayList<>();
    weights.forEach(
        (name, of) ->
            all.add(
                new Fields()
                    .put("name", name)
                    .put("weights", json(of))
                    .put("start", json(start.get(name)))
                    .put("gradients", json(gradients.get(name)))
                    .json()));
    return new Json.Arr(all);
  }

  private static @Nullable Json json(@Nullable Histogram histogram) {
    if (histogram == null) {
      return null;
    }
    return new Fields()
        .put("count", histogram.count())
        .put("notFinite", histogram.notFinite())
        .put("min", histogram.min())
        .put("max", histogram.max())
        .put("deviation", histogram.deviation())
        .putAll("bins", histogram.bins().stream().map(Json.Int::new).toList())
        .json();
  }
}
