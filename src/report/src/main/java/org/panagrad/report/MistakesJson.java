package org.panagrad.report;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.panagrad.data.Dataset;
import org.panagrad.io.Json;
import org.panagrad.metrics.ClassMetrics;
import org.panagrad.metrics.Metrics;
import org.panagrad.metrics.Miss;
import org.panagrad.metrics.Mistake;
import org.panagrad.metrics.ValueMetrics;

/** The worst rows of a page: as pictures where rows are square images of bytes, else as numbers. */
final class MistakesJson {
  private static final int LEAST_SIDE = 8;
  private static final int MOST_SIDE = 128;

  private MistakesJson() {}

  static Json of(Dataset set, Metrics metrics) {
    return switch (metrics) {
      case ClassMetrics classes -> mistakes(set, classes);
      case ValueMetrics values -> misses(set, values);
    };
  }

  /** The side of the images that rows are, 0 if they are none. */
  private static int side(Dataset set) {
    int side = (int) Math.round(Math.sqrt(set.featureCount()));
    boolean square = side * side == set.featureCount() && side >= LEAST_SIDE && side <= MOST_SIDE;
    return square && set.form().bytes() ? side : 0;
  }

  private static Json mistakes(Dataset set, ClassMetrics metrics) {
    int side = side(set);
    ShownRow shown = new ShownRow(set);
    List<Json> items = new ArrayList<>();
    for (Mistake mistake : metrics.worst()) {
      String actual = metrics.classes().get(mistake.actual()).name();
      String predicted = metrics.classes().get(mistake.predicted()).name();
      Fields item = new Fields().put("row", mistake.row());
      if (side > 0) {
        item.put("actual", actual)
            .put("predicted", predicted)
            .put("actualProbability", mistake.actualProbability())
            .put("predictedProbability", mistake.predictedProbability())
            .put("pixels", pixels(set, mistake.row()));
      } else {
        item.putAll(
                "cells",
                List.of(
                    Fields.text(actual),
                    Fields.text(predicted),
                    Fields.text(percent(mistake.predictedProbability()))))
            .put("values", shown.values(mistake.row()));
      }
      items.add(item.json());
    }
    return page(
        shown,
        side,
        "What the network was most sure of and wrong about.",
        List.of("is", "said to be", "probability"),
        items);
  }

  private static Json misses(Dataset set, ValueMetrics metrics) {
    ShownRow shown = new ShownRow(set);
    List<Json> items = new ArrayList<>();
    for (Miss miss : metrics.worst()) {
      List<Json> cells = new ArrayList<>();
      if (set.targetCount() > 1) {
        cells.add(Fields.text("target " + miss.target()));
      }
      cells.add(Fields.text(number(miss.actual())));
      cells.add(Fields.text(number(miss.predicted())));
      items.add(
          new Fields()
              .put("row", miss.row())
              .putAll("cells", cells)
              .put("values", shown.values(miss.row()))
              .json());
    }
    return page(
        shown,
        0,
        "The rows whose value was missed most.",
        set.targetCount() > 1 ? List.of("target", "is", "said to be") : List.of("is", "said to be"),
        items);
  }

  private static Json page(
      ShownRow shown, int side, String caption, List<String> head, List<Json> items) {
    String cut =
        shown.names().size() < shown.all()
            ? " The first " + shown.names().size() + " of " + shown.all() + " columns are shown."
            : "";
    return new Fields()
        .put("side", side)
        .put("caption", caption + cut)
        .putAll("head", head.stream().map(Fields::text).toList())
        .putAll("columns", shown.names().stream().map(Fields::text).toList())
        .putAll("items", items)
        .json();
  }

  private static String pixels(Dataset set, int row) {
    float[] stored = new float[set.featureCount()];
    set.copyStored(row, stored);
    byte[] bytes = new byte[stored.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) stored[i];
    }
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "\u2013" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.6g", value);
  }
}
