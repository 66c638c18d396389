package org.panagrad.formats.image;

/**
 * How a line of pixels becomes one of another length: each new pixel is a weighted mean, under a
 * triangle as wide as two new pixels or two old ones, whichever is wider. Enlarging it is linear
 * interpolation; shrinking, no pixel is passed over. It is Pillow's BILINEAR.
 */
final class Resampling {
  private final int[] firsts;
  private final float[][] weights;

  Resampling(int from, int to) {
    this.firsts = new int[to];
    this.weights = new float[to][];
    double scale = (double) from / to;
    double support = Math.max(1, scale);
    for (int i = 0; i < to; i++) {
      double centre = (i + 0.5) * scale;
      int first = Math.max(0, (int) (centre - support + 0.5));
      int end = Math.min(from, (int) (centre + support + 0.5));
      double[] raw = new double[end - first];
      double sum = 0;
      for (int k = 0; k < raw.length; k++) {
        raw[k] = Math.max(0, 1 - Math.abs((first + k + 0.5 - centre) / support));
        sum += raw[k];
      }
      firsts[i] = first;
      weights[i] = new float[raw.length];
      for (int k = 0; k < raw.length; k++) {
        weights[i][k] = (float) (raw[k] / sum);
      }
    }
  }

  /** The first old pixel that a new one is made of. */
  int first(int pixel) {
    return firsts[pixel];
  }

  /** How many old pixels a new one is made of. */
  int count(int pixel) {
    return weights[pixel].length;
  }

  float weight(int pixel, int i) {
    return weights[pixel][i];
  }
}
