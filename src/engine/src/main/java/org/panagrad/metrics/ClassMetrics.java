package org.panagrad.metrics;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * How a network tells classes apart.
 *
 * @param examples how many rows
 * @param loss the training's, as the mean over the rows
 * @param accuracy share of the rows hit
 * @param logLoss mean of -log of the probability given to the right class, in nats; NaN where the
 *     outputs are no distribution over the classes
 * @param topK share of the rows whose class is among the k largest outputs, for k = 1, 2, and so on
 * @param classes by class
 * @param confusion null for more than {@value #MOST_CLASSES_CROSSED} classes
 * @param worst the mistakes that were made most surely, the worst first
 */
public record ClassMetrics(
    int examples,
    double loss,
    double accuracy,
    double logLoss,
    List<Double> topK,
    List<ClassScores> classes,
    @Nullable ConfusionMatrix confusion,
    List<Mistake> worst)
    implements Metrics {
  /** The matrix grows with the square of the classes; beyond this many it is not kept. */
  public static final int MOST_CLASSES_CROSSED = 1000;

  public ClassMetrics {
    topK = List.copyOf(topK);
    classes = List.copyOf(classes);
    worst = List.copyOf(worst);
  }

  /** The plain mean over the classes that occur among rows or predictions, as scikit-learn's. */
  public Averages macro() {
    return averages(c -> c.occurs() ? 1 : 0);
  }

  /** The mean over the classes, weighted by their rows. */
  public Averages weighted() {
    return averages(ClassScores::rows);
  }

  /** Over all decisions; with one class per row, all three are the accuracy. */
  public Averages micro() {
    return new Averages(accuracy, accuracy, accuracy);
  }

  private Averages averages(ToDoubleFunction<ClassScores> weight) {
    return new Averages(
        mean(ClassScores::precision, weight),
        mean(ClassScores::recall, weight),
        mean(ClassScores::f1, weight));
  }

  /**
   * With two classes the area under the curve of the second; with more, the mean of each against
   * the rest over the classes where that is defined. NaN where it is for none.
   */
  public double rocAuc() {
    return mean(ClassScores::rocAuc, c -> Double.isNaN(c.rocAuc()) ? 0 : 1);
  }

  /** The same, weighted by the classes' rows. */
  public double weightedRocAuc() {
    return mean(ClassScores::rocAuc, c -> Double.isNaN(c.rocAuc()) ? 0 : c.rows());
  }

  private double mean(ToDoubleFunction<ClassScores> value, ToDoubleFunction<ClassScores> weight) {
    double sum = 0;
    double weights = 0;
    for (ClassScores scores : classes) {
      double w = weight.applyAsDouble(scores);
      if (w > 0) {
        sum += w * value.applyAsDouble(scores);
        weights += w;
      }
    }
    return weights == 0 ? Double.NaN : sum / weights;
  }
}
