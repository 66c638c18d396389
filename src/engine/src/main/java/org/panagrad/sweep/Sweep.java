package org.panagrad.sweep;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.panagrad.blas.BlasLibrary;
import org.panagrad.blas.NativeBlas;
import org.panagrad.train.CheckpointPolicy;
import org.panagrad.train.Trainer;

/**
 * Trains many networks, some side by side, and keeps a table of what they came to and the best
 * model.
 *
 * <pre>{@code
 * SearchSpace space = new SearchSpace(Map.of("width", new Range.Integers(8, 128)));
 * SweepResult result =
 *     new Sweep(
 *             Path.of("sweep1"),
 *             space.random(20, 1),
 *             trial -> new TrialSetup(network(trial), train, validation, options, 10))
 *         .parallel(2)
 *         .resume()
 *         .run();
 * }</pre>
 *
 * <p>Each trial comes to the bits that it comes to alone: they follow from its options, and threads
 * are not among what decides them. The folder survives a kill at any moment; {@link #resume} goes
 * on, a trial under way from its last checkpoint.
 *
 * <p>Set up by one thread and run once; {@link #stop} may be called by any.
 */
public final class Sweep {
  private static final CheckpointPolicy USUAL_CHECKPOINTS =
      new CheckpointPolicy(0, Duration.ofMinutes(1));

  private final Path directory;
  private final List<Trial> trials;
  private final TrialFactory factory;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final Set<Trainer> running = ConcurrentHashMap.newKeySet();
  private Ranking ranking = new Ranking(Metric.ACCURACY);
  private @Nullable Halving halving;
  private int parallel = 1;
  private int threads = Runtime.getRuntime().availableProcessors();
  private long maxNativeBytes = Long.MAX_VALUE;
  private CheckpointPolicy checkpoints = USUAL_CHECKPOINTS;
  private SweepListener listener = event -> {};
  private boolean resuming;
  private boolean keepModels;
  private boolean started;
  private volatile boolean stopping;
  private boolean interrupted;

  /**
   * A sweep of these trials, one after another, ranked by accuracy.
   *
   * @param folder made if it is not there
   * @param trials numbered from 1, in order
   */
  public Sweep(Path folder, List<Trial> trials, TrialFactory factory) {
    this.directory = folder;
    this.trials = List.copyOf(trials);
    this.factory = factory;
    if (trials.isEmpty()) {
      throw new IllegalArgumentException("a sweep of no trials: expected 1 or more");
    }
    for (int i = 0; i < trials.size(); i++) {
      if (trials.get(i).number() != i + 1) {
        throw new IllegalArgumentException(
            trials.get(i) + " in place " + (i + 1) + ": expected numbers from 1, in order");
      }
    }
  }

  /** The files that a sweep writes in its folder, those of single trials not among them. */
  public static List<Path> filesIn(Path folder) {
    return List.of(
        SweepFolder.table(folder), SweepFolder.best(folder), SweepFolder.bestRow(folder));
  }

  /** What trials are compared by. */
  public Sweep ranking(Ranking order) {
    ranking = order;
    return this;
  }

  /** Trains all for a few epochs and the better ones on; without it all go through all epochs. */
  public Sweep halving(Halving rule) {
    halving = rule;
    return this;
  }

  /**
   * How many trainings run side by side at most; each has its share of the threads.
   *
   * @throws IllegalArgumentException unless it is 1 or more
   */
  public Sweep parallel(int count) {
    parallel = atLeastOne("parallel", count);
    return this;
  }

  /**
   * How many threads compute in all; as many as processors unless told. No more trainings than this
   * run side by side.
   *
   * @throws IllegalArgumentException unless it is 1 or more
   */
  public Sweep threads(int count) {
    threads = atLeastOne("threads", count);
    return this;
  }

  private static int atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + ": expected 1 or more");
    }
    return value;
  }

  /**
   * The most native memory that all trainings under way may take, data not counted. One that does
   * not fit beside others waits; one that does not fit alone fails.
   */
  public Sweep maxNativeBytes(long bytes) {
    maxNativeBytes = bytes;
    return this;
  }

  /** When trials under way write checkpoints; every minute unless told. */
  public Sweep checkpoints(CheckpointPolicy policy) {
    checkpoints = policy;
    return this;
  }

  /**
   * What else must be the same for the sweep to be gone on with, by name: options that all trials
   * share, what the data is.
   */
  public Sweep describedBy(Map<String, String> facts) {
    settings.putAll(facts);
    return this;
  }

  /** Goes on with the sweep in the folder, or begins anew where there is none. */
  public Sweep resume() {
    resuming = true;
    return this;
  }

  /** Keeps every trial's model, not only the best one's. */
  public Sweep keepModels() {
    keepModels = true;
    return this;
  }

  /** Is told what happens. */
  public Sweep listener(SweepListener told) {
    listener = told;
    return this;
  }

  /** Ends the run: trainings under way write a checkpoint after their present step. Any thread. */
  public void stop() {
    stopping = true;
    running.forEach(Trainer::stop);
  }

  /** How many trainings run side by side in the beginning. */
  public int sideBySide() {
    return Math.min(Math.min(parallel, threads), trials.size());
  }

  /**
   * Trains all trials that the table has no row of. A trial that fails by itself, as its loss is
   * not finite, it does not fit the data or does not fit into the memory, is a row too.
   *
   * @throws org.panagrad.train.ResumeException if the folder's sweep is another one, is worked on
   *     by another process, or is not to be resumed
   * @throws org.panagrad.file.FormatException if what lies in the folder is damaged
   * @throws IOException in one line when something cannot be written or read
   * @throws IllegalStateException if it ran before
   */
  public SweepResult run() throws IOException {
    if (started) {
      throw new IllegalStateException("this sweep has run; make another for the folder");
    }
    started = true;
    TableJson.Head head = new TableJson.Head(facts(), trials);
    try {
      return run(head);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private SweepResult run(TableJson.Head head) throws IOException {
    try (SweepFolder folder = SweepFolder.open(directory, trials.size(), resuming, keepModels);
        SweepTable table = SweepTable.open(folder.table(), head)) {
      String torn = table.torn();
      if (torn != null) {
        tell(new SweepEvent.Note(torn));
      }
      Optional<TrialResult> best = table.best(ranking);
      if (best.isPresent()) {
        folder.settleBest(best.get());
      }
      boolean isWhole = runRungs(folder, table);
      if (isWhole) {
        folder.tidy(trials.size());
      }
      return new SweepResult(
          table.ranked(ranking),
          table.rows(),
          table.best(ranking).orElse(null),
          folder.best(),
          isWhole);
    }
  }

  private Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>(settings);
    BlasLibrary library = NativeBlas.load().library();
    facts.put("metric", ranking.metric().label());
    facts.put("direction", ranking.highestFirst() ? "max" : "min");
    facts.put("halving", halving == null ? "none" : halving.toString());
    facts.put("OpenBLAS version", library.version());
    facts.put("OpenBLAS core", library.coreName());
    return facts;
  }

  /** Whether all came to their end. */
  private boolean runRungs(SweepFolder folder, SweepTable table) throws IOException {
    Halving rule = halving;
    List<Halving.Rung> rungs =
        rule == null ? List.of(new Halving.Rung(1, trials.size(), 0)) : rule.rungs(trials.size());
    List<Trial> field = trials;
    for (Halving.Rung rung : rungs) {
      List<Trial> missing =
          field.stream()
              .filter(trial -> table.row(trial.number(), rung.number()).isEmpty())
              .toList();
      tell(
          new SweepEvent.RungStarted(
              rung, rungs.size(), field.size(), field.size() - missing.size()));
      boolean isLast = rung.number() == rungs.size();
      runSideBySide(missing, rung, isLast, folder, table);
      if (stopping && isMissing(missing, rung, table)) {
        return false;
      }
      if (!isLast) {
        field = survivors(field, rung, rungs.get(rung.number()), folder, table);
      }
    }
    return true;
  }

  private static boolean isMissing(List<Trial> trials, Halving.Rung rung, SweepTable table) {
    return trials.stream().anyMatch(t -> table.row(t.number(), rung.number()).isEmpty());
  }

  /** Those that go on to the next rung, by number. */
  private List<Trial> survivors(
      List<Trial> field, Halving.Rung rung, Halving.Rung next, SweepFolder folder, SweepTable table)
      throws IOException {
    Set<Integer> numbers = ConcurrentHashMap.newKeySet();
    field.stream()
        .map(trial -> table.row(trial.number(), rung.number()).orElseThrow())
        .filter(row -> !row.isFailed())
        .sorted(ranking.order())
        .limit(next.trials())
        .forEach(row -> numbers.add(row.trial()));
    List<Trial> survivors = new ArrayList<>();
    for (Trial trial : field) {
      if (numbers.contains(trial.number())) {
        survivors.add(trial);
      } else {
        folder.dropCheckpoints(trial.number());
      }
    }
    return survivors;
  }

  private void runSideBySide(
      List<Trial> missing, Halving.Rung rung, boolean isLast, SweepFolder folder, SweepTable table)
      throws IOException {
    int workers = Math.min(Math.min(parallel, threads), missing.size());
    if (workers == 0) {
      return;
    }
    int threadsEach = threads / workers;
    MemoryShare memory = new MemoryShare(maxNativeBytes);
    ExecutorService pool =
        Executors.newFixedThreadPool(
            workers, Thread.ofPlatform().name("panagrad-trial-", 1).daemon().factory());
    try {
      List<Future<?>> futures = new ArrayList<>();
      for (Trial trial : missing) {
        futures.add(
            pool.submit(
                () -> {
                  runOne(trial, rung, isLast, threadsEach, memory, folder, table);
                  return null;
                }));
      }
      await(futures);
    } finally {
      // Nothing is left in it.
      pool.close();
    }
  }

  private void runOne(
      Trial trial,
      Halving.Rung rung,
      boolean isLast,
      int threadsEach,
      MemoryShare memory,
      SweepFolder folder,
      SweepTable table)
      throws IOException {
    if (stopping) {
      return;
    }
    try {
      TrialRun run = new TrialRun(this, trial, rung, threadsEach, memory, folder);
      TrialResult result = run.run();
      if (result != null) {
        end(trial, result, isLast, folder, table);
      }
    } catch (Throwable failure) {
      // What is not the trial's own fault ends the sweep; the others save what they have.
      stop();
      throw failure;
    }
  }

  /**
   * Waits for all, also when one has failed. An interrupt stops the sweep; it is passed on after
   * the run, for a channel of an interrupted thread does not write.
   */
  private void await(List<Future<?>> futures) throws IOException {
    Throwable first = null;
    for (Future<?> future : futures) {
      for (boolean ended = false; !ended; ) {
        try {
          future.get();
          ended = true;
        } catch (ExecutionException failure) {
          first = first == null ? failure.getCause() : first;
          ended = true;
        } catch (InterruptedException told) {
          interrupted = true;
          stop();
        }
      }
    }
    switch (first) {
      case null -> {}
      case IOException io -> throw io;
      case UncheckedIOException io -> throw io;
      case RuntimeException known -> throw known;
      case Error error -> throw error;
      default -> throw new IllegalStateException(first);
    }
  }

  /** A trial's row, and what of it is kept. */
  private synchronized void end(
      Trial trial, TrialResult result, boolean isLast, SweepFolder folder, SweepTable table)
      throws IOException {
    boolean isBest = table.wouldBeBest(ranking, result);
    if (!isBest) {
      folder.dropModel(result);
    }
    table.add(result);
    if (isBest) {
      folder.keepBest(result);
    }
    if (isLast || result.isFailed()) {
      folder.dropCheckpoints(trial.number());
    }
    tell(new SweepEvent.TrialEnded(trial, result));
    if (isBest) {
      tell(new SweepEvent.NewBest(result));
    }
  }

  TrialSetup setUp(Trial trial) {
    TrialSetup setup = factory.setUp(trial);
    ranking.metric().check(setup.validation(), setup.options().loss());
    return setup;
  }

  CheckpointPolicy checkpointPolicy() {
    return checkpoints;
  }

  Ranking ranking() {
    return ranking;
  }

  boolean isStopping() {
    return stopping;
  }

  /** To be stopped by {@link #stop}, until {@link #hasEnded}. */
  void isRunning(Trainer trainer) {
    running.add(trainer);
    if (stopping) {
      trainer.stop();
    }
  }

  void hasEnded(Trainer trainer) {
    running.remove(trainer);
  }

  synchronized void tell(SweepEvent event) {
    listener.on(event);
  }
}
