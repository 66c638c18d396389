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
 * @param role what it does
 * @param workloads it can do at all
 * @param unavailable why it cannot run here, empty where it can
 */
record Competitor(
    String name, List<Variant> variants, Role role, Set<Workload> workloads, String unavailable) {
  /** What a contender does, and so what of it is checked. */
  enum Role {
    /** Trains and predicts: its loss after 50 steps is checked. */
    TRAINS,
    /** Predicts only: its loss at the starting weights is checked. */
    PREDICTS,
    /** The products alone: there is no loss. */
    PRODUCTS
  }

  static Competitor of(String name, List<Variant> variants) {
    return new Competitor(name, variants, Role.TRAINS, EnumSet.allOf(Workload.class), "");
  }

  static Competitor missing(String name, String why) {
    return new Competitor(name, List.of(), Role.TRAINS, EnumSet.noneOf(Workload.class), why);
  }

  /**
   * The one setting to take where there is no time to try them all: one thread for the networks too
   * small to share, all threads for the others. Settings are listed in this order; the floor's
   * first is its usual best, and the engine's is what it comes with.
   */
  Variant likelyBest(Workload w) {
    boolean small = w == Workload.A || w == Workload.E;
    boolean first = small || role == Role.PRODUCTS || name.equals(Competitors.ENGINE);
    return first ? variants.getFirst() : variants.getLast();
  }

  Competitor without(Workload... unable) {
    Set<Workload> left = EnumSet.copyOf(workloads);
    left.removeAll(List.of(unable));
    return new Competitor(name, variants, role, left, unavailable);
  }

  Competitor as(Role other) {
    return new Competitor(name, variants, other, workloads, unavailable);
  }
}
