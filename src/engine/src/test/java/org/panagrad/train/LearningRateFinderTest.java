package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.panagrad.data.Dataset;
import org.panagrad.io.ModelFile;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Sgd;
import org.panagrad.random.SeededRandom;

class LearningRateFinderTest {
  private static final long SEED = 3;

  private static Network network() {
    return Network.of(20, dense(64), relu(), dense(5));
  }

  private static TrainingOptions options() {
    return TrainingOptions.defaults().optimizer(new Sgd(0.1f)).batchSize(50).partitions(2);
  }

  @Test
  void ratesGrowByOneFactorFromFirstToLast() {
    try (Dataset data = Problems.clouds(200, 20, 5, 3)) {
      LearningRateSweep sweep =
          new LearningRateFinder(1e-6f, 1e-2f, 41).sweep(network(), data, options());
      assertFalse(sweep.diverged());
      assertEquals(41, sweep.points().size());
      for (int i = 0; i <= 40; i++) {
        double rate = 1e-6 * Math.pow(10, i / 10.0);
        assertEquals(rate, sweep.points().get(i).learningRate(), 1e-6 * rate);
      }
      // The first point is the loss of the starting weights.
      try (TrainingSession session = TrainingSession.open(network(), data, options())) {
        assertEquals(session.step(), sweep.points().getFirst().loss());
      }
    }
  }

  /** With the rate it suggests the loss falls; at the end of the sweep it had not. */
  @Test
  void theSuggestionTrains() {
    for (TrainingOptions options : List.of(options(), options().optimizer(new Adam(1e-3f)))) {
      try (Dataset data = Problems.clouds(1_000, 20, 5, 3)) {
        LearningRateSweep sweep =
            new LearningRateFinder(1e-6f, 1e3f, 100).sweep(network(), data, options);
        assertTrue(sweep.diverged());
        double suggested = sweep.suggestion().orElseThrow();
        double last = sweep.points().getLast().learningRate();
        assertTrue(suggested > 1e-5 && suggested < last, suggested + " of " + last);
        try (TrainingSession session = TrainingSession.open(network(), data, options)) {
          session.learningRate((float) suggested);
          double before = session.evaluate(data).loss();
          session.epoch();
          double after = session.evaluate(data).loss();
          assertTrue(after < 0.8 * before, options.optimizer() + ": " + before + ", " + after);
        }
      }
    }
  }

  @Test
  void nobodysWeightsChange() {
    try (Dataset data = Problems.clouds(200, 20, 5, 3);
        TrainingSession session = TrainingSession.open(network(), data, options())) {
      session.epoch();
      String before = ModelFile.parametersSha256(session);
      LearningRateFinder finder = new LearningRateFinder(1e-4f, 100, 30);
      LearningRateSweep sweep = finder.sweep(network(), data, options(), session.stateDict());
      assertEquals(before, ModelFile.parametersSha256(session));
      assertEquals(4, session.steps());
      // It began with those weights, not with the seed's.
      LearningRateSweep fromSeed = finder.sweep(network(), data, options());
      assertTrue(sweep.points().getFirst().loss() < fromSeed.points().getFirst().loss());
      assertEquals(fromSeed, finder.sweep(network(), data, options()));
    }
  }

  /** Losses at rates from 1e-4, twenty to a power of ten. */
  private static LearningRateSweep of(double... losses) {
    List<LearningRateSweep.Point> points = new ArrayList<>();
    for (int i = 0; i < losses.length; i++) {
      points.add(new LearningRateSweep.Point(rate(i), losses[i]));
    }
    return new LearningRateSweep(points, false);
  }

  private static double rate(int i) {
    return 1e-4 * Math.pow(10, i / 20.0);
  }

  /** Falls to the 60th of a hundred rates and then rises, with every fifth mini-batch far off. */
  private static double[] valley() {
    double[] losses = new double[100];
    for (int i = 0; i < 100; i++) {
      losses[i] = 1 + 0.01 * Math.abs(i - 60) - (i % 5 == 0 ? 0.9 : 0);
    }
    return losses;
  }

  /** To the quarter of a decade that the loss is smoothed over. */
  private static void assertNear(double expected, double actual) {
    assertEquals(Math.log10(expected), Math.log10(actual), 0.25);
  }

  @Test
  void theSuggestionIsATenthOfTheRateOfTheLeastLoss() {
    assertNear(rate(40), of(valley()).suggestion().orElseThrow());
    // What comes behind is nothing to it, however far it goes.
    double[] diverges = valley();
    for (int i = 75; i < 100; i++) {
      diverges[i] = 1e30;
    }
    assertNear(rate(40), of(diverges).suggestion().orElseThrow());
  }

  @Test
  void theSmoothedLossIsTheMedianOfAQuarterOfADecadeToEitherSide() {
    double[] losses = new double[100];
    for (int i = 0; i < 100; i++) {
      losses[i] = i == 50 ? -1e9 : i;
    }
    List<Double> smoothed = of(losses).smoothed();
    assertEquals(100, smoothed.size());
    assertEquals(30, smoothed.get(30));
    // Of the 45th to the 55th the 50th is the least, and the middle one is then the 49th.
    assertEquals(49, smoothed.get(50));
    // At the ends there are only those of one side.
    assertEquals(2.5, smoothed.getFirst());
    assertEquals(96.5, smoothed.getLast());
  }

  @Test
  void noneIsSuggestedWhereTheLossNeverFalls() {
    double[] rises = Arrays.copyOfRange(valley(), 60, 100);
    assertEquals(OptionalDouble.empty(), of(rises).suggestion());
    double[] level = new double[100];
    Arrays.fill(level, 2);
    assertEquals(OptionalDouble.empty(), of(level).suggestion());
    level[40] = 0;
    assertEquals(OptionalDouble.empty(), of(level).suggestion());
    assertEquals(OptionalDouble.empty(), of(2, 1, 0.5).suggestion());
    assertEquals(OptionalDouble.empty(), of(2).suggestion());
    assertEquals(OptionalDouble.empty(), of().suggestion());
    assertEquals(List.of(), of().smoothed());
  }

  /**
   * A fall of little, which is all that SGD comes to in a sweep, counts where there is no noise.
   */
  @Test
  void aSmallFallCountsWhereTheLossWasStill() {
    SeededRandom random = SeededRandom.of(SEED);
    for (double noise : new double[] {0.001, 0.1}) {
      double[] losses = new double[100];
      for (int i = 0; i < 100; i++) {
        boolean low = i >= 85 && i < 96;
        losses[i] = (low ? 0.96 : 1) * (1 + noise * (random.nextInt(2_001) / 1_000.0 - 1));
      }
      assertEquals(noise < 0.01, of(losses).suggestion().isPresent(), "seed " + SEED);
    }
  }

  @Test
  void rangesThatAreNoneAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new LearningRateFinder(0, 1, 10));
    assertThrows(IllegalArgumentException.class, () -> new LearningRateFinder(1, 1, 10));
    assertThrows(IllegalArgumentException.class, () -> new LearningRateFinder(1, 2, 1));
    assertThrows(IllegalArgumentException.class, () -> new LearningRateFinder(1, Float.NaN, 10));
  }

  @Test
  void optionsAreThoseGivenButForTheSchedule() {
    try (Dataset data = Problems.clouds(200, 20, 5, 3)) {
      LearningRateFinder finder = new LearningRateFinder(1e-3f, 1, 8);
      double[] plain = losses(finder.sweep(network(), data, options()));
      double[] gathered = losses(finder.sweep(network(), data, options().accumulate(2)));
      assertArrayEquals(plain, losses(finder.sweep(network(), data, options())));
      assertTrue(plain[0] != gathered[0]);
    }
  }

  private static double[] losses(LearningRateSweep sweep) {
    return sweep.points().stream().mapToDouble(LearningRateSweep.Point::loss).toArray();
  }

  /** Where the training would skip updates that are not finite, the sweep still ends at one. */
  @Test
  void itEndsWhereTheLossIsNotFinite() {
    try (Dataset data = Problems.clouds(200, 20, 5, 3)) {
      LearningRateSweep sweep =
          new LearningRateFinder(1e20f, 1e38f, 50)
              .sweep(network(), data, options().onNonFinite(OnNonFinite.SKIP));
      assertTrue(sweep.diverged());
      assertTrue(sweep.points().size() < 50, sweep.points().size() + " points");
      sweep.points().forEach(point -> assertTrue(Double.isFinite(point.loss())));
    }
  }
}
