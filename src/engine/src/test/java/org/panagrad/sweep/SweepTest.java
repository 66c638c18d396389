package org.panagrad.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.panagrad.data.Dataset;
import org.panagrad.file.FormatException;
import org.panagrad.infer.Model;
import org.panagrad.io.ModelFile;
import org.panagrad.nn.Layers;
import org.panagrad.nn.Network;
import org.panagrad.optim.Sgd;
import org.panagrad.random.SeededRandom;
import org.panagrad.train.CheckpointPolicy;
import org.panagrad.train.EarlyStopping;
import org.panagrad.train.Evaluator;
import org.panagrad.train.ResumeException;
import org.panagrad.train.Trainer;
import org.panagrad.train.TrainingOptions;
import org.panagrad.train.TrainingSession;

class SweepTest {
  private static final int PARTITIONS = 3;
  private static final int EPOCHS = 4;
  private static final Dataset TRAIN = blobs(96, "train");
  private static final Dataset VALIDATION = blobs(40, "validation");
  private static final List<Trial> TRIALS =
      new SearchSpace(
              Map.of("rate", new Range.Choice(List.of("0.1", "0.3", "0.05", "0.7", "0.001"))))
          .grid();

  @TempDir Path dir;

  @BeforeAll
  static void load() {
    TrainingSession.beginLoading();
  }

  @AfterAll
  static void close() {
    TRAIN.close();
    VALIDATION.close();
  }

  /** Three clouds in a plane that overlap somewhat. */
  private static Dataset blobs(int rows, String name) {
    SeededRandom random = SeededRandom.of(11, name);
    float[][] features = new float[rows][2];
    int[] labels = new int[rows];
    for (int row = 0; row < rows; row++) {
      labels[row] = row % 3;
      features[row][0] = (float) (random.nextGaussian() + 1.5 * (labels[row] - 1));
      features[row][1] = (float) (random.nextGaussian() + (labels[row] == 1 ? 2 : 0));
    }
    return Dataset.ofClasses(name, features, labels, 3);
  }

  private static TrialSetup setup(Trial trial) {
    return setup(Float.parseFloat(trial.settings().getOrDefault("rate", "0.1")));
  }

  private static TrialSetup setup(float rate) {
    return new TrialSetup(
        Network.of(2, Layers.dense(9), Layers.relu(), Layers.dropout(0.1f), Layers.dense(3)),
        TRAIN,
        VALIDATION,
        TrainingOptions.defaults()
            .optimizer(new Sgd(rate))
            .batchSize(16)
            .seed(5)
            .partitions(PARTITIONS),
        EPOCHS);
  }

  private Sweep sweep(String folder) {
    return new Sweep(dir.resolve(folder), TRIALS, SweepTest::setup);
  }

  /** The digest of a trial's parameters, trained by itself on one thread. */
  private static String alone(Trial trial, int epochs) {
    TrialSetup setup = setup(trial);
    try (TrainingSession session =
        TrainingSession.open(setup.network(), TRAIN, setup.options().threads(1))) {
      new Trainer(session).epochs(epochs).validation(VALIDATION).run();
      return ModelFile.parametersSha256(session);
    }
  }

  private static List<TrialResult> timeless(List<TrialResult> rows) {
    return rows.stream()
        .map(
            r ->
                new TrialResult(
                    r.trial(),
                    r.rung(),
                    r.settings(),
                    r.epochs(),
                    r.bestEpoch(),
                    r.metric(),
                    r.trainLoss(),
                    r.validationLoss(),
                    r.validationAccuracy(),
                    r.ended(),
                    r.isFailed(),
                    r.parametersSha256(),
                    0))
        .toList();
  }

  private static void assertBest(SweepResult result) throws IOException {
    TrialResult best = result.best();
    assertNotNull(best);
    assertEquals(best, result.ranked().getFirst());
    try (Model model = ModelFile.read(result.model())) {
      assertEquals(best.parametersSha256(), ModelFile.parametersSha256(model));
      assertEquals(
          best.validationAccuracy(),
          model.evaluate(VALIDATION, Evaluator.defaults()).accuracy(),
          best.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,4", "2,2", "3,4", "8,3"})
  void eachTrialHasTheBitsItHasAlone(int parallel, int threads) throws IOException {
    SweepResult result = sweep("s").parallel(parallel).threads(threads).run();
    assertTrue(result.isWhole());
    assertEquals(TRIALS.size(), result.rows().size());
    for (TrialResult row : result.rows()) {
      Trial trial = TRIALS.get(row.trial() - 1);
      assertEquals(alone(trial, EPOCHS), row.parametersSha256(), trial.toString());
      assertEquals(EPOCHS, row.epochs());
      assertEquals(row.validationAccuracy(), row.metric());
    }
    assertBest(result);
    try (Stream<Path> left = Files.list(dir.resolve("s"))) {
      assertEquals(
          List.of(".lock", "best.json", "best.safetensors", "results.jsonl"),
          left.map(f -> f.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void neverMoreThreadsThanTold() throws IOException {
    AtomicInteger busy = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    sweep("s")
        .parallel(4)
        .threads(5)
        .listener(
            event -> {
              switch (event) {
                case SweepEvent.TrialStarted begun -> {
                  int now = busy.addAndGet(begun.threads());
                  most.accumulateAndGet(now, Math::max);
                }
                case SweepEvent.TrialEnded _ -> busy.decrementAndGet();
                default -> {}
              }
            })
        .run();
    assertTrue(most.get() <= 5, most + " threads");
    assertEquals(4, sweep("t").parallel(4).threads(5).sideBySide());
    assertEquals(3, sweep("t").parallel(4).threads(3).sideBySide());
  }

  @Test
  void theRankingDecides() throws IOException {
    SweepResult accuracy = sweep("a").run();
    SweepResult loss = sweep("l").ranking(new Ranking(Metric.LOSS)).run();
    SweepResult worst = sweep("w").ranking(new Ranking(Metric.ACCURACY, false)).run();
    for (int i = 1; i < TRIALS.size(); i++) {
      assertTrue(accuracy.ranked().get(i - 1).metric() >= accuracy.ranked().get(i).metric());
      assertTrue(loss.ranked().get(i - 1).metric() <= loss.ranked().get(i).metric());
      assertTrue(worst.ranked().get(i - 1).metric() <= worst.ranked().get(i).metric());
    }
    assertBest(loss);
    assertBest(worst);
  }

  @Test
  void allModelsAreKeptOnRequest() throws IOException {
    SweepResult result = sweep("s").keepModels().parallel(2).threads(2).run();
    for (TrialResult row : result.rows()) {
      Path file = dir.resolve("s/models/trial-000" + row.trial() + ".safetensors");
      try (Model model = ModelFile.read(file)) {
        assertEquals(row.parametersSha256(), ModelFile.parametersSha256(model));
      }
    }
    assertBest(result);
  }

  /** A sweep in a folder of somebody's: what he has there is his, in its own folders too. */
  @Test
  void whatOthersKeepInTheFolderStays() throws IOException {
    List<Path> own = new ArrayList<>();
    for (String name :
        List.of(
            "notes.txt",
            "models/mine.safetensors",
            "models/trial-0006.safetensors",
            "trials/protocol.txt",
            "trials/trial-0006/step-000000000001.safetensors")) {
      Path file = dir.resolve("s").resolve(name);
      Files.createDirectories(file.getParent());
      own.add(Files.writeString(file, name));
    }
    Path late = dir.resolve("s/trials/trial-0002/mine.txt");
    SweepListener whileItRuns =
        event -> {
          if (event instanceof SweepEvent.TrialStarted begun && begun.trial().number() == 2) {
            try {
              Files.writeString(late, "mine.txt");
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          }
        };
    assertBest(sweep("s").listener(whileItRuns).run());
    own.add(late);
    for (Path file : own) {
      assertTrue(Files.exists(file), file + " is gone");
      assertTrue(file.toString().endsWith(Files.readString(file)), file + " is another");
    }
    try (Stream<Path> left = Files.walk(dir.resolve("s"))) {
      assertEquals(own.size() + 4, left.filter(Files::isRegularFile).count());
    }
  }

  /** The names that a sweep gives to its own files may be somebody's already. */
  @ParameterizedTest
  @CsvSource({
    "best.safetensors",
    "best.json",
    "models/trial-0003.safetensors",
    "trials/trial-0002/step-000000000001.safetensors"
  })
  void namesOfItsOwnAreNotTakenFromOthers(String name) throws IOException {
    Path file = dir.resolve("s").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "mine");
    assertRefused("a sweep would write its own there", () -> sweep("s").run());
    assertRefused("a sweep would write its own there", () -> sweep("s").resume().run());
    assertEquals("mine", Files.readString(file));
  }

  @Test
  void modelsThatWereKeptStayWhenNoneIsTrained() throws IOException {
    SweepResult kept = sweep("s").keepModels().run();
    assertEquals(kept.rows(), sweep("s").resume().run().rows());
    for (TrialResult row : kept.rows()) {
      assertTrue(
          Files.exists(dir.resolve("s/models/trial-000" + row.trial() + ".safetensors")),
          "the model of trial " + row.trial() + " is gone");
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "2"})
  void halvingGoesOnWithTheBest(int parallel) throws IOException {
    List<String> steps = new ArrayList<>();
    Halving halving = new Halving(2, 1, EPOCHS);
    SweepResult result =
        sweep("s")
            .halving(halving)
            .parallel(parallel)
            .threads(2)
            .listener(
                event -> {
                  if (event instanceof SweepEvent.TrialStarted begun) {
                    steps.add(begun.trial().number() + " from " + begun.fromStep());
                  }
                })
            .run();
    // 5 to epoch 1, 2 to epoch 2, 1 to epoch 4; 6 steps an epoch.
    assertEquals(8, result.rows().size());
    assertEquals(8, steps.size());
    List<TrialResult> first = result.rows().subList(0, 5);
    List<Integer> expected =
        first.stream()
            .sorted(new Ranking(Metric.ACCURACY).order())
            .limit(2)
            .map(TrialResult::trial)
            .sorted()
            .toList();
    assertEquals(expected, result.rows().subList(5, 7).stream().map(TrialResult::trial).toList());
    for (int survivor : expected) {
      assertTrue(steps.contains(survivor + " from 6"), steps.toString());
    }
    TrialResult best = result.best();
    assertNotNull(best);
    assertEquals(3, best.rung());
    assertTrue(steps.contains(best.trial() + " from 12"), steps.toString());
    // In parts, it is the training that is made in one.
    assertEquals(alone(TRIALS.get(best.trial() - 1), EPOCHS), best.parametersSha256());
    assertBest(result);
    assertEquals(List.of(3, 2, 1, 1, 1), result.ranked().stream().map(TrialResult::rung).toList());
  }

  @Test
  void aTrialThatFailsIsARow() throws IOException {
    TrialFactory factory =
        trial ->
            switch (trial.number()) {
              case 2 -> setup(1e30f);
              case 3 ->
                  new TrialSetup(
                      Network.of(3, Layers.dense(3)),
                      TRAIN,
                      VALIDATION,
                      TrainingOptions.defaults().batchSize(16),
                      EPOCHS);
              case 4 ->
                  new TrialSetup(
                      setup(trial).network(),
                      TRAIN,
                      VALIDATION,
                      TrainingOptions.defaults().batchSize(1000),
                      EPOCHS);
              default -> setup(trial);
            };
    SweepResult result = new Sweep(dir.resolve("s"), TRIALS, factory).parallel(2).threads(2).run();
    assertTrue(result.isWhole());
    List<TrialResult> rows = result.rows();
    assertEquals(
        List.of(false, true, true, true, false), rows.stream().map(TrialResult::isFailed).toList());
    assertTrue(rows.get(1).ended().startsWith("not finite at step "), rows.get(1).ended());
    assertTrue(
        rows.get(2).ended().contains("expected (*, 2)")
            || rows.get(2).ended().contains("2 features"),
        rows.get(2).ended());
    assertTrue(rows.get(3).ended().contains("batch size 1000"), rows.get(3).ended());
    assertBest(result);
    // They have ended, and are not tried again.
    SweepResult again = new Sweep(dir.resolve("s"), TRIALS, factory).resume().run();
    assertEquals(rows, again.rows());
  }

  @Test
  void whatDoesNotFitBesideOthersWaits() throws IOException {
    long one;
    TrialSetup setup = setup(TRIALS.getFirst());
    try (TrainingSession session = TrainingSession.open(setup.network(), TRAIN, setup.options())) {
      one = session.memoryReport().bytes();
    }
    List<String> waited = new ArrayList<>();
    SweepListener listener =
        event -> {
          if (event instanceof SweepEvent.TrialWaits waits) {
            waited.add(waits.trial().toString());
          }
        };
    SweepResult unlimited = sweep("u").parallel(3).threads(3).listener(listener).run();
    assertEquals(List.of(), waited);
    SweepResult tight =
        sweep("t").parallel(3).threads(3).maxNativeBytes(2 * one - 1).listener(listener).run();
    assertEquals(timeless(unlimited.rows()), timeless(tight.rows()));
    SweepResult tooLittle = sweep("n").parallel(3).threads(3).maxNativeBytes(one - 1).run();
    assertTrue(tooLittle.rows().stream().allMatch(TrialResult::isFailed));
    assertTrue(
        tooLittle.rows().getFirst().ended().contains("needs " + one + " bytes"),
        tooLittle.rows().getFirst().ended());
    assertEquals(null, tooLittle.best());
  }

  @Test
  void memoryTakenBesidesThePlanCounts() throws IOException {
    TrialSetup setup = setup(TRIALS.getFirst());
    long one;
    try (TrainingSession session = TrainingSession.open(setup.network(), TRAIN, setup.options())) {
      one = session.memoryReport().bytes();
    }
    // Early stopping keeps a copy of the parameters.
    TrialFactory stopping =
        trial ->
            new TrialSetup(
                setup(trial).network(),
                TRAIN,
                VALIDATION,
                setup(trial).options(),
                EPOCHS,
                trainer -> trainer.earlyStopping(new EarlyStopping(2)));
    SweepResult result = new Sweep(dir.resolve("s"), TRIALS, stopping).maxNativeBytes(one).run();
    assertTrue(result.rows().stream().allMatch(TrialResult::isFailed), result.toString());
    result = new Sweep(dir.resolve("t"), TRIALS, stopping).maxNativeBytes(2 * one).run();
    assertTrue(result.rows().stream().noneMatch(TrialResult::isFailed), result.toString());
    assertBest(result);
  }

  @Test
  void stoppedItIsGoneOnWith() throws IOException {
    SweepResult whole = sweep("whole").halving(new Halving(2, 1, EPOCHS)).run();
    int runs = 0;
    SweepResult result;
    do {
      // Stopped by every fifth event, in the midst of trials too.
      AtomicInteger events = new AtomicInteger();
      Sweep[] sweep = new Sweep[1];
      sweep[0] =
          sweep("parts")
              .halving(new Halving(2, 1, EPOCHS))
              .resume()
              .checkpoints(new CheckpointPolicy(1, java.time.Duration.ZERO))
              .listener(
                  event -> {
                    if (events.incrementAndGet() == 5) {
                      sweep[0].stop();
                    }
                  });
      result = sweep[0].run();
      runs++;
      assertTrue(runs < 50, "no end");
    } while (!result.isWhole());
    assertTrue(runs > 3, runs + " runs");
    assertEquals(timeless(whole.rows()), timeless(result.rows()));
    assertBest(result);
  }

  @Test
  void aTornLineIsNamedAndItsTrialGoneOnWith() throws IOException {
    SweepResult whole = sweep("s").run();
    Path table = dir.resolve("s/results.jsonl");
    String text = Files.readString(table);
    String lastLine = text.lines().reduce("", (a, b) -> b);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int from = bytes.length - lastLine.length() - 1;
    // The best one is not the last, so that its model stays.
    assertFalse(lastLine.startsWith("{\"trial\":" + whole.ranked().getFirst().trial() + ","));
    for (int length : new int[] {from + 1, from + lastLine.length() / 2, bytes.length - 1}) {
      Files.write(table, java.util.Arrays.copyOf(bytes, length));
      List<String> notes = new ArrayList<>();
      SweepResult result =
          sweep("s")
              .resume()
              .listener(
                  event -> {
                    if (event instanceof SweepEvent.Note(String note)) {
                      notes.add(note);
                    }
                  })
              .run();
      assertEquals(1, notes.size());
      assertTrue(notes.getFirst().contains("results.jsonl: line 6 has no end"), notes.toString());
      assertEquals(timeless(whole.rows()), timeless(result.rows()));
      assertBest(result);
    }
  }

  @Test
  void aDamagedLineIsAnError() throws IOException {
    sweep("s").run();
    Path table = dir.resolve("s/results.jsonl");
    List<String> lines = Files.readAllLines(table);
    lines.set(2, lines.get(2).replace("\"epochs\":4", "\"epochs\":\"4\""));
    Files.write(table, lines);
    var e = assertThrows(FormatException.class, () -> sweep("s").resume().run());
    assertTrue(e.toString().contains("line 3, row.epochs: expected a whole number"), e.toString());
  }

  @Test
  void aFolderBelongsToOneSweep() throws IOException {
    sweep("s").describedBy(Map.of("options.seed", "5")).run();
    assertRefused("holds a sweep; resume that one", () -> sweep("s").run());
    assertRefused(
        "options.seed: the sweep has 5, found 6",
        () -> sweep("s").resume().describedBy(Map.of("options.seed", "6")).run());
    assertRefused(
        "halving: the sweep has none, found Halving",
        () ->
            sweep("s")
                .resume()
                .describedBy(Map.of("options.seed", "5"))
                .halving(new Halving(2, 1, 4))
                .run());
    List<Trial> other =
        new SearchSpace(
                Map.of("rate", new Range.Choice(List.of("0.1", "0.3", "0.05", "0.2", "0.001"))))
            .grid();
    assertRefused(
        "trial 4, rate: the sweep has 0.7, found 0.2",
        () ->
            new Sweep(dir.resolve("s"), other, SweepTest::setup)
                .resume()
                .describedBy(Map.of("options.seed", "5"))
                .run());
    assertRefused(
        "another sweep works there",
        () ->
            sweep("b")
                .listener(
                    event -> {
                      try {
                        sweep("b").resume().run();
                      } catch (IOException e) {
                        throw new IllegalStateException(e);
                      }
                    })
                .run());
  }

  private static void assertRefused(
      String message, org.junit.jupiter.api.function.Executable action) {
    var e = assertThrows(ResumeException.class, action);
    assertTrue(e.toString().contains(message), e.toString());
  }

  @Test
  void aBestModelThatIsGoneIsAnError() throws IOException {
    sweep("s").run();
    Files.write(
        dir.resolve("s/best.safetensors"), new byte[] {1}, StandardOpenOption.TRUNCATE_EXISTING);
    assertRefused("expected the model of trial", () -> sweep("s").resume().run());
  }

  /** Nothing is lost: trainings under way write their checkpoints, as when the sweep is stopped. */
  @Test
  void anInterruptStopsTheSweep() throws Exception {
    CountDownLatch underWay = new CountDownLatch(1);
    Sweep sweep =
        sweep("interrupted")
            .parallel(2)
            .threads(2)
            .listener(
                event -> {
                  if (event instanceof SweepEvent.TrialEnded) {
                    underWay.countDown();
                  }
                });
    FutureTask<SweepResult> run =
        new FutureTask<>(
            () -> {
              SweepResult result = sweep.run();
              assertTrue(Thread.interrupted());
              return result;
            });
    Thread thread = new Thread(run);
    thread.start();
    underWay.await();
    thread.interrupt();
    run.get();
    SweepResult whole = sweep("interrupted").resume().run();
    SweepResult other = sweep("other").run();
    assertEquals(timeless(other.rows()), timeless(whole.rows()));
  }
}
