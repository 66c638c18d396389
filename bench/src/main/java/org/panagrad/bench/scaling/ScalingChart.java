package org.panagrad.bench.scaling;

import java.util.List;
import org.panagrad.bench.chart.Axis;
import org.panagrad.bench.chart.Figure;
import org.panagrad.bench.chart.Picture;

/** Two panels: cost by parameters, throughput by batch size. */
final class ScalingChart {
  private static final int LEFT = 60;
  private static final int RIGHT = 740;

  private ScalingChart() {}

  static String of(Growth growth) {
    Picture picture = new Picture(780, 730, "Cost of a training step by parameters and batch size");
    sizes(picture, growth.bySize());
    batches(picture, growth);
    return picture.svg();
  }

  private static void sizes(Picture picture, List<Point> points) {
    picture.text(
        "head",
        0,
        16,
        "Cost of a training step by parameters, batch "
            + points.getFirst().problem().batch()
            + "; where the line does not rise, cost does not outgrow them");
    double most =
        points.stream().mapToDouble(p -> p.perParameter(p.stepNanos().max())).max().orElse(1);
    double least =
        points.stream().mapToDouble(p -> p.perParameter(p.stepNanos().min())).min().orElse(1);
    Axis x = new Axis(true, 5e3, 250e6, LEFT, RIGHT);
    // Room above for the names of the networks.
    Axis y = new Axis(true, least / 1.6, most * 6, 320, 60);
    picture.axes(x, "parameters", y, "ns per sample and parameter");
    double[] xs = new double[points.size()];
    double[] ys = new double[points.size()];
    for (int i = 0; i < points.size(); i++) {
      Point p = points.get(i);
      xs[i] = x.at((double) p.problem().parameters());
      ys[i] = y.at(p.sampleNanosPerParameter());
      picture.line(
          "spread",
          xs[i],
          y.at(p.perParameter(p.stepNanos().min())),
          xs[i],
          y.at(p.perParameter(p.stepNanos().max())));
    }
    picture.path("own", xs, ys);
    for (int i = 0; i < points.size(); i++) {
      Point p = points.get(i);
      String cost = Figure.of(p.sampleNanos() / 1000) + " us";
      picture.dot("own", xs[i], ys[i], p.problem().name() + ": " + cost + " a sample");
      picture.slanted("note", xs[i] + 3, ys[i] - 9, shortName(p) + ", " + cost);
    }
  }

  /** "784-4096 x4-10" for equal hidden layers. */
  private static String shortName(Point p) {
    List<Integer> w = p.problem().widths();
    List<Integer> hidden = w.subList(1, w.size() - 1);
    return hidden.size() > 2
        ? w.getFirst() + "-" + hidden.size() + "x" + hidden.getFirst() + "-" + w.getLast()
        : p.problem().name();
  }

  private static void batches(Picture picture, Growth growth) {
    List<Point> points = growth.byBatch();
    picture.text("head", 0, 390, "Throughput by batch size, " + points.getFirst().problem().name());
    double most =
        points.stream()
            .mapToDouble(p -> p.problem().batch() * 1e9 / p.stepNanos().min())
            .max()
            .orElse(1);
    Axis x = new Axis(true, 0.8, points.getLast().problem().batch() * 1.25, LEFT, RIGHT);
    Axis y = Axis.fromZero(most, 680, 430);
    for (double tick : y.ticks()) {
      picture.line("grid", LEFT, y.at(tick), RIGHT, y.at(tick));
      picture.text("tick end", LEFT - 6, y.at(tick) + 4, Figure.of(tick));
    }
    picture.line("axis", LEFT, y.from(), RIGHT, y.from());
    picture.text("name", LEFT - 44, y.to() - 10, "samples/s");
    picture.text("name mid", (LEFT + RIGHT) / 2.0, y.from() + 34, "batch size");
    double[] xs = new double[points.size()];
    double[] ys = new double[points.size()];
    for (int i = 0; i < points.size(); i++) {
      Point p = points.get(i);
      xs[i] = x.at(p.problem().batch());
      ys[i] = y.at(p.samplesPerSecond());
      picture.text("tick mid", xs[i], y.from() + 16, Integer.toString(p.problem().batch()));
      picture.line(
          "spread",
          xs[i],
          y.at(p.problem().batch() * 1e9 / p.stepNanos().max()),
          xs[i],
          y.at(p.problem().batch() * 1e9 / p.stepNanos().min()));
    }
    picture.path("own", xs, ys);
    for (int i = 0; i < points.size(); i++) {
      Point p = points.get(i);
      picture.dot(
          growth.cliff(i) ? "bad" : "own",
          xs[i],
          ys[i],
          p.problem().batch() + ": " + Figure.of(p.samplesPerSecond()) + " samples/s");
      if (growth.cliff(i)) {
        picture.text("note mid", xs[i], ys[i] + 20, "%.2f x half".formatted(growth.overHalf(i)));
      }
    }
  }
}
