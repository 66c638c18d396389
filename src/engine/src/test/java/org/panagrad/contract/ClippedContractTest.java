package org.panagrad.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.blas.NativeBlas;
import org.panagrad.graph.Graph;
import org.panagrad.graph.Value;
import org.panagrad.kernel.BothKernels;
import org.panagrad.optim.Adam;
import org.panagrad.plan.Workers;
import org.panagrad.plan.op.CompileOptions;
import org.panagrad.random.SeededRandom;

/**
 * Whatever the network, its gradients can be summed over mini-batches and clipped by their norm.
 */
class ClippedContractTest {
  private static final long SEED = 31;
  private static final int NAN = 0x7fc00000;

  static List<ContractCase> cases() {
    Sizes any = new Sizes(3, 3, 3, 3);
    return Cases.ALL.stream()
        .filter(c -> c.loss() != null && c.network().apply(any).parameterCount() > 0)
        .toList();
  }

  private static String bits(Map<Value, float[]> parameters) {
    StringBuilder text = new StringBuilder();
    parameters.forEach((v, floats) -> text.append(v.path()).append(Arrays.toString(floats)));
    return text.toString();
  }

  /** An update over two mini-batches, the second of them short. */
  private static Map<Value, float[]> update(
      Graph graph,
      CompileOptions options,
      Adam rule,
      Map<Value, float[]> parameters,
      List<Batch> batches,
      int garbage,
      @Nullable Workers workers) {
    try (Engine engine = new Engine(graph, options, NativeBlas.load(), BothKernels.ALL.getLast())) {
      engine.fill(garbage);
      engine.parameters(parameters);
      engine.state.seed = SEED;
      engine.state.step = 1;
      engine.state.parts = batches.size();
      engine.state.updateRows = batches.stream().mapToInt(b -> b.size).sum();
      engine.state.learningRate = rule.learningRate();
      rule.prepare(engine.state);
      for (int part = 0; part < batches.size(); part++) {
        engine.state.part = part;
        engine.state.gathering = part < batches.size() - 1;
        engine.run(batches.get(part), workers);
      }
      return engine.parameters();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void bitsDoNotDependOnThreadsNorOnWhatMemoryHeld(ContractCase c) {
    Sizes s = new Sizes(65, 64, 33, 65);
    SeededRandom random = SeededRandom.of(SEED, c.name());
    Graph graph = c.network().apply(s).graph();
    Map<Value, float[]> parameters = Draws.parameters(graph, random);
    int in = graph.input().shape().elements();
    int out = graph.output().shape().elements();
    List<Batch> batches =
        List.of(
            new Batch(s.batch(), in, out, c.labels(), random),
            new Batch(s.batch() - 7, in, out, c.labels(), random));
    // An epsilon that the gradients are not large beside, so that their size matters.
    Adam rule = new Adam(0.01f, 0.9, 0.999, 1, 0, false);
    for (int partitions : new int[] {2, 7}) {
      CompileOptions gathering =
          CompileOptions.training(
                  s.batch(), partitions, Objects.requireNonNull(c.loss()), c.labels(), rule)
              .gathering();
      CompileOptions options = gathering.clippingNorm(1e-3f);
      String bits = bits(update(graph, options, rule, parameters, batches, 0, null));
      String unclipped = bits(update(graph, gathering, rule, parameters, batches, 0, null));
      assertNotEquals(bits, unclipped, c + " is clipped");
      assertTrue(!bits.contains("NaN"), c + ": " + bits);
      for (int threads = 1; threads <= 3; threads++) {
        try (Workers workers = new Workers("contract", threads)) {
          for (int garbage : new int[] {NAN, 0x4e6e6b28}) {
            Map<Value, float[]> again =
                update(graph, options, rule, parameters, batches, garbage, workers);
            assertEquals(bits, bits(again), c + ", " + partitions + ", threads " + threads);
          }
        }
      }
    }
  }
}
