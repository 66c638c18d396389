package org.panagrad.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kernel of both sets against plain double arithmetic, sentinels looked after. */
class KernelsReferenceTest {
  private static final long SEED = 4711;

  /** Rows, columns, gap between rows. */
  private static final int[][] SHAPES = {
    {1, 1, 0},
    {3, 7, 0},
    {10, 10, 0},
    {5, 15, 3},
    {4, 16, 0},
    {4, 17, 1},
    {7, 31, 0},
    {2, 33, 64},
    {10, 100, 0},
    {10, 128, 0},
    {3, 256, 0},
    {2, 512, 0},
    {13, 127, 5},
    {1, 1031, 0},
    {3, 2050, 2},
    {101, 19, 0}
  };

  /** Half the spacing of floats at 1: the bound of one rounding. */
  private static final double UNIT = 0x1p-24;

  static Stream<Kernels> kernels() {
    System.out.println("kernel reference seed " + SEED);
    return Stream.of(new ScalarKernels(), new VectorKernels());
  }

  private interface Check {
    void run(Arena arena, int rows, int cols, int ld, SplittableRandom random);
  }

  private static void forEachShape(Check check) {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int[] shape : SHAPES) {
      try (Arena arena = Arena.ofConfined()) {
        check.run(arena, shape[0], shape[1], shape[1] + shape[2], random);
      }
    }
  }

  private static Block random(
      Arena arena, int rows, int cols, int ld, Block.Values values, SplittableRandom random) {
    return new Block(arena, rows, cols, ld).fill(values, random);
  }

  private static Block normal(Arena arena, int rows, int cols, int ld, SplittableRandom random) {
    return random(arena, rows, cols, ld, Block.Values.NORMAL, random);
  }

  private static void assertNear(double expected, double got, double tolerance) {
    assertTrue(
        Math.abs(expected - got) <= tolerance,
        () -> "expected " + expected + " within " + tolerance + ", got " + got);
  }

  private static void assertIntact(Block... blocks) {
    for (Block block : blocks) {
      assertTrue(block.sentinelsIntact(), "written outside the block");
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void activationsAddTheBiasAndKeepBoth(Kernels k) {
    forEachShape(
        (arena, rows, cols, ld, random) -> {
          for (Activation f : Activation.values()) {
            Block z = normal(arena, rows, cols, ld, random);
            Block y = new Block(arena, rows, cols, ld + 1);
            Block bias = normal(arena, 1, rows, rows, random);
            double[][] before = z.toDoubles();
            Block inPlace = z.copyOf(arena);
            Block kept = z.copyOf(arena);
            Block alike = new Block(arena, rows, cols, ld);
            k.biasActivate(
                f,
                KernelCase.SLOPE,
                kept.segment,
                kept.offset(),
                kept.ld,
                bias.segment,
                bias.offset(),
                alike.segment,
                alike.offset(),
                alike.ld,
                rows,
                cols);
            k.biasActivate(
                f,
                KernelCase.SLOPE,
                z.segment,
                z.offset(),
                z.ld,
                bias.segment,
                bias.offset(),
                y.segment,
                y.offset(),
                y.ld,
                rows,
                cols);
            k.biasActivate(
                f,
                KernelCase.SLOPE,
                inPlace.segment,
                inPlace.offset(),
                inPlace.ld,
                bias.segment,
                bias.offset(),
                inPlace.segment,
                inPlace.offset(),
                inPlace.ld,
                rows,
                cols);
            Block plain = z.copyOf(arena);
            KernelCase.activate(k, f, plain, plain);
            for (int r = 0; r < rows; r++) {
              for (int c = 0; c < cols; c++) {
                assertEquals((float) before[r][c] + bias.get(0, r), z.get(r, c));
                double expected = DoubleReference.value(f, z.get(r, c));
                assertNear(expected, y.get(r, c), 8 * Math.ulp((float) expected));
                assertEquals(y.get(r, c), inPlace.get(r, c));
                assertEquals(y.get(r, c), alike.get(r, c));
                assertEquals(z.get(r, c), kept.get(r, c));
                assertEquals(y.get(r, c), plain.get(r, c));
              }
            }
            assertIntact(z, y, bias, inPlace, kept, alike, plain);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void activationGradientsAreCentralDifferences(Kernels k) {
    forEachShape(
        (arena, rows, cols, ld, random) -> {
          for (Activation f : Activation.values()) {
            Block z = normal(arena, rows, cols, ld, random);
            Block saved = z.copyOf(arena);
            if (f.saved() == Activation.Saved.OUTPUT) {
              KernelCase.activate(k, f, z, saved);
            }
            Block dy = normal(arena, rows, cols, ld + 2, random);
            Block dx = normal(arena, rows, cols, ld, random);
            Block added = dx.copyOf(arena);
            Block inPlace = dy.copyOf(arena);
            double[][] before = added.toDoubles();
            KernelCase.backward(k, f, saved, dy, dx, false);
            KernelCase.backward(k, f, saved, dy, added, true);
            KernelCase.backward(k, f, saved, inPlace, inPlace, false);
            for (int r = 0; r < rows; r++) {
              for (int c = 0; c < cols; c++) {
                // Within a step of a kink the difference is of neither side.
                if (Math.abs(z.get(r, c)) > 2e-5) {
                  double slope = DoubleReference.derivative(f, z.get(r, c));
                  // The saved output's own rounding comes in twice, GELU's and SiLU's terms cancel.
                  double tolerance = Math.abs(dy.get(r, c)) * (16 * UNIT + 1e-9);
                  assertNear(dy.get(r, c) * slope, dx.get(r, c), tolerance);
                }
                assertEquals((float) before[r][c] + dx.get(r, c), added.get(r, c));
                assertEquals(dx.get(r, c), inPlace.get(r, c));
              }
            }
            assertIntact(saved, dy, dx, added, inPlace);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void reluGradientIsZeroAtZero(Kernels k) {
    try (Arena arena = Arena.ofConfined()) {
      Block y = new Block(arena, 1, 33, 33);
      Block d = new Block(arena, 1, 33, 33);
      for (int c = 0; c < 33; c++) {
        y.set(0, c, c % 2 == 0 ? 0f : -0f);
        d.set(0, c, 1f);
      }
      Block dx = d.copyOf(arena);
      KernelCase.backward(k, Activation.RELU, y, d, dx, false);
      KernelCase.backward(k, Activation.LEAKY_RELU, y, d, d, false);
      for (int c = 0; c < 33; c++) {
        assertEquals(0f, dx.get(0, c));
        assertEquals(KernelCase.SLOPE, d.get(0, c));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void rowSumsAddUp(Kernels k) {
    forEachShape(
        (arena, rows, cols, ld, random) -> {
          Block x = normal(arena, rows, cols, ld, random);
          Block out = normal(arena, 1, rows, rows, random);
          double[] before = out.toDoubles()[0];
          k.rowSums(x.segment, x.offset(), ld, out.segment, out.offset(), rows, cols, true);
          for (int r = 0; r < rows; r++) {
            double sum = before[r];
            double magnitude = Math.abs(before[r]);
            for (int c = 0; c < cols; c++) {
              sum += x.get(r, c);
              magnitude += Math.abs(x.get(r, c));
            }
            // An element goes through cols / 16 additions in its lane, four folds and one more.
            assertNear(sum, out.get(0, r), (cols / 16 + 6) * UNIT * magnitude);
          }
          float accumulated = out.get(0, 0);
          k.rowSums(x.segment, x.offset(), ld, out.segment, out.offset(), rows, cols, false);
          assertNear(accumulated - before[0], out.get(0, 0), 1e-4);
          assertIntact(x, out);
        });
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void copiesAndSumsAreExact(Kernels k) {
    forEachShape(
        (arena, rows, cols, ld, random) -> {
          Block x = normal(arena, rows, cols, ld, random);
          Block y = normal(arena, rows, cols, ld + 3, random);
          Block z = new Block(arena, rows, cols, ld);
          Block copied = new Block(arena, rows, cols, ld);
          Block added = y.copyOf(arena);
          KernelCase.addBlocks(k, x, y, z);
          KernelCase.copy(k, x, copied, false);
          KernelCase.copy(k, x, added, true);
          for (int r = 0; r < rows; r++) {
            for (int c = 0; c < cols; c++) {
              assertEquals(x.get(r, c) + y.get(r, c), z.get(r, c));
              assertEquals(x.get(r, c), copied.get(r, c));
              assertEquals(y.get(r, c) + x.get(r, c), added.get(r, c));
            }
          }
          assertIntact(x, y, z, copied, added);
        });
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void softmaxIsOfEachColumn(Kernels k) {
    forEachShape(
        (arena, rows, cols, ld, random) -> {
          Block x = normal(arena, rows, cols, ld, random);
          Block y = new Block(arena, rows, cols, ld + 1);
          Block inPlace = x.copyOf(arena);
          KernelCase.softmax(k, x, y);
          KernelCase.softmax(k, inPlace, inPlace);
          double[][] logits = x.toDoubles();
          for (int c = 0; c < cols; c++) {
            double[] expected = DoubleReference.softmax(logits, c);
            for (int r = 0; r < rows; r++) {
              // x - max, of at most 40, is rounded before exp; then exp, sum, inverse, product.
              assertNear(expected[r], y.get(r, c), expected[r] * (rows + 48) * UNIT);
              assertEquals(y.get(r, c), inPlace.get(r, c));
            }
          }
          assertIntact(x, y, inPlace);
        });
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void crossEntropyAndItsGradient(Kernels k) {
    forEachShape(
        (arena, rows, cols, ld, random) -> {
          Block x = normal(arena, rows, cols, ld, random);
          Block targets = new Block(arena, 1, cols, cols);
          Block dense = new Block(arena, rows, cols, ld + 2);
          for (int c = 0; c < cols; c++) {
            targets.setInt(0, c, random.nextInt(rows));
            for (int r = 0; r < rows; r++) {
              dense.set(r, c, r == targets.getInt(0, c) ? 1f : 0f);
            }
          }
          Block dx = new Block(arena, rows, cols, ld + 1);
          Block inPlace = x.copyOf(arena);
          Block denseGradient = new Block(arena, rows, cols, ld);
          double loss = KernelCase.crossEntropy(k, x, targets, dx);
          assertEquals(loss, KernelCase.crossEntropy(k, inPlace, targets, inPlace));
          double denseLoss = KernelCase.dense(k, x, dense, denseGradient);
          double[][] logits = x.toDoubles();
          double expectedLoss = 0;
          for (int c = 0; c < cols; c++) {
            double[] p = DoubleReference.softmax(logits, c);
            expectedLoss -= Math.log(p[targets.getInt(0, c)]);
            for (int r = 0; r < rows; r++) {
              double hot = r == targets.getInt(0, c) ? 1 : 0;
              double expected = (p[r] - hot) * KernelCase.GRADIENT_SCALE;
              double tolerance = KernelCase.GRADIENT_SCALE * (rows + 48) * UNIT;
              assertNear(expected, dx.get(r, c), tolerance);
              assertNear(expected, denseGradient.get(r, c), tolerance);
              assertEquals(dx.get(r, c), inPlace.get(r, c));
            }
          }
          double tolerance = (1 + expectedLoss) * (rows + cols / 16.0 + 48) * UNIT;
          assertNear(expectedLoss, loss, tolerance);
          assertNear(expectedLoss, denseLoss, tolerance);
          assertIntact(x, targets, dense, dx, inPlace, denseGradient);
        });
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void denseTargetsNeedNotSumToOne(Kernels k) {
    forEachShape(
        (arena, rows, cols, ld, random) -> {
          Block x = normal(arena, rows, cols, ld, random);
          Block targets = random(arena, rows, cols, ld, Block.Values.POSITIVE, random);
          Block dx = new Block(arena, rows, cols, ld);
          double loss = KernelCase.dense(k, x, targets, dx);
          double[][] logits = x.toDoubles();
          double expectedLoss = 0;
          for (int c = 0; c < cols; c++) {
            double[] p = DoubleReference.softmax(logits, c);
            double mass = 0;
            for (int r = 0; r < rows; r++) {
              mass += targets.get(r, c);
              expectedLoss -= targets.get(r, c) * Math.log(p[r]);
            }
            for (int r = 0; r < rows; r++) {
              double expected = (p[r] * mass - targets.get(r, c)) * KernelCase.GRADIENT_SCALE;
              assertNear(expected, dx.get(r, c), (mass + 1) * (2 * rows + 48) * UNIT);
            }
          }
          assertNear(expectedLoss, loss, (1 + expectedLoss) * (3 * rows + cols / 16.0 + 48) * UNIT);
          assertIntact(x, targets, dx);
        });
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void elementLossesAndTheirGradients(Kernels k) {
    forEachShape(
        (arena, rows, cols, ld, random) -> {
          for (ElementLoss loss : ElementLoss.values()) {
            Block x = normal(arena, rows, cols, ld, random);
            Block target = random(arena, rows, cols, ld + 1, Block.Values.POSITIVE, random);
            Block dx = new Block(arena, rows, cols, ld);
            double got = KernelCase.elementLoss(k, loss, x, target, dx);
            double expected = 0;
            for (int r = 0; r < rows; r++) {
              for (int c = 0; c < cols; c++) {
                double e = (double) x.get(r, c) - target.get(r, c);
                expected += DoubleReference.loss(loss, 0.8f, x.get(r, c), target.get(r, c));
                boolean atKink = Math.abs(e) < 1e-5 || Math.abs(Math.abs(e) - 0.8f) < 1e-5;
                if (!atKink) {
                  double slope =
                      DoubleReference.lossDerivative(loss, 0.8f, x.get(r, c), target.get(r, c));
                  assertNear(
                      slope * KernelCase.GRADIENT_SCALE,
                      dx.get(r, c),
                      (1 + Math.abs(slope)) * (8 * UNIT + 1e-8));
                }
              }
            }
            // Terms of one sign; up to 1,024 / 16 additions in a lane and a few roundings each.
            assertNear(expected, got, (Math.min(cols, 1024) / 16 + 16) * UNIT * (expected + 1));
            assertIntact(x, target, dx);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void countsColumnsWhoseFirstLargestIsTheTarget(Kernels k) {
    forEachShape(
        (arena, rows, cols, ld, random) -> {
          Block x = new Block(arena, rows, cols, ld);
          Block targets = new Block(arena, 1, cols, cols);
          int expected = 0;
          for (int c = 0; c < cols; c++) {
            int best = 0;
            boolean comparable = true;
            for (int r = 0; r < rows; r++) {
              // Few values, so that there are ties; now and then a NaN.
              float value = random.nextInt(200) == 0 ? Float.NaN : random.nextInt(4);
              x.set(r, c, value);
              comparable &= !Float.isNaN(value);
              best = value > x.get(best, c) ? r : best;
            }
            targets.setInt(0, c, random.nextInt(3) == 0 ? random.nextInt(rows) : best);
            expected += comparable && targets.getInt(0, c) == best ? 1 : 0;
          }
          assertEquals(expected, KernelCase.countCorrect(k, x, targets));
          assertIntact(x, targets);
        });
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void bytesBecomeFloats(Kernels k) {
    for (int count : new int[] {0, 1, 7, 8, 15, 16, 17, 33, 784, 1031}) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment bytes = arena.allocate(count + 1L);
        for (int i = 0; i < count; i++) {
          bytes.set(ValueLayout.JAVA_BYTE, i + 1, (byte) (i * 7));
        }
        Block y = new Block(arena, 1, count, count);
        k.bytesToFloats(bytes, 1, y.segment, y.offset(), count, 1 / 255f, -0.25f);
        for (int i = 0; i < count; i++) {
          double expected = (i * 7 & 255) * (double) (1 / 255f) - 0.25;
          assertEquals((float) expected, y.get(0, i));
        }
        assertIntact(y);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void floatsAreScaledAndShiftedInOneRounding(Kernels k) {
    for (int count : new int[] {0, 1, 7, 8, 15, 16, 17, 33, 784, 1031}) {
      try (Arena arena = Arena.ofConfined()) {
        Block y = new Block(arena, 1, count, count);
        for (int i = 0; i < count; i++) {
          y.set(0, i, i * 1.7f);
        }
        k.scaleShift(y.segment, y.offset(), count, 1 / 3f, -0.25f);
        for (int i = 0; i < count; i++) {
          assertEquals(Math.fma(i * 1.7f, 1 / 3f, -0.25f), y.get(0, i));
        }
        assertIntact(y);
      }
    }
  }

  private static final float[] GRADIENTS = {
    0f, -0f, 0.5f, -0.5f, 0.50000006f, -7f, 1e30f, Float.NEGATIVE_INFINITY, Float.NaN, -0.2f, 3e-40f
  };

  @ParameterizedTest
  @MethodSource("kernels")
  void elementsAreClamped(Kernels k) {
    for (int count : new int[] {0, 1, 7, 16, 17, 33, 1031}) {
      try (Arena arena = Arena.ofConfined()) {
        Block g = new Block(arena, 1, count, count);
        for (int i = 0; i < count; i++) {
          g.set(0, i, GRADIENTS[i % GRADIENTS.length]);
        }
        k.clamp(g.segment, g.offset(), count, 0.5f);
        for (int i = 0; i < count; i++) {
          float x = GRADIENTS[i % GRADIENTS.length];
          assertEquals(Float.isNaN(x) ? x : x > 0.5f ? 0.5f : x < -0.5f ? -0.5f : x, g.get(0, i));
        }
        assertIntact(g);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void signsAreAdded(Kernels k) {
    for (int count : new int[] {0, 1, 7, 16, 17, 33, 1031}) {
      try (Arena arena = Arena.ofConfined()) {
        Block w = new Block(arena, 1, count, count);
        Block g = new Block(arena, 1, count, count);
        for (int i = 0; i < count; i++) {
          w.set(0, i, GRADIENTS[i % GRADIENTS.length]);
          g.set(0, i, i * 0.7f);
        }
        k.addSigns(w.segment, w.offset(), g.segment, g.offset(), count, 0.3f);
        for (int i = 0; i < count; i++) {
          float sign = Math.signum(GRADIENTS[i % GRADIENTS.length]);
          assertEquals(i * 0.7f + 0.3f * sign, g.get(0, i));
        }
        assertIntact(w);
        assertIntact(g);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void oneInfiniteOrNaNIsFound(Kernels k) {
    int count = 40_000;
    try (Arena arena = Arena.ofConfined()) {
      Block x = new Block(arena, 1, count, count);
      for (int i = 0; i < count; i++) {
        x.set(0, i, i % 2 == 0 ? Float.MAX_VALUE : -Float.MIN_VALUE);
      }
      assertTrue(KernelCase.allFinite(k, x));
      for (int i : new int[] {0, 15, 16, 511, 512, 16_384, 39_999}) {
        for (float bad :
            new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
          float before = x.get(0, i);
          x.set(0, i, bad);
          assertEquals(false, KernelCase.allFinite(k, x), bad + " at " + i);
          x.set(0, i, before);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void squaresAddUp(Kernels k) {
    forEachShape(
        (arena, rows, cols, ld, random) -> {
          Block x = normal(arena, 1, cols, cols, random);
          double expected = 0;
          for (int c = 0; c < cols; c++) {
            expected += (double) x.get(0, c) * x.get(0, c);
          }
          assertNear(expected, KernelCase.sumOfSquares(k, x), expected * 70 * UNIT);
        });
  }
}
