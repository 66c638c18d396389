package org.panagrad.train;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.panagrad.data.Dataset;
import org.panagrad.data.Strata;
import org.panagrad.table.TableOptions;
import org.panagrad.table.TableProfile;
import org.panagrad.table.TableReader;
import org.panagrad.table.TableSource;
import org.panagrad.table.TargetScan;

/**
 * K-fold cross-validation: the rows are drawn into folds, every class in proportion, and for each
 * fold something is trained on all others and tested on it. So every row is tested on once, by
 * somebody who has not seen it; but the only row of a class is always trained on.
 *
 * <pre>{@code
 * CrossValidation.Scores scores =
 *     CrossValidation.run(table, TableOptions.defaults(), 5, 1, (train, test) -> {
 *       Network network = Network.of(train.featureCount(), dense(16), relu(), dense(3));
 *       try (TrainingSession session = TrainingSession.open(network, train, options)) {
 *         for (int epoch = 0; epoch < 50; epoch++) {
 *           session.epoch();
 *         }
 *         return session.evaluate(test).accuracy();
 *       }
 *     });
 * }</pre>
 */
public final class CrossValidation {
  private CrossValidation() {}

  /** Trains on one part and tells how well that does on another. */
  @FunctionalInterface
  public interface Trial {
    /**
     * The metric of one fold.
     *
     * @param train closed after the call, as is the other
     */
    double score(Dataset train, Dataset test);
  }

  /**
   * The metric of each fold.
   *
   * @param folds in the order of the folds
   */
  public record Scores(List<Double> folds) {
    public Scores {
      folds = List.copyOf(folds);
    }

    /** Their mean. */
    public double mean() {
      return folds.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    /** Their standard deviation, of a sample: divided by one less than their number. */
    public double standardDeviation() {
      double mean = mean();
      double squares = folds.stream().mapToDouble(score -> Math.pow(score - mean, 2)).sum();
      return Math.sqrt(squares / (folds.size() - 1));
    }
  }

  /**
   * Cross-validates on a table. What there is to learn of its columns is learned anew from each
   * fold's training rows.
   *
   * @param seed of the drawing
   * @throws org.panagrad.data.DataException if the table cannot be learned, or has fewer rows than
   *     folds
   */
  public static Scores run(
      TableSource table, TableOptions options, int folds, long seed, Trial trial) {
    return run(table, options, folds, seed, profile -> {}, trial);
  }

  /** As {@link #run(TableSource, TableOptions, int, long, Trial)}, telling what was learned. */
  public static Scores run(
      TableSource table,
      TableOptions options,
      int folds,
      long seed,
      Consumer<TableProfile> learned,
      Trial trial) {
    TargetScan scan = TargetScan.of(table, options);
    TableOptions alike = options.task(scan.task());
    boolean drops = options.dropsRowsWithoutTarget();
    List<Double> scores = new ArrayList<>();
    for (BitSet fold : scan.strata().folds(folds, seed)) {
      TableSource trainRows = table.select(others(scan.strata(), fold));
      TableProfile profile = TableProfile.of(trainRows, alike);
      learned.accept(profile);
      try (Dataset train =
              TableReader.readTraining(table.name(), trainRows, profile.schema(), alike).dataset();
          Dataset test =
              TableReader.read(table.name() + " test", table.select(fold), profile.schema(), drops)
                  .dataset()) {
        scores.add(trial.score(train, test));
      }
    }
    return new Scores(scores);
  }

  /**
   * Cross-validates on a dataset.
   *
   * @param seed of the drawing
   * @throws org.panagrad.data.DataException if it has fewer rows than folds
   */
  public static Scores run(Dataset data, int folds, long seed, Trial trial) {
    Strata strata = Strata.of(data);
    List<Double> scores = new ArrayList<>();
    for (BitSet fold : strata.folds(folds, seed)) {
      int[] trainRows = others(strata, fold).stream().toArray();
      try (Dataset train = data.select(data.name(), trainRows);
          Dataset test = data.select(data.name() + " test", fold.stream().toArray())) {
        scores.add(trial.score(train, test));
      }
    }
    return new Scores(scores);
  }

  private static BitSet others(Strata strata, BitSet fold) {
    BitSet others = strata.all();
    others.andNot(fold);
    return others;
  }
}
