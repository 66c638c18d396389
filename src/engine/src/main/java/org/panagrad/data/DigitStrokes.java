package org.panagrad.data;

import java.util.ArrayList;
import java.util.List;

/**
 * How people write the digits: for each digit several styles, for each style the strokes of a pen.
 *
 * <p>A stroke is a run of control points {@code x,y} in percent of the digit's box, y downwards,
 * joined by a smooth curve; {@code !} makes a point a corner, {@code |} lifts the pen.
 */
final class DigitStrokes {
  /** One stroke: control points in [0, 1], and which of them are corners. */
  static final class Stroke {
    final double[] x;
    final double[] y;
    final boolean[] corner;

    Stroke(double[] x, double[] y, boolean[] corner) {
      this.x = x;
      this.y = y;
      this.corner = corner;
    }
  }

  private static final String[][] STYLES = {
    {
      "58,2 24,10 6,50 22,90 52,100 82,88 95,50 80,12 50,1",
      "66,8 40,2 16,30 14,70 40,99 72,92 86,60 82,22 60,3 48,8",
      "78,10 48,0 12,24 4,62 28,96 66,98 94,70 92,32 70,8 46,4 34,14",
      "50,0 14,20 8,55 24,92 55,100 90,80 92,40 74,8 58,2",
    },
    {
      "52,0 50,50 48,100",
      "24,24 40,14 56,0! 55,50 54,100",
      "20,28 54,0! 54,50 54,100 | 24,100 54,99 86,100",
      "60,0 52,50 42,100",
      "34,14 54,0! 52,98! 62,92",
    },
    {
      "10,26 22,6 54,0 84,14 84,40 52,72 8,99! 48,97 94,98",
      "14,18 42,0 78,8 84,36 52,72 20,96 8,86 24,76 52,90 74,98 96,88",
      "8,30 30,2 70,2 88,26 70,54 36,82 12,98! 60,94 92,100",
      "16,10 50,0 80,16 70,50 12,98! 90,96",
    },
    {
      "10,14 44,0 82,14 78,38 42,48! 84,58 92,80 56,100 8,90",
      "10,3 46,3 84,2! 62,22 42,40! 78,48 92,74 62,99 10,92",
      "14,20 34,2 74,4 84,26 60,44 34,47 38,51 70,52 90,72 76,94 40,100 8,84",
      "20,8 60,0 82,20 50,46! 88,62 80,92 40,100 12,94",
    },
    {
      "22,0 16,30 8,56! 50,56 94,54 | 70,14 68,60 66,100",
      "66,0 36,36 6,68! 50,67 96,66 | 66,0 66,50 65,100",
      "26,4 14,46 40,58 78,50! | 84,4 72,50 60,100",
      "18,6 14,52! 84,50 | 80,0 78,100",
    },
    {
      "24,3 18,44! 50,35 88,50 90,78 56,100 10,92 | 24,3 54,4 86,2",
      "86,3 54,3 26,4! 18,42! 58,36 92,62 74,96 42,100 10,94",
      "30,2 20,46! 62,40 90,66 70,98 16,96 | 28,4 90,0",
      "80,4 32,6! 26,40! 70,48 84,74 60,96 14,98",
    },
    {
      "76,2 40,20 12,58 22,92 58,100 88,80 72,55 40,56 14,76",
      "60,0 28,40 10,76 34,99 76,94 88,70 58,52 24,64 12,78",
      "88,14 62,0 26,20 10,60 24,94 62,98 86,76 66,54 30,62 14,80",
      "44,0 22,40 14,76 38,100 76,90 74,62 44,58 18,74",
    },
    {
      "8,5 50,5 92,4! 66,48 40,100",
      "8,14 10,4! 50,7 92,2! 62,44 48,100",
      "8,6 50,5 90,6! 60,52 38,100 | 28,52 50,50 78,50",
      "14,4 88,8! 70,40 62,100",
      "6,16 12,6 40,8 90,0! 64,40 30,98 | 34,46 80,44",
    },
    {
      "76,13 46,0 16,18 36,44 78,68 70,96 36,100 12,80 36,54 78,26 74,10",
      "50,0 20,14 26,38 52,46 80,34 80,12 52,0 | 50,46 14,64 16,90 50,100 86,88 84,62 50,46",
      "86,8 50,0 18,18 44,46 80,72 58,99 18,90 24,64 60,42 84,14",
      "60,4 30,6 24,30 60,50 82,78 54,100 20,86 34,56 70,32 62,6",
    },
    {
      "86,20 56,0 16,14 18,42 52,48 84,22! 84,60 80,100",
      "84,18 54,0 16,18 22,44 58,46 86,18 88,58 68,94 22,96",
      "80,8 40,2 12,26 34,50 70,40 82,8! 74,54 56,100",
      "74,30 66,4 30,2 14,30 40,48 76,22 84,50 72,86 40,100 18,88",
    },
  };

  private static final List<List<List<Stroke>>> DIGITS = parseAll();

  private DigitStrokes() {}

  /** The styles of a digit, each a list of strokes. */
  static List<List<Stroke>> styles(int digit) {
    return DIGITS.get(digit);
  }

  private static List<List<List<Stroke>>> parseAll() {
    List<List<List<Stroke>>> digits = new ArrayList<>();
    for (String[] styles : STYLES) {
      List<List<Stroke>> parsed = new ArrayList<>();
      for (String style : styles) {
        List<Stroke> strokes = new ArrayList<>();
        for (String stroke : style.split(" \\| ", -1)) {
          strokes.add(parse(stroke));
        }
        parsed.add(List.copyOf(strokes));
      }
      digits.add(List.copyOf(parsed));
    }
    return List.copyOf(digits);
  }

  private static Stroke parse(String text) {
    String[] points = text.split(" ", -1);
    Stroke stroke =
        new Stroke(
            new double[points.length], new double[points.length], new boolean[points.length]);
    for (int i = 0; i < points.length; i++) {
      stroke.corner[i] = points[i].endsWith("!");
      int comma = points[i].indexOf(',');
      int end = points[i].length() - (stroke.corner[i] ? 1 : 0);
      stroke.x[i] = Integer.parseInt(points[i], 0, comma, 10) / 100.0;
      stroke.y[i] = Integer.parseInt(points[i], comma + 1, end, 10) / 100.0;
    }
    return stroke;
  }
}
