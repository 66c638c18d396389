package org.panagrad.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Dataset;
import org.panagrad.io.Json;
import org.panagrad.metrics.ClassMetrics;
import org.panagrad.metrics.Metrics;
import org.panagrad.metrics.Miss;
import org.panagrad.metrics.Mistake;
import org.panagrad.metrics.ValueMetrics;

/**
 * The worst rows of a page: as pictures where the data says that rows are such, else as numbers.
 */
final class MistakesJson {
  private final Dataset set;
  private final ShownRow shown;
  private final @Nullable ShownPictures pictures;

  private MistakesJson(Dataset set, List<Integer> rows) {
    this.set = set;
    this.shown = new ShownRow(set);
    this.pictures = ShownPictures.of(set, rows);
  }

  static Json of(Dataset set, Metrics metrics) {
    return switch (metrics) {
      case ClassMetrics classes ->
          new MistakesJson(set, classes.worst().stream().map(Mistake::row).toList())
              .mistakes(classes);
      case ValueMetrics values ->
          new MistakesJson(set, values.worst().stream().map(Miss::row).toList()).misses(values);
    };
  }

  private Json mistakes(ClassMetrics metrics) {
    List<Json> items = new ArrayList<>();
    for (Mistake mistake : metrics.worst()) {
      String actual = metrics.classes().get(mistake.actual()).name();
      String predicted = metrics.classes().get(mistake.predicted()).name();
      items.add(
          pictures == null
              ? inCells(
                  mistake.row(),
                  List.of(actual, predicted, percent(mistake.predictedProbability())))
              : drawn(pictures, mistake.row(), actual, predicted)
                  .put("actualProbability", mistake.actualProbability())
                  .put("predictedProbability", mistake.predictedProbability())
                  .json());
    }
    return page(
        "What the network was most sure of and wrong about"
            + (pictures == null ? "." : ": what it said, then what it is."),
        List.of("is", "said to be", "probability"),
        items);
  }

  private Json misses(ValueMetrics metrics) {
    boolean several = set.targetCount() > 1;
    List<Json> items = new ArrayList<>();
    for (Miss miss : metrics.worst()) {
      String target = "target " + miss.target();
      String actual = number(miss.actual());
      String predicted = number(miss.predicted());
      if (pictures == null) {
        items.add(
            inCells(
                miss.row(),
                several ? List.of(target, actual, predicted) : List.of(actual, predicted)));
      } else {
        Fields item = drawn(pictures, miss.row(), actual, predicted);
        items.add((several ? item.put("target", target) : item).json());
      }
    }
    return page(
        "The rows whose value was missed most"
            + (pictures == null ? "." : ": what the network said, then what it is."),
        several ? List.of("target", "is", "said to be") : List.of("is", "said to be"),
        items);
  }

  private static Fields drawn(ShownPictures pictures, int row, String actual, String predicted) {
    return new Fields()
        .put("row", row)
        .put("actual", actual)
        .put("predicted", predicted)
        .put("pixels", pictures.pixels(row));
  }

  private Json inCells(int row, List<String> cells) {
    return new Fields()
        .put("row", row)
        .putAll("cells", cells.stream().map(Fields::text).toList())
        .put("values", shown.values(row))
        .json();
  }

  private Json page(String caption, List<String> head, List<Json> items) {
    if (pictures != null) {
      return new Fields()
          .put("picture", pictures.json())
          .put("caption", caption + pictures.words())
          .putAll("items", items)
          .json();
    }
    String cut =
        shown.names().size() < shown.all()
            ? " The first " + shown.names().size() + " of " + shown.all() + " columns are shown."
            : "";
    return new Fields()
        .put("caption", caption + cut)
        .putAll("head", head.stream().map(Fields::text).toList())
        .putAll("columns", shown.names().stream().map(Fields::text).toList())
        .putAll("items", items)
        .json();
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "\u2013" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.6g", value);
  }
}
