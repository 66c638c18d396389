package org.panagrad.bench.floor;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.bench.contender.Workload;
import org.panagrad.blas.NativeBlas;

/**
 * Finds the fastest way to make the products of a step: times every product in every layout and
 * cut, composes the best into whole steps, and times those against each other.
 */
final class Search {
  private static final long PRODUCT_NANOS = 2_000_000;
  private static final long STEP_NANOS = 20_000_000;
  private static final int TRIES = 5;

  /** Of what takes longer than a try is to: a large workload has seconds of these. */
  private static final int TRIES_OF_LONG = 3;

  private final Workload workload;
  private final int batch;
  private final Callers callers;
  private final Arena arena;
  private final @Nullable NativeBlas engine;

  /**
   * @param engine whose products the step is made of; null for calls of OpenBLAS and nothing else
   */
  Search(Workload workload, int batch, Callers callers, Arena arena, @Nullable NativeBlas engine) {
    this.workload = workload;
    this.batch = batch;
    this.callers = callers;
    this.arena = arena;
    this.engine = engine;
  }

  /** The calls of the fastest training step. */
  Candidate trainingStep() {
    List<Candidate> candidates = new ArrayList<>();
    for (Layout.Order order : Layout.Order.ALL) {
      List<Costs> outIn = costs(order, false);
      List<Costs> inOut = costs(order, true);
      boolean[] best = new boolean[workload.layers()];
      boolean[] bestByBatch = new boolean[workload.layers()];
      for (int l = 0; l < best.length; l++) {
        best[l] = inOut.get(l).sum() < outIn.get(l).sum();
        bestByBatch[l] = inOut.get(l).sumByBatch() < outIn.get(l).sumByBatch();
      }
      candidates.add(eachCutBest(layout(order, best), pick(outIn, inOut, best)));
      if (callers.count() > 1) {
        candidates.add(cutByBatch(layout(order, bestByBatch), pick(outIn, inOut, bestByBatch)));
      }
    }
    return fastest(candidates);
  }

  /** The calls of the fastest prediction. */
  Candidate prediction() {
    List<Candidate> candidates = new ArrayList<>();
    for (Layout.Order order : Layout.Order.ALL) {
      List<Costs> outIn = costs(order, false);
      List<Costs> inOut = costs(order, true);
      boolean[] best = new boolean[workload.layers()];
      for (int l = 0; l < best.length; l++) {
        best[l] = inOut.get(l).forward.nanos() < outIn.get(l).forward.nanos();
      }
      Layout layout = layout(order, best);
      List<Costs> costs = pick(outIn, inOut, best);
      List<List<List<Sgemm>>> phases = new ArrayList<>();
      List<Cut> cuts = new ArrayList<>();
      for (int l = 0; l < best.length; l++) {
        Cut cut = costs.get(l).forward.cut();
        phases.add(shared(layout.layers().get(l).forward(), cut));
        cuts.add(cut);
      }
      candidates.add(new Candidate(name(layout) + ", cut " + cuts, phases));
      if (callers.count() > 1) {
        List<List<Sgemm>> one = emptyPhase();
        for (int l = 0; l < best.length; l++) {
          append(one, layout.layers().get(l).forward(), Cut.ROWS);
        }
        candidates.add(new Candidate(name(layout) + ", cut by batch", List.of(one)));
      }
    }
    return fastest(candidates);
  }

  private Layout layout(Layout.Order order, boolean[] weightByInput) {
    return Layout.of(arena, workload, batch, order, weightByInput, callers.count());
  }

  private static List<Costs> pick(List<Costs> outIn, List<Costs> inOut, boolean[] weightByInput) {
    List<Costs> costs = new ArrayList<>();
    for (int l = 0; l < weightByInput.length; l++) {
      costs.add((weightByInput[l] ? inOut : outIn).get(l));
    }
    return costs;
  }

  private static String name(Layout layout) {
    StringBuilder weights = new StringBuilder();
    for (Layout.LayerProducts layer : layout.layers()) {
      weights.append(weights.isEmpty() ? "" : " ").append(layer.weightByInput() ? "io" : "oi");
    }
    return layout.order() + ", weights " + weights;
  }

  /** Every product has its own best cut; the two products of a backward layer share a phase. */
  private Candidate eachCutBest(Layout layout, List<Costs> costs) {
    List<List<List<Sgemm>>> phases = new ArrayList<>();
    List<String> cuts = new ArrayList<>();
    for (int l = 0; l < layout.layers().size(); l++) {
      phases.add(shared(layout.layers().get(l).forward(), costs.get(l).forward.cut()));
      cuts.add(costs.get(l).forward.cut().toString());
    }
    for (int l = layout.layers().size() - 1; l >= 0; l--) {
      List<List<Sgemm>> phase = emptyPhase();
      if (l > 0) {
        append(phase, layout.layers().get(l).inputGradient(), costs.get(l).inputGradient.cut());
      }
      append(phase, layout.layers().get(l).weightGradient(), costs.get(l).weightGradient.cut());
      phases.add(phase);
      cuts.add(
          (l > 0 ? costs.get(l).inputGradient.cut() + "+" : "")
              + costs.get(l).weightGradient.cut());
    }
    return new Candidate(
        name(layout) + (callers.count() > 1 ? ", cut " + String.join(" ", cuts) : ""), phases);
  }

  /** Each caller takes its rows of the batch forth and back without waiting for the others. */
  private Candidate cutByBatch(Layout layout, List<Costs> costs) {
    List<List<Sgemm>> alone = emptyPhase();
    List<List<Sgemm>> together = emptyPhase();
    for (Layout.LayerProducts layer : layout.layers()) {
      append(alone, layer.forward(), Cut.ROWS);
    }
    for (int l = layout.layers().size() - 1; l >= 0; l--) {
      if (l > 0) {
        append(alone, layout.layers().get(l).inputGradient(), Cut.ROWS);
      }
      append(together, layout.layers().get(l).weightGradient(), costs.get(l).weightGradient.cut());
    }
    return new Candidate(name(layout) + ", cut by batch", List.of(alone, together));
  }

  private List<List<Sgemm>> emptyPhase() {
    List<List<Sgemm>> phase = new ArrayList<>();
    for (int i = 0; i < callers.count(); i++) {
      phase.add(new ArrayList<>());
    }
    return phase;
  }

  private List<List<Sgemm>> shared(Product product, Cut cut) {
    List<List<Sgemm>> phase = emptyPhase();
    append(phase, product, cut);
    return phase;
  }

  private void append(List<List<Sgemm>> phase, Product product, Cut cut) {
    for (int caller = 0; caller < callers.count(); caller++) {
      if (cut != Cut.NONE || caller == 0) {
        phase.get(caller).add(product.part(engine, cut, caller, callers.count()));
      }
    }
  }

  private List<Costs> costs(Layout.Order order, boolean weightByInput) {
    boolean[] weights = new boolean[workload.layers()];
    Arrays.fill(weights, weightByInput);
    try (Arena own = Arena.ofShared()) {
      Layout layout = Layout.of(own, workload, batch, order, weights, callers.count());
      List<Costs> costs = new ArrayList<>();
      for (int l = 0; l < workload.layers(); l++) {
        Layout.LayerProducts layer = layout.layers().get(l);
        costs.add(
            new Costs(
                cost(layer.forward()),
                l > 0 ? cost(layer.inputGradient()) : new Cost(Map.of(Cut.NONE, 0.0)),
                cost(layer.weightGradient())));
      }
      return costs;
    }
  }

  private Cost cost(Product product) {
    Map<Cut, Double> nanos = new EnumMap<>(Cut.class);
    for (Cut cut : Cut.values()) {
      if (cut == Cut.NONE || callers.count() > 1) {
        Sgemm[][][] schedule = Callers.schedule(List.of(shared(product, cut)), callers.count());
        nanos.put(cut, best(schedule, PRODUCT_NANOS));
      }
    }
    return new Cost(nanos);
  }

  private Candidate fastest(List<Candidate> candidates) {
    List<Sgemm[][][]> schedules =
        candidates.stream().map(c -> Callers.schedule(c.phases(), callers.count())).toList();
    double[] nanos = new double[candidates.size()];
    Arrays.fill(nanos, Double.POSITIVE_INFINITY);
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < nanos.length; i++) {
        nanos[i] = Math.min(nanos[i], best(schedules.get(i), STEP_NANOS));
      }
    }
    int fastest = 0;
    for (int i = 1; i < nanos.length; i++) {
      fastest = nanos[i] < nanos[fastest] ? i : fastest;
    }
    return candidates.get(fastest);
  }

  /** Nanoseconds of the fastest of a few tries; interruptions only ever add. */
  private double best(Sgemm[][][] schedule, long nanosPerTry) {
    long first = time(schedule, 1);
    long once = Math.max(1, Math.min(first, time(schedule, 1)));
    int times = (int) Math.max(1, Math.min(2000, nanosPerTry / once));
    double best = Double.POSITIVE_INFINITY;
    int tries = once < nanosPerTry ? TRIES : TRIES_OF_LONG;
    for (int i = 0; i < tries; i++) {
      best = Math.min(best, (double) time(schedule, times) / times);
    }
    return best;
  }

  private long time(Sgemm[][][] schedule, int times) {
    long begin = System.nanoTime();
    callers.run(schedule, times);
    return System.nanoTime() - begin;
  }

  /** What a product costs by cut. */
  private record Cost(Map<Cut, Double> byCut) {
    Cut cut() {
      return byCut.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow().getKey();
    }

    double nanos() {
      return byCut.values().stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    double byBatch() {
      return byCut.getOrDefault(Cut.ROWS, nanos());
    }
  }

  /** What the products of a layer cost. */
  private record Costs(Cost forward, Cost inputGradient, Cost weightGradient) {
    double sum() {
      return forward.nanos() + inputGradient.nanos() + weightGradient.nanos();
    }

    double sumByBatch() {
      return forward.byBatch() + inputGradient.byBatch() + weightGradient.nanos();
    }
  }
}
