package org.panagrad.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.blas.Blas;
import org.panagrad.blas.JavaBlas;
import org.panagrad.blas.NativeBlas;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Loss;
import org.panagrad.graph.Value;
import org.panagrad.kernel.BothKernels;
import org.panagrad.kernel.Kernels;
import org.panagrad.plan.Workers;
import org.panagrad.plan.op.CompileOptions;
import org.panagrad.random.SeededRandom;

/** What every line of the registry must pass. */
class ContractTest {
  private static final long SEED = 20261124;

  /**
   * Two central differences, which are extrapolated: what is left is of the fourth order. One alone
   * is off by more than 1e-6 where a batch of two has a small variance.
   */
  private static final double[] STEPS = {1e-5, -1e-5, 5e-6, -5e-6};

  private static final int NAN = 0x7fc00000;
  private static final int[] PARTITIONS = {1, 2, 3, 4, 7};

  static List<ContractCase> cases() {
    return Cases.ALL;
  }

  private static SeededRandom random(ContractCase c, Sizes sizes) {
    return SeededRandom.of(SEED, c.name() + sizes);
  }

  private static CompileOptions options(ContractCase c, Sizes s, int partitions) {
    return c.loss() == null
        ? CompileOptions.inference(s.batch(), partitions)
        : weighing(c, CompileOptions.gradients(s.batch(), partitions, c.loss(), c.labels()));
  }

  private static CompileOptions weighing(ContractCase c, CompileOptions options) {
    return c.weighted() ? options.weighingExamples() : options;
  }

  private static Batch batch(ContractCase c, Graph graph, int size, SeededRandom random) {
    int in = graph.input().shape().elements();
    return new Batch(size, in, graph.output().shape().elements(), c.labels(), random);
  }

  private static ReferenceNetwork.Result reference(
      ContractCase c,
      Graph graph,
      Sizes s,
      Map<Value, double[]> parameters,
      Batch batch,
      double[] x,
      boolean dropout) {
    return new ReferenceNetwork(graph, c.loss(), dropout, SEED, 5, s.batch())
        .run(
            parameters,
            x,
            c.labels() ? batch.labels() : null,
            c.denseTargets() ? batch.targets() : null,
            c.weighted() ? batch.weights() : null,
            batch.size);
  }

  /** Output, loss and every gradient, full batch and short, by every combination of parts. */
  @ParameterizedTest
  @MethodSource("cases")
  void matchesTheReference(ContractCase c) {
    for (Sizes s : Sizes.all(Cases.ALL.indexOf(c))) {
      SeededRandom random = random(c, s);
      Graph graph = c.network().apply(s).graph();
      Map<Value, float[]> parameters = Draws.parameters(graph, random);
      Map<Value, double[]> doubles = Draws.doubles(parameters);
      List<Batch> batches =
          List.of(batch(c, graph, s.batch(), random), batch(c, graph, s.shortBatch(), random));
      List<ReferenceNetwork.Result> expected =
          batches.stream().map(b -> reference(c, graph, s, doubles, b, b.x(), true)).toList();
      for (int partitions : PARTITIONS) {
        for (Kernels kernels : BothKernels.ALL) {
          for (Blas blas : List.of(new JavaBlas(), NativeBlas.load())) {
            String where =
                c
                    + " "
                    + s
                    + ", partitions "
                    + partitions
                    + ", "
                    + kernels.name()
                    + ", "
                    + blas.getClass().getSimpleName();
            CompileOptions options = options(c, s, partitions);
            try (Engine engine = new Engine(graph, options, blas, kernels);
                Engine inPlace = new Engine(graph, options.readingInPlace(), blas, kernels)) {
              for (Engine each : List.of(engine, inPlace)) {
                each.parameters(parameters);
                each.state.seed = SEED;
                each.state.step = 5;
              }
              for (int i = 0; i < batches.size(); i++) {
                engine.fill(NAN);
                inPlace.fill(NAN);
                Engine.Outcome outcome = engine.run(batches.get(i), null);
                check(where + ", batch " + i, expected.get(i), outcome);
                assertEquals(
                    outcome.bits(), inPlace.run(batches.get(i), null).bits(), where + ", in place");
              }
            }
          }
        }
      }
    }
  }

  private static void check(String where, ReferenceNetwork.Result expected, Engine.Outcome actual) {
    check(where + ": output", expected.output(), actual.output());
    double off = Math.abs(actual.loss() - expected.loss());
    if (!(off <= expected.lossError())) {
      fail(
          where
              + ": loss "
              + actual.loss()
              + ", expected "
              + expected.loss()
              + " +- "
              + expected.lossError());
    }
    assertEquals(expected.gradients().keySet(), actual.gradients().keySet(), where);
    actual
        .gradients()
        .forEach(
            (v, g) ->
                check(where + ": gradient of " + v.path(), Draws.at(expected.gradients(), v), g));
  }

  private static void check(String where, Bounded expected, float[] actual) {
    assertEquals(expected.value().length, actual.length, where);
    for (int i = 0; i < actual.length; i++) {
      double off = Math.abs(actual[i] - expected.value()[i]);
      if (!(off <= expected.error()[i])) {
        fail(
            where
                + "["
                + i
                + "] is "
                + actual[i]
                + ", expected "
                + expected.value()[i]
                + " +- "
                + expected.error()[i]);
      }
    }
  }

  /**
   * A bound that lets everything through would be no test: of every three tensors that are not
   * cancelled away, two are held to 1e-3 of their largest element, and most to far less.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void boundsAreTight(ContractCase c) {
    int tensors = 0;
    int tight = 0;
    for (Sizes s : Sizes.awkward(Cases.ALL.indexOf(c))) {
      SeededRandom random = random(c, s);
      Graph graph = c.network().apply(s).graph();
      Map<Value, double[]> parameters = Draws.doubles(Draws.parameters(graph, random));
      Batch batch = batch(c, graph, s.batch(), random);
      ReferenceNetwork.Result r = reference(c, graph, s, parameters, batch, batch.x(), true);
      List<Bounded> all = new ArrayList<>(r.gradients().values());
      all.add(r.output());
      for (Bounded b : all) {
        double largest = Arrays.stream(b.value()).map(Math::abs).max().orElse(0);
        double bound =
            Arrays.stream(b.error()).sorted().skip(b.error().length / 2).findFirst().orElse(0);
        if (largest > 1e-4) {
          tensors++;
          tight += bound <= 1e-3 * largest ? 1 : 0;
        }
      }
    }
    assertTrue(tensors > 0 && 3 * tight >= 2 * tensors, c + ": " + tight + " of " + tensors);
  }

  /** The reference's own gradients against central differences of its own loss. */
  @ParameterizedTest
  @MethodSource("cases")
  void referenceGradientsAreTheDifferences(ContractCase c) {
    if (c.loss() == null) {
      return;
    }
    int checked = 0;
    int skipped = 0;
    for (Sizes s : Sizes.awkward(Cases.ALL.indexOf(c))) {
      if (Math.max(s.in(), s.hidden()) > 33 || s.batch() > 33) {
        continue;
      }
      SeededRandom random = random(c, s);
      Graph graph = c.network().apply(s).graph();
      Map<Value, double[]> parameters = Draws.doubles(Draws.parameters(graph, random));
      Batch batch = batch(c, graph, s.batch(), random);
      double[] x = batch.x();
      ReferenceNetwork.Result at = reference(c, graph, s, parameters, batch, x, true);
      for (Map.Entry<Value, Bounded> entry : at.gradients().entrySet()) {
        double[] values =
            entry.getKey() == graph.input() ? x : Draws.at(parameters, entry.getKey());
        double[] gradient = entry.getValue().value();
        double largest = 0;
        for (double g : gradient) {
          largest = Math.max(largest, Math.abs(g));
        }
        for (int k = 0; k < Math.min(8, values.length); k++) {
          int i = random.nextInt(values.length);
          double before = values[i];
          double[] losses = new double[STEPS.length];
          boolean onOneSide = true;
          for (int e = 0; e < STEPS.length; e++) {
            values[i] = before + STEPS[e];
            ReferenceNetwork.Result near = reference(c, graph, s, parameters, batch, x, true);
            losses[e] = near.loss();
            onOneSide &= near.branches() == at.branches();
          }
          values[i] = before;
          if (!onOneSide) {
            skipped++;
            continue;
          }
          checked++;
          double wide = (losses[0] - losses[1]) / (STEPS[0] - STEPS[1]);
          double narrow = (losses[2] - losses[3]) / (STEPS[2] - STEPS[3]);
          double difference = (4 * narrow - wide) / 3;
          assertEquals(
              gradient[i],
              difference,
              1e-6 * largest + 1e-9,
              c + " " + s + " " + entry.getKey().path() + "[" + i + "]");
        }
      }
    }
    assertTrue(checked > 20 && skipped * 5 < checked, c + ": " + checked + ", skipped " + skipped);
  }

  /** With dropout off, as evaluation and prediction compile it. */
  @ParameterizedTest
  @MethodSource("cases")
  void predictsAndEvaluatesAsTheReferenceWithoutDropout(ContractCase c) {
    for (Sizes s : Sizes.all(Cases.ALL.indexOf(c))) {
      SeededRandom random = random(c, s);
      Graph graph = c.network().apply(s).graph();
      Map<Value, float[]> parameters = Draws.parameters(graph, random);
      Batch batch = batch(c, graph, s.shortBatch(), random);
      ReferenceNetwork.Result expected =
          reference(c, graph, s, Draws.doubles(parameters), batch, batch.x(), false);
      for (int partitions : PARTITIONS) {
        Loss loss = c.loss();
        evaluate(
            c + " " + s + " predicted",
            CompileOptions.inference(s.batch(), partitions),
            graph,
            parameters,
            batch,
            expected,
            null);
        if (loss != null) {
          evaluate(
              c + " " + s + " evaluated",
              weighing(c, CompileOptions.evaluation(s.batch(), partitions, loss, c.labels())),
              graph,
              parameters,
              batch,
              expected,
              loss);
        }
      }
    }
  }

  private static void evaluate(
      String where,
      CompileOptions options,
      Graph graph,
      Map<Value, float[]> parameters,
      Batch batch,
      ReferenceNetwork.Result expected,
      @Nullable Loss loss) {
    try (Engine engine = new Engine(graph, options, NativeBlas.load(), BothKernels.ALL.getLast())) {
      engine.parameters(parameters);
      engine.fill(NAN);
      Engine.Outcome actual = engine.run(batch, null);
      check(where, expected.output(), actual.output());
      if (loss != null) {
        assertEquals(expected.loss(), actual.loss(), expected.lossError(), where);
      }
    }
  }

  /** For fixed partitions every bit is the same at any number of threads, run after run. */
  @ParameterizedTest
  @MethodSource("cases")
  void bitsDoNotDependOnThreadsNorOnWhatMemoryHeld(ContractCase c) {
    for (Sizes s : List.of(new Sizes(65, 64, 33, 65), new Sizes(17, 100, 7, 128))) {
      SeededRandom random = random(c, s);
      Graph graph = c.network().apply(s).graph();
      Map<Value, float[]> parameters = Draws.parameters(graph, random);
      Batch batch = batch(c, graph, s.batch(), random);
      for (int partitions : new int[] {2, 4, 7}) {
        CompileOptions options = options(c, s, partitions);
        try (Engine engine =
            new Engine(graph, options, NativeBlas.load(), BothKernels.ALL.getLast())) {
          engine.parameters(parameters);
          engine.state.seed = SEED;
          engine.state.step = 9;
          engine.fill(0);
          String bits = engine.run(batch, null).bits();
          for (int threads = 1; threads <= 4; threads++) {
            try (Workers workers = new Workers("contract", threads)) {
              for (int garbage : new int[] {NAN, 0x7f800000, 0x4e6e6b28, -1}) {
                engine.fill(garbage);
                assertEquals(
                    bits,
                    engine.run(batch, workers).bits(),
                    c + " " + s + ", partitions " + partitions + ", threads " + threads);
              }
            }
          }
        }
      }
    }
  }
}
