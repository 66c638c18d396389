package org.panagrad.metrics;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.Matrix;
import org.panagrad.data.Dataset;
import org.panagrad.graph.LossFunction;
import org.panagrad.memory.NativeMemory;
import org.panagrad.plan.BatchSource;

/**
 * Collects the metrics of classes.
 *
 * <p>For the areas under the curves it keeps a float32 score per row and class (two classes share
 * one), and sorts them at the end, so that the areas are exact for these scores. A score is the log
 * of the odds where outputs are logits, which tells probabilities near 1 apart that float32 would
 * not. Beyond {@value #MOST_SCORE_BYTES} bytes of scores none are kept and the areas are NaN.
 */
final class ClassCollector implements MetricsCollector {
  static final long MOST_SCORE_BYTES = 1L << 30;
  private static final int MOST_RANKS = 10;

  private final LossFunction loss;
  private final Dataset set;
  private final int classes;
  private final int outputs;
  private final long[] actual; // (classes)
  private final long[] predicted; // (classes)
  private final long[] hits; // (classes)
  private final long[] ranks; // (up to MOST_RANKS): rows whose class has the k-th largest output
  private final @Nullable ConfusionMatrix confusion;
  private final Worst<Mistake> worst = new Worst<>(WORST_KEPT);
  private final double[] y; // (outputs) of one row
  private final double[] exponentials; // (outputs) of one row
  private final @Nullable Kept kept;
  private int[] labels = {}; // of a mini-batch, or longer
  private double logLoss;
  private int rows;

  /**
   * What grows with the rows.
   *
   * @param scores float32 (curves, rows)
   * @param labels int32 (rows)
   * @param sortA see {@link RocCurve}
   * @param sortB the same
   */
  private record Kept(
      MemorySegment scores, MemorySegment labels, MemorySegment sortA, MemorySegment sortB) {}

  ClassCollector(LossFunction loss, Dataset set, int outputs, NativeMemory memory) {
    this.loss = loss;
    this.set = set;
    this.classes = set.classCount();
    this.outputs = outputs;
    this.actual = new long[classes];
    this.predicted = new long[classes];
    this.hits = new long[classes];
    this.ranks = new long[Math.min(classes, MOST_RANKS)];
    this.confusion =
        classes <= ClassMetrics.MOST_CLASSES_CROSSED ? new ConfusionMatrix(classes) : null;
    this.y = new double[outputs];
    this.exponentials = new double[outputs];
    long scoreBytes = scoreBytes(set);
    if (scoreBytes <= MOST_SCORE_BYTES) {
      long sortBytes = RocCurve.scratchBytes(set.size());
      memory.require(bytes(set), "scores");
      this.kept =
          new Kept(
              memory.allocate("scores", scoreBytes),
              memory.allocate("labels", 4L * set.size()),
              memory.allocate("sorting", sortBytes),
              memory.allocate("sorting", sortBytes));
    } else {
      this.kept = null;
    }
  }

  private static long scoreBytes(Dataset set) {
    return 4L * curves(set.classCount()) * set.size();
  }

  /** Scores a row. */
  private static int curves(int classes) {
    return classes == 2 ? 1 : classes;
  }

  /** What the constructor allocates. */
  static long bytes(Dataset set) {
    return scoreBytes(set) > MOST_SCORE_BYTES
        ? 0
        : NativeMemory.align(scoreBytes(set))
            + NativeMemory.align(4L * set.size())
            + 2 * NativeMemory.align(RocCurve.scratchBytes(set.size()));
  }

  @Override
  public void add(Matrix output, BatchSource batch, int firstRow, int count) {
    if (labels.length < count) {
      labels = new int[count];
    }
    batch.labels(0, count, MemorySegment.ofArray(labels), 0);
    for (int j = 0; j < count; j++) {
      int row = firstRow + j;
      for (int k = 0; k < outputs; k++) {
        y[k] = output.get(k, j);
        MetricsCollector.requireFinite(y[k], set, row, k);
      }
      int label = labels[j];
      if (outputs < classes) {
        addLogit(row, label);
      } else {
        addMany(row, label);
      }
      rows++;
    }
  }

  /** Two classes that share a logit, which is split at 0. */
  private void addLogit(int row, int label) {
    int said = y[0] > 0 ? 1 : 0;
    double towardsLabel = label == 1 ? y[0] : -y[0];
    count(label, said, said == label ? 0 : 1);
    logLoss += softplus(-towardsLabel);
    keep(0, label, y[0]);
    if (said != label && worst.takes(-towardsLabel)) {
      double p = 1 / (1 + Math.exp(-towardsLabel));
      worst.add(-towardsLabel, new Mistake(row, label, said, p, 1 - p));
    }
  }

  private void addMany(int row, int label) {
    int said = 0;
    int above = 0; // outputs before the label's, the earlier first among equals
    for (int k = 0; k < classes; k++) {
      if (y[k] > y[said]) {
        said = k;
      }
      if (y[k] > y[label] || (y[k] == y[label] && k < label)) {
        above++;
      }
    }
    count(label, said, above);
    boolean softmax = loss == LossFunction.CROSS_ENTROPY;
    double sum = softmax ? exponentials(said) : 0;
    if (softmax) {
      logLoss += y[said] - y[label] + Math.log(sum);
    } else {
      logLoss = Double.NaN;
    }
    if (classes == 2) {
      keep(0, label, y[1] - y[0]);
    } else {
      for (int k = 0; k < classes; k++) {
        keep(k, label, softmax ? logOdds(k, said, sum) : y[k]);
      }
    }
    double badness = y[said] - y[label] + (softmax ? Math.log(sum) : 0);
    if (said != label && worst.takes(badness)) {
      worst.add(
          badness, new Mistake(row, label, said, probability(label, sum), probability(said, sum)));
    }
  }

  /** Exponentials of the outputs less the largest; returns their sum. */
  private double exponentials(int largest) {
    double sum = 0;
    for (int k = 0; k < classes; k++) {
      exponentials[k] = Math.exp(y[k] - y[largest]);
      sum += exponentials[k];
    }
    return sum;
  }

  /** log(p / (1 - p)) of a class's softmax. */
  private double logOdds(int k, int largest, double sum) {
    double others = sum - exponentials[k];
    if (k == largest) {
      // The difference would cancel: the largest is 1, which may be nearly all of the sum.
      others = 0;
      for (int i = 0; i < classes; i++) {
        others += i == k ? 0 : exponentials[i];
      }
    }
    return y[k] - y[largest] - Math.log(others);
  }

  private double probability(int k, double sum) {
    return switch (loss) {
      case CROSS_ENTROPY -> exponentials[k] / sum;
      case BINARY_CROSS_ENTROPY -> 1 / (1 + Math.exp(-y[k]));
      case HALF_MEAN_SQUARED_ERROR, MEAN_SQUARED_ERROR, MEAN_ABSOLUTE_ERROR, HUBER -> Double.NaN;
    };
  }

  /** log(1 + e^x), also where e^x is not finite. */
  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  private void count(int label, int said, int rank) {
    actual[label]++;
    predicted[said]++;
    if (label == said) {
      hits[label]++;
    }
    if (rank < ranks.length) {
      ranks[rank]++;
    }
    if (confusion != null) {
      confusion.add(label, said);
    }
  }

  private void keep(int curve, int label, double score) {
    if (kept != null) {
      kept.scores.set(
          ValueLayout.JAVA_FLOAT, 4L * ((long) curve * set.size() + rows), (float) score);
      kept.labels.setAtIndex(ValueLayout.JAVA_INT, rows, label);
    }
  }

  @Override
  public Metrics finish(double meanLoss) {
    List<String> names = set.classNames();
    List<ClassScores> scores = new ArrayList<>();
    double shared = classes == 2 ? area(0, 1) : Double.NaN;
    for (int c = 0; c < classes; c++) {
      scores.add(
          new ClassScores(
              names.isEmpty() ? Integer.toString(c) : names.get(c),
              actual[c],
              predicted[c],
              hits[c],
              classes == 2 ? shared : area(c, c)));
    }
    List<Double> topK = new ArrayList<>();
    long within = 0;
    for (long rank : ranks) {
      within += rank;
      topK.add((double) within / rows);
    }
    return new ClassMetrics(
        rows, meanLoss, topK.getFirst(), logLoss / rows, topK, scores, confusion, worst.all());
  }

  private double area(int curve, int positive) {
    return kept == null
        ? Double.NaN
        : RocCurve.area(
            kept.scores,
            4L * curve * set.size(),
            kept.labels,
            positive,
            rows,
            kept.sortA,
            kept.sortB);
  }
}
