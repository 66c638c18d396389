package org.panagrad.bench.compare;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.panagrad.bench.contender.Workload;

/**
 * A row of the tables: a library with all settings that may be its best.
 *
 * @param name in tables and JSON
 * @param variants its settings; the fastest by workload is shown
 * @param learns whether it has a loss to be checked; the floor has none
 * @param workloads it can do at all
 * @param unavailable why it cannot run here, empty where it can
 */
record Competitor(
    String name,
    List<Variant> variants,
    boolean learns,
    Set<Workload> workloads,
    String unavailable) {
  static Competitor of(String name, List<Variant> variants) {
    return new Competitor(name, variants, true, EnumSet.allOf(Workload.class), "");
  }

  static Competitor missing(String name, String why) {
    return new Competitor(name, List.of(), true, EnumSet.noneOf(Workload.class), why);
  }

  /**
   * The one setting to take where there is no time to try them all: one thread for the networks too
   * small to share, all threads for the others. Settings are listed in this order; the floor's
   * first is its usual best.
   */
  Variant likelyBest(Workload w) {
    boolean small = w == Workload.A || w == Workload.E;
    return small || !learns ? variants.getFirst() : variants.getLast();
  }

  Competitor without(Workload... unable) {
    Set<Workload> left = EnumSet.copyOf(workloads);
    left.removeAll(List.of(unable));
    return new Competitor(name, variants, learns, left, unavailable);
  }

  Competitor learningNothing() {
    return new Competitor(name, variants, false, workloads, unavailable);
  }
}
