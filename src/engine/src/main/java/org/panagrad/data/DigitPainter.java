package org.panagrad.data;

import java.util.Arrays;
import java.util.List;
import org.panagrad.random.SeededRandom;

/**
 * Draws digits as grey images, each from a hand, a pen and a sheet of its own.
 *
 * <p>Only correctly rounded arithmetic and {@link StrictMath}, so that the pixels are the same on
 * every machine.
 */
final class DigitPainter {
  static final int SIZE = 28;
  static final int PIXELS = SIZE * SIZE;

  private static final int STEPS_PER_SPAN = 5;
  private static final double CENTRE = (SIZE - 1) / 2.0;

  private final double[] ink = new double[PIXELS]; // (SIZE, SIZE), 0 paper to 1 full ink

  // From a digit's box to pixels: a 2 x 2 matrix and a translation.
  private double xx;
  private double xy;
  private double yx;
  private double yy;
  private double left;
  private double top;

  /** Paints a digit in a random style. */
  void paint(int digit, SeededRandom random, byte[] pixels) {
    Arrays.fill(ink, 0);
    List<List<DigitStrokes.Stroke>> styles = DigitStrokes.styles(digit);
    List<DigitStrokes.Stroke> strokes = styles.get(random.nextInt(styles.size()));
    place(random);
    double wobble = random.nextDouble(0.015, 0.055);
    double radius = random.nextDouble(0.55, 1.75);
    double bend = 0.10 * random.nextGaussian();
    for (DigitStrokes.Stroke stroke : strokes) {
      draw(wobbled(stroke, wobble, bend, random), radius, random);
    }
    if (random.nextInt(6) == 0) {
      distract(random);
    }
    develop(random, pixels);
  }

  /** Chooses slant, rotation, size and position. */
  private void place(SeededRandom random) {
    double width = random.nextDouble(10, 17);
    double height = random.nextDouble(15.5, 21);
    double slant = 0.22 * random.nextGaussian();
    double angle = 0.125 * random.nextGaussian();
    double cos = StrictMath.cos(angle);
    double sin = StrictMath.sin(angle);
    xx = cos * width;
    xy = -cos * slant * height - sin * height;
    yx = sin * width;
    yy = -sin * slant * height + cos * height;
    left = CENTRE + random.nextDouble(-2.25, 2.25);
    top = CENTRE + random.nextDouble(-2.25, 2.25);
  }

  private DigitStrokes.Stroke wobbled(
      DigitStrokes.Stroke stroke, double wobble, double bend, SeededRandom random) {
    int n = stroke.x.length;
    double[] x = new double[n];
    double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      double v = stroke.y[i] - 0.5;
      double u = stroke.x[i] - 0.5 + bend * (4 * v * v - 0.5) + wobble * random.nextGaussian();
      v += wobble * random.nextGaussian();
      x[i] = left + xx * u + xy * v;
      y[i] = top + yx * u + yy * v;
    }
    return new DigitStrokes.Stroke(x, y, stroke.corner);
  }

  /** Draws the smooth curve through a stroke's points, in pixels, with changing pressure. */
  private void draw(DigitStrokes.Stroke stroke, double radius, SeededRandom random) {
    double from = radius * random.nextDouble(0.75, 1.2);
    double to = radius * random.nextDouble(0.75, 1.2);
    int spans = stroke.x.length - 1;
    double x0 = stroke.x[0];
    double y0 = stroke.y[0];
    for (int span = 0; span < spans; span++) {
      for (int step = 1; step <= STEPS_PER_SPAN; step++) {
        double t = step / (double) STEPS_PER_SPAN;
        double x1 = curve(stroke.x, stroke.corner, span, t);
        double y1 = curve(stroke.y, stroke.corner, span, t);
        segment(x0, y0, x1, y1, from + (to - from) * ((span + t) / spans));
        x0 = x1;
        y0 = y1;
      }
    }
  }

  /** A Catmull-Rom spline, in which ends and corners have no neighbour beyond them. */
  private static double curve(double[] p, boolean[] corner, int span, double t) {
    double p1 = p[span];
    double p2 = p[span + 1];
    double p0 = span == 0 || corner[span] ? p1 : p[span - 1];
    double p3 = span + 2 == p.length || corner[span + 1] ? p2 : p[span + 2];
    double cubic = 3 * (p1 - p2) + p3 - p0;
    double square = 2 * p0 - 5 * p1 + 4 * p2 - p3;
    return p1 + 0.5 * t * (p2 - p0 + t * (square + t * cubic));
  }

  /** Inks the pixels near a segment, their edge softened over a little more than a pixel. */
  private void segment(double x0, double y0, double x1, double y1, double radius) {
    double reach = radius + 0.6;
    int fromColumn = Math.max(0, (int) (Math.min(x0, x1) - reach));
    int toColumn = Math.min(SIZE - 1, (int) (Math.max(x0, x1) + reach + 1));
    int fromRow = Math.max(0, (int) (Math.min(y0, y1) - reach));
    int toRow = Math.min(SIZE - 1, (int) (Math.max(y0, y1) + reach + 1));
    double dx = x1 - x0;
    double dy = y1 - y0;
    double length = dx * dx + dy * dy;
    for (int row = fromRow; row <= toRow; row++) {
      for (int column = fromColumn; column <= toColumn; column++) {
        double px = column - x0;
        double py = row - y0;
        double along = length > 0 ? Math.clamp((px * dx + py * dy) / length, 0.0, 1.0) : 0;
        double ex = px - along * dx;
        double ey = py - along * dy;
        double square = ex * ex + ey * ey;
        if (square < reach * reach) {
          double dark = Math.min(1, (reach - Math.sqrt(square)) / 1.2);
          int pixel = row * SIZE + column;
          ink[pixel] = Math.max(ink[pixel], dark);
        }
      }
    }
  }

  /** A stray stroke of the pen that is no part of the digit. */
  private void distract(SeededRandom random) {
    double x = random.nextDouble(1, SIZE - 1);
    double y = random.nextDouble(1, SIZE - 1);
    double dx = random.nextDouble(-5, 5);
    double dy = random.nextDouble(-5, 5);
    segment(x, y, x + dx, y + dy, random.nextDouble(0.2, 0.8));
  }

  /** Ink and paper to grey levels, with noise: (bytes of one random word) for four pixels. */
  private void develop(SeededRandom random, byte[] pixels) {
    double contrast = random.nextDouble(0.55, 1);
    double paper = random.nextDouble(0, 0.06);
    double noise = random.nextDouble(0.01, 0.07);
    long bits = 0;
    for (int i = 0; i < PIXELS; i++) {
      bits = i % 4 == 0 ? random.nextLong() : bits >>> 16;
      double triangular = ((bits & 0xFF) + (bits >>> 8 & 0xFF) - 255) / 104.5; // variance 1
      double grey = 255 * (paper + (contrast - paper) * ink[i] + noise * triangular);
      pixels[i] = (byte) (int) Math.clamp(grey + 0.5, 0.0, 255.0);
    }
  }
}
