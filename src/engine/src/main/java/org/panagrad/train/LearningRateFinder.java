package org.panagrad.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.data.Dataset;
import org.panagrad.nn.Network;
import org.panagrad.nn.Parameter;
import org.panagrad.nn.StateDict;
import org.panagrad.optim.ExponentialDecay;
import org.panagrad.optim.Schedule;

/**
 * Tries learning rates (Smith 2017): trains for some updates while the rate grows from one to
 * another by the same factor each time, and looks at the loss. Ends when the mean of the losses, of
 * which each weighs less than the next, is four times the least so far, or not a finite number, as
 * fastai's does.
 *
 * <p>All of it happens in a session of its own: nobody's weights change.
 *
 * @param from the first rate
 * @param to the last
 * @param updates how many, as many rates
 */
public record LearningRateFinder(float from, float to, int updates) {
  /** fastai's: how much of the mean loss that tells a divergence is kept at each update. */
  private static final double KEPT = 0.98;

  private static final double DIVERGED = 4;

  public LearningRateFinder {
    Schedule.positive("first learning rate", from);
    Schedule.positive("last learning rate", to);
    if (!(to > from)) {
      throw new IllegalArgumentException(
          "last learning rate " + to + ": expected more than the first, " + from);
    }
    Schedule.atLeast("updates of a sweep", updates, 2);
  }

  /** 175 updates from 1e-6 to 10, 25 for each power of ten: SGD learns in the last few only. */
  public LearningRateFinder() {
    this(1e-6f, 10, 175);
  }

  /** From the weights that a training with these options starts from. */
  public LearningRateSweep sweep(Network network, Dataset data, TrainingOptions options) {
    return sweep(network, data, options, null, () -> {});
  }

  /**
   * From a copy of these weights.
   *
   * @param start every parameter of the network, as {@link TrainingSession#stateDict}
   */
  public LearningRateSweep sweep(
      Network network, Dataset data, TrainingOptions options, Map<String, Parameter> start) {
    return sweep(network, data, options, start, () -> {});
  }

  /**
   * From a copy of these weights, or those of the seed.
   *
   * @param proceed is called before each update and throws if it is to be the end
   */
  public LearningRateSweep sweep(
      Network network,
      Dataset data,
      TrainingOptions options,
      @Nullable Map<String, Parameter> start,
      Runnable proceed) {
    Schedule growing = new ExponentialDecay(updates - 1, (double) to / from);
    List<LearningRateSweep.Point> points = new ArrayList<>();
    TrainingOptions tried = options.schedule(growing).onNonFinite(OnNonFinite.STOP);
    try (TrainingSession session = TrainingSession.open(network, data, tried)) {
      session.learningRate(from);
      if (start != null) {
        session
            .stateDict()
            .forEach((path, parameter) -> parameter.set(StateDict.require(start, path).toArray()));
      }
      double mean = 0;
      double least = Double.POSITIVE_INFINITY;
      for (int i = 1; i <= updates; i++) {
        proceed.run();
        double loss;
        try {
          loss = session.step();
        } catch (NonFiniteLossException tooFast) {
          return new LearningRateSweep(points, true);
        }
        mean = KEPT * mean + (1 - KEPT) * loss;
        double smoothed = mean / (1 - Math.pow(KEPT, i));
        points.add(new LearningRateSweep.Point(session.learningRate(), loss));
        least = Math.min(least, smoothed);
        if (smoothed > DIVERGED * least) {
          return new LearningRateSweep(points, true);
        }
      }
    }
    return new LearningRateSweep(points, false);
  }
}
