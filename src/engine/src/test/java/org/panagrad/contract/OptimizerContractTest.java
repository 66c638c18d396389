package org.panagrad.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.blas.NativeBlas;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Value;
import org.panagrad.kernel.BothKernels;
import org.panagrad.kernel.Kernels;
import org.panagrad.nn.Layers;
import org.panagrad.nn.Losses;
import org.panagrad.nn.Network;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.Optimizers;
import org.panagrad.plan.op.CompileOptions;
import org.panagrad.random.SeededRandom;

/** What every optimizer of the registry must pass, inside a training step. */
class OptimizerContractTest {
  private static final int N = 33;
  private static final int[] PARTITIONS = {1, 2, 3, 4, 7};

  static List<Optimizer> optimizers() {
    return OptimizerCases.ALL;
  }

  private static Graph chain() {
    return Network.of(
            17, Layers.dense(65), Layers.tanh(), Layers.dense(33), Layers.relu(), Layers.dense(7))
        .graph();
  }

  /** A weight with two uses: it is updated once, after both have added to its gradient. */
  private static Graph shared() {
    Sizes sizes = new Sizes(17, 48, 7, N);
    return Cases.ALL.stream()
        .filter(c -> c.name().equals("shared weight"))
        .findFirst()
        .orElseThrow()
        .network()
        .apply(sizes)
        .graph();
  }

  /**
   * Weights and biases that are no dense layer's, and statistics that are not to be updated. A bias
   * before a batch normalisation would have a gradient of nothing but rounding.
   */
  private static Graph norms() {
    return Network.of(
            17,
            Layers.dense(65).withoutBias(),
            Layers.batchNorm(),
            Layers.relu(),
            Layers.dense(33),
            Layers.layerNorm(),
            Layers.tanh(),
            Layers.dense(7))
        .graph();
  }

  private static Batch batch(SeededRandom random) {
    return new Batch(N, 17, 7, true, random);
  }

  /**
   * From the parameters, gradient and state the engine had, the next are the rule's, within 12
   * roundings of the largest thing summed: a rule has no more operations in a row than that.
   */
  @ParameterizedTest
  @MethodSource("optimizers")
  void everyStepIsTheRules(Optimizer rule) {
    for (Graph graph : List.of(chain(), shared(), norms())) {
      for (Kernels kernels : BothKernels.ALL) {
        for (int partitions : PARTITIONS) {
          CompileOptions options =
              CompileOptions.training(N, partitions, Losses.crossEntropy(), true, rule)
                  .keepingGradients();
          SeededRandom random = SeededRandom.of(7);
          try (Engine engine = new Engine(graph, options, NativeBlas.load(), kernels)) {
            engine.parameters(Draws.parameters(graph, random));
            engine.state.learningRate = rule.learningRate();
            for (int step = 1; step <= 4; step++) {
              engine.state.step = step;
              rule.prepare(engine.state);
              Map<Value, float[]> before = engine.parameters();
              List<Map<Value, float[]>> statesBefore = states(engine, rule);
              Engine.Outcome outcome = engine.run(batch(random), null);
              Map<Value, float[]> after = engine.parameters();
              List<Map<Value, float[]>> statesAfter = states(engine, rule);
              for (Value v : graph.trainedParameters()) {
                for (int i = 0; i < Draws.at(before, v).length; i++) {
                  OptimizerCases.Updated expected =
                      OptimizerCases.step(
                          rule,
                          new OptimizerCases.Element(
                              Draws.at(before, v)[i],
                              Draws.at(outcome.gradients(), v)[i],
                              OptimizerCases.states(statesBefore, v, i)),
                          step);
                  String where = rule + ", step " + step + ", " + v.path() + "[" + i + "]";
                  double[] now = OptimizerCases.states(statesAfter, v, i);
                  near(where, expected.w(), expected.sizes()[0], Draws.at(after, v)[i]);
                  for (int s = 0; s < now.length; s++) {
                    near(where, expected.states()[s], expected.sizes()[s + 1], now[s]);
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  private static List<Map<Value, float[]>> states(Engine engine, Optimizer rule) {
    List<Map<Value, float[]>> states = new ArrayList<>();
    for (int i = 0; i < rule.stateSlabs(); i++) {
      states.add(engine.optimizerState(i));
    }
    return states;
  }

  private static void near(String where, double expected, double size, double actual) {
    assertEquals(expected, actual, 12 * Bounded.U * size + Bounded.TINY, where);
  }

  /** Fused into the product or not, a step is the same to rounding. */
  @ParameterizedTest
  @MethodSource("optimizers")
  void keepingGradientsChangesNoMoreThanRounding(Optimizer rule) {
    for (Graph graph : List.of(chain(), shared(), norms())) {
      CompileOptions options = CompileOptions.training(N, 4, Losses.crossEntropy(), true, rule);
      Map<Value, float[]> plain = train(graph, options, rule);
      Map<Value, float[]> keeping = train(graph, options.keepingGradients(), rule);
      plain.forEach(
          (v, floats) -> {
            if (rule.fusesIntoProduct()) {
              assertArrayEquals(floats, keeping.get(v), 1e-6f, rule + " " + v.path());
            } else {
              assertArrayEquals(floats, keeping.get(v), rule + " " + v.path());
            }
          });
    }
  }

  private static Map<Value, float[]> train(Graph graph, CompileOptions options, Optimizer rule) {
    SeededRandom random = SeededRandom.of(8);
    try (Engine engine = new Engine(graph, options, NativeBlas.load(), BothKernels.ALL.getLast())) {
      engine.parameters(Draws.parameters(graph, random));
      engine.state.learningRate = rule.learningRate();
      for (int step = 1; step <= 3; step++) {
        engine.state.step = step;
        rule.prepare(engine.state);
        engine.fill(0x7fc00000);
        engine.run(batch(random), null);
      }
      return engine.parameters();
    }
  }

  @Test
  void namesMakeWhatTheyName() {
    for (String name : Optimizers.labels()) {
      Optimizer rule = Optimizers.byName(name, 0.1f, 0.9f, 0.01f);
      assertEquals(name, rule.label());
      assertEquals(0.1f, rule.learningRate());
      assertEquals(0.01f, rule.weightDecay());
      assertEquals(0.5f, rule.withWeightDecay(0.5f).weightDecay());
      assertEquals(rule, rule.withWeightDecay(0.5f).withWeightDecay(0.01f));
    }
    assertEquals(new Adam(0.1f), Optimizers.byName("adam", 0.1f, 0, 0));
  }
}
