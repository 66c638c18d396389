package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.relu;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.panagrad.data.Dataset;
import org.panagrad.io.ModelFile;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Sgd;

class LearningRateFinderTest {
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
      // The first point is the loss of the starting weights, smoothed by nothing.
      try (TrainingSession session = TrainingSession.open(network(), data, options())) {
        assertEquals(session.step(), sweep.points().getFirst().loss());
      }
      assertEquals(sweep.points().getFirst().loss(), sweep.points().getFirst().smoothed(), 1e-12);
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
        double suggested = sweep.steepest().orElseThrow();
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

  private static LearningRateSweep of(double... smoothed) {
    List<LearningRateSweep.Point> points = new ArrayList<>();
    for (int i = 0; i < smoothed.length; i++) {
      points.add(new LearningRateSweep.Point(Math.pow(10, i - 5), smoothed[i], smoothed[i]));
    }
    return new LearningRateSweep(points, false);
  }

  @Test
  void steepestIsWhereTheLossFallsMost() {
    assertEquals(OptionalDouble.of(1e-2), of(2, 2, 1.9, 1.5, 1.0, 0.9, 3).steepest());
    assertEquals(0.1, of(2, 2, 1.9, 1.5, 1.0, 0.9, 3).belowLeast().orElseThrow(), 1e-12);
    assertEquals(OptionalDouble.empty(), of(1, 2, 3).steepest());
    assertEquals(OptionalDouble.empty(), of().steepest());
    assertEquals(OptionalDouble.empty(), of().belowLeast());
  }

  /** Noise at the start and the drop behind a divergence are no advice. */
  @Test
  void theFirstTenAndTheLastFiveAreNotLookedAt() {
    double[] losses = new double[60];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = i < 30 ? 2 : i < 40 ? 2 - 0.1 * (i - 30) : 1;
    }
    losses[0] = 10;
    losses[58] = 8;
    losses[59] = 1;
    double rate = of(losses).steepest().orElseThrow();
    assertTrue(rate >= Math.pow(10, 30 - 5) && rate <= Math.pow(10, 40 - 5), "" + rate);
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
      sweep.points().forEach(point -> assertTrue(Double.isFinite(point.smoothed())));
    }
  }
}
