package org.panagrad.bench.chart;

import java.util.Locale;

/** An SVG under way, with the colours and the axes that all pictures share. */
public final class Picture {
  private final int width;
  private final int height;
  private final String label;
  private final StringBuilder body = new StringBuilder();

  /**
   * @param label for readers that do not see it
   */
  public Picture(int width, int height, String label) {
    this.width = width;
    this.height = height;
    this.label = label;
  }

  /** Adds a text. */
  public void text(String kind, double x, double y, String content) {
    add(
        String.format(
            Locale.ROOT,
            "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>",
            kind,
            x,
            y,
            escaped(content)));
  }

  /** Adds a text that rises to the right from its start. */
  public void slanted(String kind, double x, double y, String content) {
    turned(kind, x, y, -35, content);
  }

  /** Adds a text turned about its start, clockwise in degrees. */
  public void turned(String kind, double x, double y, double degrees, String content) {
    add(
        String.format(
            Locale.ROOT,
            "<text class=\"%s\" transform=\"translate(%.1f %.1f) rotate(%.1f)\">%s</text>",
            kind,
            x,
            y,
            degrees,
            escaped(content)));
  }

  /** Adds a straight line. */
  public void line(String kind, double x1, double y1, double x2, double y2) {
    add(
        String.format(
            Locale.ROOT,
            "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
            kind,
            x1,
            y1,
            x2,
            y2));
  }

  /** Adds a line through points. */
  public void path(String kind, double[] x, double[] y) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < x.length; i++) {
      points.append(String.format(Locale.ROOT, "%s%.1f,%.1f", i == 0 ? "" : " ", x[i], y[i]));
    }
    add(String.format(Locale.ROOT, "<polyline class=\"%s\" points=\"%s\"/>", kind, points));
  }

  /** Adds a dot that says more to who points at it. */
  public void dot(String kind, double x, double y, String more) {
    add(
        String.format(
            Locale.ROOT,
            "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"><title>%s</title></circle>",
            kind,
            x,
            y,
            escaped(more)));
  }

  /** Adds both axes, a grid line at every tick. */
  public void axes(Axis x, String xName, Axis y, String yName) {
    for (double tick : y.ticks()) {
      line("grid", x.from(), y.at(tick), x.to(), y.at(tick));
      text("tick end", x.from() - 6, y.at(tick) + 4, Figure.of(tick));
    }
    for (double tick : x.ticks()) {
      line("grid", x.at(tick), y.from(), x.at(tick), y.to());
      text("tick mid", x.at(tick), y.from() + 16, Figure.of(tick));
    }
    line("axis", x.from(), y.from(), x.to(), y.from());
    text("name mid", (x.from() + x.to()) / 2, y.from() + 34, xName);
    text("name", x.from() - 44, y.to() - 10, yName);
  }

  private void add(String element) {
    body.append(element).append('\n');
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** The file. */
  public String svg() {
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s">
    <style>
    text { font: 12px system-ui, sans-serif; fill: #1f2328 }
    .head { font-weight: 600; font-size: 13px } .tick, .note { font-size: 11px; fill: #59636e }
    .name { fill: #59636e } .end { text-anchor: end } .mid { text-anchor: middle }
    .grid { stroke: #d1d9e0; stroke-width: 0.6 } .axis { stroke: #59636e; stroke-width: 1 }
    .own { stroke: #0969da; stroke-width: 2; fill: none } circle.own { fill: #0969da }
    .bad { stroke: #cf222e; stroke-width: 2; fill: none } circle.bad { fill: #cf222e }
    .limit { stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 4 3; fill: none }
    .other { stroke: #9a6700; stroke-width: 1.5; stroke-dasharray: 4 3; fill: none }
    .spread { stroke: #0969da; stroke-width: 1.2; opacity: 0.5 }
    @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .tick, .note, .name { fill: #9198a1 }
    .grid { stroke: #3d444d } .axis { stroke: #9198a1 }
    .own, .spread { stroke: #4493f8 } circle.own { fill: #4493f8 }
    .bad, .limit { stroke: #f85149 } circle.bad { fill: #f85149 } .other { stroke: #d29922 }
    }
    </style>
    %s</svg>
    """
        .formatted(width, height, escaped(label), body);
  }
}
