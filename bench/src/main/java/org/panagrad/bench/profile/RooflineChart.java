package org.panagrad.bench.profile;

import java.util.Comparator;
import java.util.List;
import org.panagrad.bench.chart.Axis;
import org.panagrad.bench.chart.Figure;
import org.panagrad.bench.chart.Picture;

/** Rate against intensity, under the machine's roofs. */
final class RooflineChart {
  private RooflineChart() {}

  static String of(Roofline roofline) {
    Picture picture = new Picture(760, 440, "Roofline of the training steps");
    List<StepFigures> figures =
        roofline.figures().stream()
            .sorted(Comparator.comparingDouble(StepFigures::intensity))
            .toList();
    picture.text(
        "head",
        0,
        16,
        "Training steps under the roofs of %d threads".formatted(roofline.limits().threads()));
    double peak = roofline.limits().peak();
    double leastRate = figures.stream().mapToDouble(StepFigures::rate).min().orElse(peak);
    Axis x = new Axis(true, 0.1, Math.max(200, 2 * figures.getLast().intensity()), 60, 740);
    Axis y = new Axis(true, Math.min(leastRate, peak / 30) / 1.5, peak * 1.6, 380, 50);
    picture.axes(x, "floating-point operations per byte moved at the least", y, "GFLOP/s");
    picture.line("limit", x.from(), y.at(peak), x.to(), y.at(peak));
    picture.text(
        "note end",
        x.to(),
        y.at(peak) - 6,
        "sgemm of big squares: " + Figure.of(peak) + " GFLOP/s");
    slope(picture, x, y, roofline.nearCopy(), peak, "copying in a core's cache");
    slope(picture, x, y, roofline.farCopy(), peak, "copying in memory");
    for (StepFigures f : figures) {
      double px = x.at(f.intensity());
      double py = y.at(f.rate());
      String share = "%s %.0f %%".formatted(f.workload(), 100 * f.rate() / peak);
      picture.dot("own", px, py, f.workload().describe() + ": " + Figure.of(f.rate()) + " GFLOP/s");
      picture.text("note", px + 8, py + 4, share);
    }
    picture.text("note", 0, 434, "Beside each workload: its share of the peak.");
    return picture.svg();
  }

  /** From where it enters the picture to where it meets the peak. */
  private static void slope(
      Picture picture, Axis x, Axis y, double rate, double peak, String name) {
    double from = Math.max(x.low(), y.low() / rate);
    double to = Math.min(x.high(), peak / rate);
    if (from >= to) {
      return;
    }
    picture.line("other", x.at(from), y.at(from * rate), x.at(to), y.at(to * rate));
    double angle =
        Math.toDegrees(Math.atan2(y.at(to * rate) - y.at(from * rate), x.at(to) - x.at(from)));
    double at = from * Math.pow(to / from, 0.05);
    picture.turned(
        "note", x.at(at) - 4, y.at(at * rate) - 6, angle, name + ", " + Figure.of(rate) + " GB/s");
  }
}
