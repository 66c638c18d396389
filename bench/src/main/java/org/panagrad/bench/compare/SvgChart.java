package org.panagrad.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.panagrad.bench.contender.Workload;

/**
 * A bar for every contender by workload, as a share of the engine's samples per second. Its colours
 * follow the reader's light or dark scheme.
 */
final class SvgChart {
  private static final int WIDTH = 760;
  private static final int LABEL = 150;
  private static final int BAR = 400;
  private static final int ROW = 18;
  private static final int HEAD = 30;
  private static final int GAP = 14;

  private SvgChart() {}

  static String of(List<Row> rows) {
    List<String> body = new ArrayList<>();
    int y = 34;
    for (Workload w : Workload.values()) {
      List<Row> table =
          rows.stream().filter(r -> r.measure() == Measure.TRAIN && r.workload() == w).toList();
      Optional<Row> engine = Report.find(table, Competitors.ENGINE);
      if (engine.isEmpty()) {
        continue;
      }
      List<Row> bars = table.stream().filter(r -> !Competitors.isFloor(r.contender())).toList();
      double largest = bars.stream().mapToDouble(Row::median).max().orElse(1);
      body.add(text("head", 0, y + 14, w + "  " + w.describe()));
      y += HEAD - 6;
      int top = y;
      // Behind the figures, which keep clear of it.
      Report.find(table, Competitors.FLOOR)
          .ifPresent(floor -> body.add(floorLine(floor, largest, top, top + ROW * bars.size())));
      for (Row row : bars) {
        body.add(bar(row, engine.get(), largest, y));
        y += ROW;
      }
      y += GAP;
    }
    return head(y + 6) + String.join("\n", body) + "\n</svg>\n";
  }

  private static String bar(Row row, Row engine, double largest, int y) {
    double width = Math.max(1, BAR * row.median() / largest);
    String kind = row.equals(engine) ? "own" : "peer";
    String figure =
        row.equals(engine)
            ? String.format(Locale.ROOT, "%,.0f samples/s", row.median())
            : String.format(
                Locale.ROOT, "%,.0f  (%.2f)", row.median(), row.median() / engine.median());
    return text("name " + kind, LABEL - 8, y + 12, row.contender())
        + String.format(
            Locale.ROOT,
            "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>",
            kind,
            LABEL,
            y + 1,
            width,
            ROW - 4)
        + text("figure", (int) (LABEL + width + 6), y + 12, figure);
  }

  private static String floorLine(Row floor, double largest, int top, int bottom) {
    double x = LABEL + BAR * floor.median() / largest;
    return x > WIDTH
        ? ""
        : String.format(
            Locale.ROOT,
            "<line class=\"floor\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"><title>the matrix"
                + " products alone: %,.0f samples/s</title></line>",
            x,
            x,
            top - 2,
            bottom,
            floor.median());
  }

  private static String text(String kind, int x, int y, String content) {
    return String.format(
        Locale.ROOT, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>", kind, x, y, content);
  }

  private static String head(int height) {
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" \
    aria-label="Training throughput by workload and library">
    <style>
    text { font: 12px system-ui, sans-serif; fill: #1f2328 }
    .head { font-weight: 600 } .name { text-anchor: end } .own { font-weight: 600; fill: #0969da }
    .peer { fill: #1f2328 } rect.peer { fill: #afb8c1 } .figure { fill: #59636e; font-size: 11px; \
    paint-order: stroke; stroke: #ffffff; stroke-width: 4px }
    .floor { stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 3 2 } .legend { fill: #59636e }
    @media (prefers-color-scheme: dark) {
    text, .peer { fill: #e6edf3 } .own { fill: #4493f8 } rect.peer { fill: #656c76 }
    .figure, .legend { fill: #9198a1 } .figure { stroke: #0d1117 } .floor { stroke: #f85149 }
    }
    </style>
    <text class="legend" x="0" y="14">Training, samples per second (in brackets: share of \
    panagrad's); the dashed line is the floor, the matrix products alone</text>
    """
        .formatted(WIDTH, height);
  }
}
