package org.panagrad.bench.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.panagrad.bench.compare.Competitor.Role;
import org.panagrad.bench.contender.Workload;

/** Runs the contenders of one workload after the other and collects the rows. */
final class Comparison {
  private static final double START_SECONDS = 120;
  private static final double WORTH_ROUNDS = 0.85;
  private static final double WORTH_A_QUICK_LOOK = 0.2;
  private static final Set<String> COMPARED_WITH = Set.of(Competitors.ENGINE, Competitors.FLOOR);
  private static final int TRIES = 4;
  private static final int FEWEST_ROUNDS = 3;

  private final Options options;
  private final List<Competitor> competitors;
  private final DataFiles files;
  private final Probe probe;
  private final List<Row> rows = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<String, Variant> bestOnB = new LinkedHashMap<>();
  private final Set<String> outOfReach = new HashSet<>();
  private final long end;
  private long deadline;
  private int refusedSlices;
  private int noisySlices;

  Comparison(Options options, List<Competitor> competitors, DataFiles files, Probe probe) {
    this.options = options;
    this.competitors = competitors;
    this.files = files;
    this.probe = probe;
    this.end = System.nanoTime() + (long) (options.limitSeconds() * 1e9);
  }

  private boolean isLate() {
    return System.nanoTime() - deadline > 0;
  }

  List<Row> rows() {
    return rows;
  }

  /** What was left out or refused, and why. */
  List<String> notes() {
    return notes;
  }

  /** Slices measured again because the probe ran slow, and those accepted although it did. */
  String slices() {
    return refusedSlices
        + " slices repeated because the machine was slow, "
        + noisySlices
        + " kept although it was";
  }

  void run() throws IOException {
    for (Competitor c : competitors) {
      if (!c.unavailable().isEmpty()) {
        notes.add(c.name() + ": not run; " + c.unavailable());
      }
    }
    int left = options.workloads().size();
    for (Workload w : options.workloads()) {
      // An equal share of the time that is left; a workload that needs less leaves more.
      long now = System.nanoTime();
      deadline = now + (end - now) / left--;
      files.write(w, Reference.perturbations(options));
      rounds(w);
    }
    if (options.workloads().contains(Workload.B)) {
      ownProcesses(Workload.B, competitors);
    }
    if (options.workloads().contains(Workload.D)) {
      ownProcesses(
          Workload.D,
          competitors.stream().filter(c -> c.name().equals(Competitors.ENGINE)).toList());
    }
  }

  private void rounds(Workload w) throws IOException {
    System.err.println("workload " + w + ": " + w.describe());
    List<Entry> entries = new ArrayList<>();
    try {
      Reference reference = reference(w);
      for (Competitor c : competitors) {
        if (c.workloads().contains(w)) {
          enter(w, c, reference, entries);
        }
      }
      for (Measure measure : measures(w)) {
        measure(w, measure, entries);
      }
      if (options.quick()) {
        leaveTheSlowOut(w);
      }
    } finally {
      entries.forEach(entry -> entry.child().close());
    }
  }

  /** What one workload showed to be far behind is not waited for in the next. */
  private void leaveTheSlowOut(Workload w) {
    List<Row> trained =
        rows.stream().filter(r -> r.measure() == Measure.TRAIN && r.workload() == w).toList();
    double engine = Report.find(trained, Competitors.ENGINE).orElseThrow().median();
    trained.stream()
        .filter(row -> row.median() < WORTH_A_QUICK_LOOK * engine)
        .forEach(row -> outOfReach.add(row.contender()));
  }

  private static List<Measure> measures(Workload w) {
    return switch (w) {
      case A -> List.of(Measure.TRAIN, Measure.PREDICT1);
      case B -> List.of(Measure.TRAIN, Measure.PREDICT256);
      case C, D, E, F -> List.of(Measure.TRAIN);
    };
  }

  private Reference reference(Workload w) throws IOException {
    Variant engine =
        competitors.stream()
            .filter(c -> c.name().equals(Competitors.ENGINE))
            .findFirst()
            .orElseThrow()
            .variants()
            .getFirst();
    try (Child child = start(engine)) {
      Reference reference = Reference.of(w, child, files, Reference.perturbations(options));
      System.err.printf(
          "  loss after %d steps %.7f, tolerance %.1e%n",
          Reference.STEPS, reference.loss(), reference.tolerance());
      return reference;
    }
  }

  private Child start(Variant variant) throws IOException {
    Path log = files.directory().resolve("contenders.log");
    return new Child(variant, log, options.keepEnvironment());
  }

  /** Starts every setting of a contender and lets those in that pass the check. */
  private void enter(Workload w, Competitor c, Reference reference, List<Entry> entries)
      throws IOException {
    for (Variant variant : options.quick() ? List.of(c.likelyBest(w)) : c.variants()) {
      if (isLate() && !COMPARED_WITH.contains(c.name())) {
        notes.add("%s on %s: not run; no time left".formatted(c.name(), w));
        return;
      }
      if (outOfReach.contains(c.name())) {
        notes.add(
            "%s on %s: not run; less than a fifth as fast before, and --quick has no time for it"
                .formatted(c.name(), w));
        return;
      }
      Child child = start(variant);
      try {
        Entry entry = new Entry(c, child, child.ask(prepare(w), START_SECONDS));
        if (c.role() != Role.PRODUCTS) {
          check(c, child, reference);
        }
        entries.add(entry);
      } catch (ContenderException e) {
        child.close();
        note(w, c.name() + (variant.name().isEmpty() ? "" : " (" + variant.name() + ")"), e);
      }
    }
  }

  private String prepare(Workload w) {
    return "prepare " + files.directory() + " " + w + " " + DataFiles.weights(w);
  }

  private void note(Workload w, String who, ContenderException e) {
    String note = "%s on %s: refused; %s".formatted(who, w, e.getMessage());
    System.err.println("  " + note);
    notes.add(note);
  }

  private void check(Competitor c, Child child, Reference reference) {
    if (c.role() == Role.PREDICTS) {
      requireLoss(child, reference.startLoss(), reference, 0);
      return;
    }
    int done = 0;
    // Twice: the first step loads and compiles.
    double seconds = Double.POSITIVE_INFINITY;
    for (; done < 2; done++) {
      seconds = Math.min(seconds, seconds(child.ask("train 1", 600)));
    }
    if (!c.name().equals(Competitors.ENGINE)
        && seconds * Reference.STEPS > options.patienceSeconds()) {
      throw new ContenderException(
          "a step takes %.2g s, and %d of them more than the patience of %.0f s"
              .formatted(seconds, Reference.STEPS, options.patienceSeconds()));
    }
    child.ask("train " + (Reference.STEPS - done), 600);
    requireLoss(child, reference.loss(), reference, Reference.STEPS);
  }

  private static void requireLoss(Child child, double expected, Reference reference, int steps) {
    double loss = Double.parseDouble(child.ask("loss", 60));
    if (!(Math.abs(loss - expected) <= reference.tolerance())) {
      throw new ContenderException(
          "its loss after %d steps is %.8g, expected %.8g within %.1e: it does not compute the same"
              .formatted(steps, loss, expected, reference.tolerance()));
    }
  }

  private static double seconds(String nanos) {
    return Long.parseLong(nanos) / 1e9;
  }

  private void measure(Workload w, Measure measure, List<Entry> entries) {
    List<Entry> running = new ArrayList<>();
    for (Entry entry : entries) {
      if (measure == Measure.TRAIN && entry.competitor().role() == Role.PREDICTS) {
        continue;
      }
      try {
        warmUp(w, measure, entry);
        running.add(entry);
      } catch (ContenderException e) {
        note(w, entry.competitor().name() + ", " + measure.label(), e);
      }
    }
    dropSlowSettings(w, measure, running);
    for (int round = 0; round < options.rounds() && (round < FEWEST_ROUNDS || !isLate()); round++) {
      // Nobody always runs behind the same neighbour.
      Collections.rotate(running, 1);
      for (Entry entry : List.copyOf(running)) {
        try {
          entry.values(measure).add(slice(w, measure, entry));
        } catch (ContenderException e) {
          running.remove(entry);
          entry.values(measure).clear();
          note(w, entry.competitor().name() + ", " + measure.label(), e);
        }
      }
    }
    for (Competitor c : competitors) {
      running.stream()
          .filter(entry -> entry.competitor().equals(c))
          .map(entry -> row(w, measure, entry))
          .max(
              Comparator.comparingDouble(
                  row -> measure.moreIsBetter() ? row.median() : -row.median()))
          .ifPresent(
              row -> {
                rows.add(row);
                System.err.printf(
                    "  %-12s %-16s %,12.1f %s%n",
                    measure.label(), c.name(), row.median(), measure.unit());
                if (w == Workload.B && measure == Measure.TRAIN) {
                  bestOnB.put(
                      c.name(),
                      c.variants().stream()
                          .filter(v -> v.name().equals(row.variant()))
                          .findFirst()
                          .orElseThrow());
                }
              });
    }
  }

  private static Row row(Workload w, Measure measure, Entry entry) {
    return new Row(
        measure,
        w,
        entry.competitor().name(),
        entry.child().variant().name(),
        entry.about(),
        entry.values(measure));
  }

  /**
   * Runs until compiled code has settled, which is when thirty slices of a tenth of a second, or a
   * dozen if the run is a quick one, have not become faster by a fiftieth, or the time is up; and
   * finds how many repetitions fill a slice. Thirty, as kernels are compiled one after the other.
   */
  private void warmUp(Workload w, Measure measure, Entry entry) {
    int multiple = measure == Measure.TRAIN ? w.batches() : 1;
    double warmUpSlice = Math.min(0.1, options.sliceSeconds());
    boolean compared = COMPARED_WITH.contains(entry.competitor().name());
    double most = options.quick() ? (compared ? 4 : 1) : 15;
    int still = options.quick() ? 12 : 30;
    long begin = System.nanoTime();
    double best = Double.POSITIVE_INFINITY;
    int repetitions = multiple;
    for (int since = 0;
        since < still && (System.nanoTime() - begin) / 1e9 < (isLate() && !compared ? 0.5 : most);
        since++) {
      double each = nanos(measure, entry, repetitions) / repetitions;
      if (each < 0.98 * best) {
        since = 0;
      }
      best = Math.min(best, each);
      repetitions = repetitions(warmUpSlice, best, multiple);
    }
    entry.repetitions().put(measure, repetitions(options.sliceSeconds(), best, multiple));
  }

  private static int repetitions(double seconds, double nanosEach, int multiple) {
    double wanted = seconds * 1e9 / Math.max(1, nanosEach) / multiple;
    return Math.clamp(Math.round(wanted), 1, 10_000_000) * multiple;
  }

  private static double nanos(Measure measure, Entry entry, int repetitions) {
    return Long.parseLong(entry.child().ask(command(measure, repetitions), 900));
  }

  private static String command(Measure measure, int repetitions) {
    return switch (measure) {
      case TRAIN -> "train " + repetitions;
      case PREDICT1 -> "predict 1 " + repetitions;
      case PREDICT256 -> "predict 256 " + repetitions;
      case RSS, FIRST_STEP -> throw new IllegalArgumentException(measure.label());
    };
  }

  /** Of each contender, the settings that are clearly not its best take no part in the rounds. */
  private void dropSlowSettings(Workload w, Measure measure, List<Entry> entries) {
    Map<Entry, Row> tried = new LinkedHashMap<>();
    for (int i = 0; i < (options.quick() ? 1 : 3); i++) {
      for (Entry entry : entries) {
        if (rivals(entry, entries).size() > 1) {
          entry.values(measure).add(slice(w, measure, entry));
        }
      }
    }
    for (Entry entry : entries) {
      if (!entry.values(measure).isEmpty()) {
        tried.put(entry, row(w, measure, entry));
        entry.values(measure).clear();
      }
    }
    entries.removeIf(
        entry ->
            rivals(entry, entries).stream()
                .anyMatch(
                    rival ->
                        rival != entry
                            && WORTH_ROUNDS * require(tried, rival).times(require(tried, entry))
                                > 1));
  }

  private static Row require(Map<Entry, Row> tried, Entry entry) {
    return Objects.requireNonNull(tried.get(entry));
  }

  private static List<Entry> rivals(Entry entry, List<Entry> entries) {
    return entries.stream().filter(e -> e.competitor().equals(entry.competitor())).toList();
  }

  /** One value: a short run to fill the caches, then the slice, on a machine that is quiet. */
  private double slice(Workload w, Measure measure, Entry entry) {
    int repetitions = entry.repetitions().getOrDefault(measure, 1);
    int warm = measure == Measure.TRAIN ? w.batches() : Math.max(1, repetitions / 20);
    for (int tries = 1; ; tries++) {
      boolean quiet = probe.quiet();
      if (repetitions > warm) {
        entry.child().askAndLeaveRunning(command(measure, warm), 900);
      }
      double nanos = Long.parseLong(entry.child().ask(command(measure, repetitions), 900));
      quiet &= probe.quiet();
      if (quiet || tries == (options.quick() ? 1 : TRIES) || isLate()) {
        noisySlices += quiet ? 0 : 1;
        double each = nanos / repetitions;
        return switch (measure) {
          case TRAIN -> w.batch() * 1e9 / each;
          case PREDICT1 -> each / 1e3;
          case PREDICT256 -> 256 * 1e9 / each;
          case RSS, FIRST_STEP -> throw new IllegalArgumentException(measure.label());
        };
      }
      refusedSlices++;
    }
  }

  /** Memory and start, each in a fresh process with nothing else to do. */
  private void ownProcesses(Workload w, List<Competitor> ofThese) throws IOException {
    int times = options.quick() ? 1 : 5;
    for (Competitor c : ofThese) {
      if (System.nanoTime() - end > 0 && !COMPARED_WITH.contains(c.name())) {
        notes.add(c.name() + ", own process: not run; no time left");
        continue;
      }
      // How the engine starts and what it holds is said of what a user gets.
      Variant variant =
          c.name().equals(Competitors.ENGINE) ? c.variants().getFirst() : bestOnB.get(c.name());
      if (variant == null || c.role() == Role.PRODUCTS) {
        continue;
      }
      List<Double> peaks = new ArrayList<>();
      List<Double> starts = new ArrayList<>();
      String about = "";
      try {
        if (c.name().equals(Competitors.ENGINE)) {
          variant = StartArchive.add(variant, files.directory(), List.of(prepare(w), "train 20"));
        }
        for (int i = 0; i < times; i++) {
          try (Child child = start(variant)) {
            about = child.askAndLeaveRunning(prepare(w), START_SECONDS);
            child.askAndLeaveRunning("train 1", START_SECONDS);
            starts.add((System.nanoTime() - child.started()) / 1e9);
            child.ask("train " + Reference.STEPS, 600);
            peaks.add(child.peakMebibytes());
          }
        }
        rows.add(new Row(Measure.RSS, w, c.name(), variant.name(), about, peaks));
        rows.add(new Row(Measure.FIRST_STEP, w, c.name(), variant.name(), about, starts));
        if (c.name().equals(Competitors.ENGINE)) {
          notes.add("%s, own process of %s: %s".formatted(c.name(), w, about));
        }
      } catch (ContenderException e) {
        note(w, c.name() + ", own process", e);
      }
    }
  }
}
