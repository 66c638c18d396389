package org.panagrad.doctor;

import java.util.Arrays;
import org.panagrad.data.Dataset;
import org.panagrad.data.FeatureMap;

/**
 * One pass over the features of a set: per feature mean, spread and range, and per row a hash. Of a
 * very large set every so many-th row is looked at.
 */
final class DataScan {
  static final int MOST_ROWS = 200_000;
  private static final int QUANTILE_ROWS = 1_000;

  final int rows;
  final boolean everyRow;
  final double[] mean;
  final double[] deviation;
  final float[] least;
  final float[] most;

  /** Of the first thousand rows looked at, the 99th percentile of the feature's magnitude. */
  final float[] usualMagnitude;

  /** Sorted. */
  final long[] hashes;

  private DataScan(Dataset data, Runnable proceed) {
    int step = (data.size() + MOST_ROWS - 1) / MOST_ROWS;
    rows = (data.size() + step - 1) / step;
    everyRow = step == 1;
    int features = data.featureCount();
    FeatureMap map = data.preprocessing();
    double[] sum = new double[features];
    double[] squares = new double[features];
    float[] first = new float[features];
    least = new float[features];
    most = new float[features];
    Arrays.fill(least, Float.POSITIVE_INFINITY);
    Arrays.fill(most, Float.NEGATIVE_INFINITY);
    hashes = new long[rows];
    int kept = Math.min(rows, QUANTILE_ROWS);
    float[][] magnitudes = new float[features][kept];
    float[] row = new float[features];
    for (int r = 0; r < rows; r++) {
      if (r % 1_000 == 0) {
        proceed.run();
      }
      data.copyStored(r * step, row);
      long hash = 1;
      for (int i = 0; i < features; i++) {
        float x = map.apply(row[i]);
        // From the first row, so that the squares of a far-off feature keep its spread.
        if (r == 0) {
          first[i] = x;
        }
        double off = (double) x - first[i];
        sum[i] += off;
        squares[i] += off * off;
        least[i] = Math.min(least[i], x);
        most[i] = Math.max(most[i], x);
        if (r < kept) {
          magnitudes[i][r] = Math.abs(x);
        }
        hash = mix(hash, x);
      }
      hashes[r] = hash;
    }
    Arrays.sort(hashes);
    mean = new double[features];
    deviation = new double[features];
    usualMagnitude = new float[features];
    for (int i = 0; i < features; i++) {
      double off = sum[i] / rows;
      mean[i] = first[i] + off;
      deviation[i] =
          least[i] == most[i] ? 0 : Math.sqrt(Math.max(0, squares[i] / rows - off * off));
      Arrays.sort(magnitudes[i]);
      usualMagnitude[i] = magnitudes[i][(int) (0.99 * (kept - 1))];
    }
  }

  static DataScan of(Dataset data, Runnable proceed) {
    return new DataScan(data, proceed);
  }

  /** Two zeros are one. */
  private static long mix(long hash, float x) {
    long h = (hash ^ Float.floatToIntBits(x + 0f)) * 0x9E3779B97F4A7C15L;
    return h ^ (h >>> 29);
  }

  int features() {
    return mean.length;
  }

  boolean isConstant(int feature) {
    return least[feature] == most[feature];
  }

  /** Root of the mean square: what a weight sees of the feature. */
  double magnitude(int feature) {
    return Math.hypot(mean[feature], deviation[feature]);
  }

  /** How many rows of another set are also in this one. */
  int shared(DataScan other) {
    int count = 0;
    for (long hash : other.hashes) {
      count += Arrays.binarySearch(hashes, hash) >= 0 ? 1 : 0;
    }
    return count;
  }
}
