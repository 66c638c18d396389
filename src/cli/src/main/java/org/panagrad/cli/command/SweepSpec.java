package org.panagrad.cli.command;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.sweep.Halving;
import org.panagrad.sweep.Ranking;
import org.panagrad.sweep.SearchSpace;
import org.panagrad.sweep.Trial;

/**
 * What a sweep tries, as its file says.
 *
 * @param options that all trials have, by their names without dashes
 * @param space what is tried
 * @param strategy in which way
 * @param ranking by what trials are compared; null to see from the data
 * @param parallel how many trainings run side by side
 */
record SweepSpec(
    Map<String, String> options,
    SearchSpace space,
    Strategy strategy,
    @Nullable Ranking ranking,
    int parallel) {
  SweepSpec {
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }

  /**
   * Which settings are tried, and for how long.
   *
   * @param trials drawn at random, 0 for all combinations
   * @param seed of the draws
   * @param halving null to train all to their end
   */
  record Strategy(int trials, long seed, @Nullable Halving halving) {
    @Override
    public String toString() {
      return (trials == 0 ? "grid" : "random, seed " + seed)
          + (halving == null
              ? ""
              : ", halving by "
                  + halving.eta()
                  + " from "
                  + halving.minEpochs()
                  + " to "
                  + halving.maxEpochs()
                  + " epochs");
    }
  }

  /**
   * All trials.
   *
   * @throws IllegalArgumentException with a line that says what is wrong
   */
  List<Trial> trials() {
    return strategy.trials() == 0 ? space.grid() : space.random(strategy.trials(), strategy.seed());
  }
}
