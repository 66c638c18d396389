package org.panagrad.metrics;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.panagrad.blas.Matrix;
import org.panagrad.data.Dataset;
import org.panagrad.plan.BatchSource;

/** Collects the metrics of target values, in the target's own unit. */
final class ValueCollector implements MetricsCollector {
  private final Dataset set;
  private final int targets;
  private final double unit;
  private final double origin;
  private final double[] squares; // (targets) sums of (t - f)^2
  private final double[] absolutes; // (targets) sums of |t - f|
  private final double[] means; // (targets) of t so far
  private final double[] spreads; // (targets) sums of (t - mean)^2 so far
  private final Worst<Miss> worst = new Worst<>(WORST_KEPT);
  private float[] wanted = {}; // (targets, count) of a mini-batch, or longer
  private int rows;

  ValueCollector(Dataset set) {
    this.set = set;
    this.targets = set.targetCount();
    this.unit = set.outputMap().scale();
    this.origin = set.outputMap().shift();
    this.squares = new double[targets];
    this.absolutes = new double[targets];
    this.means = new double[targets];
    this.spreads = new double[targets];
  }

  @Override
  public void add(Matrix output, BatchSource batch, int firstRow, int count) {
    if (wanted.length < targets * count) {
      wanted = new float[targets * count];
    }
    batch.targets(0, count, MemorySegment.ofArray(wanted), 0, count);
    for (int j = 0; j < count; j++) {
      int row = firstRow + j;
      rows++;
      for (int k = 0; k < targets; k++) {
        double f = output.get(k, j);
        MetricsCollector.requireFinite(f, set, row, k);
        add(row, k, unit * wanted[k * count + j] + origin, unit * f + origin);
      }
    }
  }

  private void add(int row, int k, double t, double f) {
    double error = Math.abs(t - f);
    squares[k] += error * error;
    absolutes[k] += error;
    // Welford's: the squares of large targets that differ little would cancel.
    double before = t - means[k];
    means[k] += before / rows;
    spreads[k] += before * (t - means[k]);
    if (error > 0 && worst.takes(error)) {
      worst.add(error, new Miss(row, k, t, f));
    }
  }

  @Override
  public Metrics finish(double meanLoss) {
    List<TargetScores> scores = new ArrayList<>();
    double squared = 0;
    double absolute = 0;
    double explained = 0;
    for (int k = 0; k < targets; k++) {
      double r2 = spreads[k] > 0 ? 1 - squares[k] / spreads[k] : Double.NaN;
      scores.add(new TargetScores(Math.sqrt(squares[k] / rows), absolutes[k] / rows, r2));
      squared += squares[k];
      absolute += absolutes[k];
      explained += r2;
    }
    double values = (double) rows * targets;
    return new ValueMetrics(
        rows,
        meanLoss,
        Math.sqrt(squared / values),
        absolute / values,
        explained / targets,
        scores,
        worst.all());
  }
}
