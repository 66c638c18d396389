package org.panagrad.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.panagrad.nn.Layers.dense;
import static org.panagrad.nn.Layers.layerNorm;
import static org.panagrad.nn.Layers.relu;
import static org.panagrad.nn.Layers.residual;
import static org.panagrad.nn.Layers.tanh;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.panagrad.blas.Blas;
import org.panagrad.blas.InPieces;
import org.panagrad.blas.JavaBlas;
import org.panagrad.blas.NativeBlas;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Loss;
import org.panagrad.graph.Value;
import org.panagrad.kernel.BothKernels;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.optim.Sgd;
import org.panagrad.plan.Workers;
import org.panagrad.plan.op.CompileOptions;
import org.panagrad.random.SeededRandom;

/**
 * A weight so large that its gradients go through it once. No extent is a multiple of a block's.
 */
class OnePassTest {
  private static final int IN = 5;
  private static final int CLASSES = 3;
  private static final int BATCH = 21;
  private static final int SHORT = 6;
  private static final Sgd RULE = new Sgd(0.25f, 0.125f);

  /** Trained on classes where it has several outputs, else on values. */
  private record Case(Graph graph, int partitions) {
    int outputs() {
      return graph.output().shape().elements();
    }

    boolean classes() {
      return outputs() > 1;
    }

    Loss loss() {
      return classes() ? Losses.crossEntropy() : Losses.meanSquaredError();
    }

    CompileOptions options(int batchSize) {
      return CompileOptions.training(batchSize, partitions, loss(), classes(), RULE);
    }

    Batch batch(int size, SeededRandom random) {
      return new Batch(size, IN, outputs(), classes(), random);
    }

    Engine engine(Blas blas) {
      return OnePassTest.engine(graph, options(BATCH), blas, true);
    }

    @Override
    public String toString() {
      return graph.output() + " in " + graph.parameters() + ", partitions " + partitions;
    }
  }

  private static final Graph CHAIN =
      Network.of(IN, dense(1117), tanh(), dense(1009), relu(), dense(CLASSES)).graph();

  /** The layer adds its part of dX to what the residual has left there. */
  private static final Graph RESIDUAL =
      Network.of(IN, dense(1103), residual(dense(1103), tanh()), dense(CLASSES)).graph();

  /** X is cut by columns where it is made, and by rows here. */
  private static final Graph NORM =
      Network.of(IN, dense(1117), layerNorm(), tanh(), dense(1009), relu(), dense(CLASSES)).graph();

  /** Every lane has a dZ of its own. */
  private static final Graph ONE_OUTPUT =
      Network.of(IN, dense(1361), tanh(), dense(780), tanh(), dense(1)).graph();

  /** Forty columns make two tiles. */
  private static final Graph NARROW =
      Network.of(IN, dense(40), tanh(), dense(30_011), relu(), dense(CLASSES)).graph();

  private static final List<Case> CASES =
      List.of(
          new Case(CHAIN, 1),
          new Case(CHAIN, 2),
          new Case(RESIDUAL, 1),
          new Case(RESIDUAL, 2),
          new Case(NORM, 2),
          new Case(ONE_OUTPUT, 2),
          new Case(NARROW, 4));

  private static Engine engine(Graph graph, CompileOptions options, Blas blas, boolean onePass) {
    Engine engine = new Engine(graph, options, new InPieces(blas), BothKernels.ALL.getLast());
    assertEquals(
        onePass,
        engine.steps().stream().anyMatch(name -> name.endsWith("gradients and update")),
        engine.steps()::toString);
    engine.state.learningRate = RULE.learningRate();
    engine.state.step = 1;
    return engine;
  }

  /** One step on a full batch and on a short one leaves w - lr (g + decay w). */
  @Test
  void theUpdateIsTheReferences() {
    for (Case c : CASES) {
      SeededRandom random = SeededRandom.of(20261130);
      Map<Value, float[]> parameters = Draws.parameters(c.graph(), random);
      for (int size : new int[] {BATCH, SHORT}) {
        Batch batch = c.batch(size, random);
        Map<Value, Bounded> gradients =
            new ReferenceNetwork(c.graph(), c.loss(), true, 0, 1, BATCH)
                .run(
                    Draws.doubles(parameters),
                    batch.x(),
                    c.classes() ? batch.labels() : null,
                    c.classes() ? null : batch.targets(),
                    null,
                    size)
                .gradients();
        for (Blas blas : List.of(new JavaBlas(), NativeBlas.load())) {
          try (Engine engine = c.engine(blas)) {
            engine.parameters(parameters);
            engine.fill(0x7fc00000);
            engine.run(batch, null);
            Map<Value, float[]> after = engine.parameters();
            for (Value v : c.graph().trainedParameters()) {
              check(
                  v.path() + " of " + c + ", examples " + size,
                  Draws.at(parameters, v),
                  Draws.at(gradients, v),
                  Draws.at(after, v));
            }
          }
        }
      }
    }
  }

  private static void check(String where, float[] before, Bounded gradient, float[] after) {
    double lr = RULE.learningRate();
    for (int i = 0; i < after.length; i++) {
      double kept = before[i] * (1 - lr * RULE.weightDecay());
      double expected = kept - lr * gradient.value()[i];
      // Both products and their sum are rounded, and the rates, which are exact here, are not.
      double error =
          lr * gradient.error()[i] + 4 * Bounded.U * (Math.abs(kept) + lr * gradient.reach(i));
      if (!(Math.abs(after[i] - expected) <= error)) {
        fail(where + "[" + i + "] is " + after[i] + ", expected " + expected + " +- " + error);
      }
    }
  }

  /**
   * With so many examples rows are gone through in several strips of columns. An element of dZ is
   * at most 3 times 1.5 / sqrt(1009) divided by the examples, one of X 1; one of dX 1009 of dZ
   * times 1.5 / sqrt(1117), one of the input 2. A sum of n products may be off by gamma(n) of what
   * they sum up to, in either of the two ways.
   */
  @Test
  void stripsOfColumnsAreAsTheGradientsKept() {
    int many = 512;
    double dz = 3 * 1.5 / Math.sqrt(1009); // summed over the examples
    double dx = 2 * 1009 * dz * 1.5 / Math.sqrt(1117);
    for (int partitions : new int[] {1, 2}) {
      Case c = new Case(CHAIN, partitions);
      for (int size : new int[] {many, 301}) {
        SeededRandom random = SeededRandom.of(5);
        Map<Value, float[]> parameters = Draws.parameters(CHAIN, random);
        Batch batch = c.batch(size, random);
        CompileOptions options = c.options(many);
        Map<String, float[]> once = weights(options, parameters, batch, true);
        Map<String, float[]> twice = weights(options.keepingGradients(), parameters, batch, false);
        near("fc2.weight", once, twice, Bounded.gamma(size) * dz);
        near("fc1.weight", once, twice, Bounded.gamma(1009 + size) * dx);
      }
    }
  }

  private static void near(
      String path, Map<String, float[]> once, Map<String, float[]> twice, double gradientError) {
    // Of a weight, which is at most 1.5, the update is rounded, too.
    double error = 2 * RULE.learningRate() * gradientError + 4 * Bounded.U * 1.5;
    assertArrayEquals(Draws.at(twice, path), Draws.at(once, path), (float) error, path);
  }

  private static Map<String, float[]> weights(
      CompileOptions options, Map<Value, float[]> parameters, Batch batch, boolean onePass) {
    try (Engine engine = engine(CHAIN, options, NativeBlas.load(), onePass)) {
      engine.parameters(parameters);
      engine.fill(0x7fc00000);
      engine.run(batch, null);
      Map<String, float[]> after = new HashMap<>();
      engine.parameters().forEach((v, w) -> after.put(v.path(), w));
      return after;
    }
  }

  @Test
  void threadsDoNotChangeABit() {
    for (Case c : CASES) {
      String expected = bits(c, null);
      assertEquals(expected, bits(c, new Workers("one-pass", 2)), c::toString);
    }
  }

  private static String bits(Case c, @Nullable Workers workers) {
    SeededRandom random = SeededRandom.of(3);
    StringBuilder bits = new StringBuilder();
    try (workers;
        Engine engine = c.engine(NativeBlas.load())) {
      engine.parameters(Draws.parameters(c.graph(), random));
      for (int size : new int[] {BATCH, SHORT, BATCH}) {
        bits.append(engine.run(c.batch(size, random), workers).bits());
      }
      engine.parameters().forEach((v, w) -> bits.append(Arrays.hashCode(w)));
    }
    return bits.toString();
  }

  /** A loss that is no number must not reach a weight. */
  @Test
  void nothingIsUpdatedByALossThatIsNotFinite() {
    SeededRandom random = SeededRandom.of(4);
    Map<Value, float[]> parameters = Draws.parameters(CHAIN, random);
    float[] x = new float[BATCH * IN];
    x[7] = Float.NaN;
    Batch batch =
        new Batch(BATCH, IN, CLASSES, x, new int[BATCH], new float[BATCH * CLASSES], new float[0]);
    try (Engine engine = new Case(CHAIN, 2).engine(NativeBlas.load())) {
      engine.parameters(parameters);
      engine.run(batch, null);
      engine
          .parameters()
          .forEach((v, w) -> assertArrayEquals(Draws.at(parameters, v), w, v.path()));
    }
  }
}
