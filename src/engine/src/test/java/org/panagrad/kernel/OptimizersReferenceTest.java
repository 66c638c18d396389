package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ten steps of each optimizer against the same formulas in double. */
class OptimizersReferenceTest {
  private static final long SEED = 99;
  private static final int COUNT = 1003;
  private static final int STEPS = 10;

  static Stream<Kernels> kernels() {
    System.out.println("optimizer reference seed " + SEED);
    return Stream.of(new ScalarKernels(), new VectorKernels());
  }

  private interface FloatStep {
    void run(int t, Block w, Block g, Block first, Block second);
  }

  private interface DoubleStep {
    /** Updates the state {w, first, second} for the gradient g. */
    void run(int t, double[] state, double g);
  }

  private static void compare(FloatStep step, DoubleStep reference) {
    SplittableRandom random = new SplittableRandom(SEED);
    try (Arena arena = Arena.ofConfined()) {
      Block w = new Block(arena, 1, COUNT, COUNT).fill(Block.Values.NORMAL, random);
      Block g = new Block(arena, 1, COUNT, COUNT);
      Block first = new Block(arena, 1, COUNT, COUNT);
      Block second = new Block(arena, 1, COUNT, COUNT);
      double[][] states = new double[COUNT][3];
      for (int i = 0; i < COUNT; i++) {
        states[i][0] = w.get(0, i);
        first.set(0, i, 0f);
        second.set(0, i, 0f);
      }
      for (int t = 1; t <= STEPS; t++) {
        g.fill(Block.Values.NORMAL, random);
        step.run(t, w, g, first, second);
        for (int i = 0; i < COUNT; i++) {
          reference.run(t, states[i], g.get(0, i));
          double expected = states[i][0];
          // A few roundings a step of numbers that stay below 40.
          double tolerance = t * 4 * 0x1p-24 * (2 + Math.abs(expected));
          assertTrue(
              Math.abs(expected - w.get(0, i)) <= tolerance,
              "step " + t + ", " + i + ": expected " + expected + ", got " + w.get(0, i));
        }
      }
      for (Block block : new Block[] {w, g, first, second}) {
        assertTrue(block.sentinelsIntact());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void sgd(Kernels k) {
    compare(
        (t, w, g, first, second) ->
            k.sgd(w.segment, w.offset(), g.segment, g.offset(), COUNT, 0.01f, 0.1f),
        (t, s, g) -> s[0] -= (double) 0.01f * (g + (double) 0.1f * s[0]));
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void momentum(Kernels k) {
    for (boolean nesterov : new boolean[] {false, true}) {
      compare(
          (t, w, g, first, second) ->
              k.momentum(
                  w.segment,
                  w.offset(),
                  g.segment,
                  g.offset(),
                  first.segment,
                  first.offset(),
                  COUNT,
                  0.01f,
                  0.9f,
                  nesterov,
                  0.1f),
          (t, s, g) -> {
            double decayed = g + (double) 0.1f * s[0];
            s[1] = (double) 0.9f * s[1] + decayed;
            s[0] -= (double) 0.01f * (nesterov ? decayed + (double) 0.9f * s[1] : s[1]);
          });
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void rmsProp(Kernels k) {
    compare(
        (t, w, g, first, second) ->
            k.rmsProp(
                w.segment,
                w.offset(),
                g.segment,
                g.offset(),
                first.segment,
                first.offset(),
                COUNT,
                0.01f,
                0.99,
                1e-8f,
                0.1f),
        (t, s, g) -> {
          double decayed = g + (double) 0.1f * s[0];
          s[1] = 0.99 * s[1] + (1 - 0.99) * decayed * decayed;
          s[0] -= (double) 0.01f * decayed / (Math.sqrt(s[1]) + 1e-8);
        });
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void adam(Kernels k) {
    for (boolean decoupled : new boolean[] {false, true}) {
      compare(
          (t, w, g, first, second) ->
              k.adam(
                  w.segment,
                  w.offset(),
                  g.segment,
                  g.offset(),
                  first.segment,
                  first.offset(),
                  second.segment,
                  second.offset(),
                  COUNT,
                  0.01f,
                  0.9,
                  0.999,
                  1e-8f,
                  0.1f,
                  decoupled,
                  (float) (0.01 / (1 - Math.pow(0.9, t))),
                  (float) (1 / Math.sqrt(1 - Math.pow(0.999, t)))),
          (t, s, g) -> {
            double decayed = decoupled ? g : g + 0.1 * s[0];
            s[0] -= decoupled ? 0.01 * 0.1 * s[0] : 0;
            s[1] = 0.9 * s[1] + (1 - 0.9) * decayed;
            s[2] = 0.999 * s[2] + (1 - 0.999) * decayed * decayed;
            double mean = s[1] / (1 - Math.pow(0.9, t));
            double square = s[2] / (1 - Math.pow(0.999, t));
            s[0] -= 0.01 * mean / (Math.sqrt(square) + 1e-8);
          });
    }
  }
}
