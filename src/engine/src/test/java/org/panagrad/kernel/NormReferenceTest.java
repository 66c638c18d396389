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

/**
 * Batch normalisation of rows too long for one fold of lanes; short ones, and layer normalisation,
 * have their bounds in the contract tests.
 */
class NormReferenceTest {
  private static final long SEED = 815;
  private static final int ROWS = 3;
  private static final double UNIT = 0x1p-24;

  /** Additions an element of a row goes through: 64 in a lane, four folds, the sum of the folds. */
  private static final double SUM = 70 * UNIT;

  static Stream<Kernels> kernels() {
    System.out.println("normalisation seed " + SEED);
    return Stream.of(new ScalarKernels(), new VectorKernels());
  }

  private static MemorySegment vector(Arena arena, float... values) {
    return arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void longRowsAreNormalisedAndBack(Kernels k) {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int cols : new int[] {1023, 1024, 1025, 2050, 5003}) {
      try (Arena arena = Arena.ofConfined()) {
        Block x = new Block(arena, ROWS, cols, cols + 5).fill(Block.Values.NORMAL, random);
        Block y = new Block(arena, ROWS, cols, cols);
        Block dy = new Block(arena, ROWS, cols, cols + 1).fill(Block.Values.NORMAL, random);
        Block dx = new Block(arena, ROWS, cols, cols);
        float[] weight = {0.5f, -2f, 1f};
        float[] bias = {0.25f, 0f, -3f};
        MemorySegment w = vector(arena, weight);
        MemorySegment mean = vector(arena, 0, 1, -1);
        MemorySegment variance = vector(arena, 1, 2, 0);
        MemorySegment saved = arena.allocate(4L * 4 * ROWS);
        k.batchNorm(
            x.segment,
            x.offset(),
            x.ld,
            w,
            0,
            vector(arena, bias),
            0,
            mean,
            0,
            variance,
            0,
            saved,
            0,
            ROWS,
            y.segment,
            y.offset(),
            y.ld,
            ROWS,
            cols,
            1e-5,
            0.25);
        k.batchNormSums(
            x.segment,
            x.offset(),
            x.ld,
            dy.segment,
            dy.offset(),
            dy.ld,
            saved,
            0,
            ROWS,
            ROWS,
            cols);
        k.batchNormBackward(
            x.segment,
            x.offset(),
            x.ld,
            w,
            0,
            saved,
            0,
            ROWS,
            dy.segment,
            dy.offset(),
            dy.ld,
            dx.segment,
            dx.offset(),
            dx.ld,
            ROWS,
            cols,
            false);
        double[] meanBefore = {0, 1, -1};
        double[] varianceBefore = {1, 2, 0};
        for (int r = 0; r < ROWS; r++) {
          Row row = new Row(x.toDoubles()[r], dy.toDoubles()[r]);
          assertNear(0.75 * meanBefore[r] + 0.25 * row.mean, mean, r, row.meanError + UNIT);
          assertNear(
              0.75 * varianceBefore[r] + 0.25 * row.variance * cols / (cols - 1),
              variance,
              r,
              row.variance * (row.varianceError + 4 * UNIT) + 2 * UNIT);
          for (int c = 0; c < cols; c++) {
            double normal = row.normal[c] * weight[r];
            double scale = Math.abs(weight[r]) * row.inverse;
            double off =
                row.meanError * scale
                    + Math.abs(normal) * (row.varianceError + 6 * UNIT)
                    + UNIT * Math.abs(bias[r]);
            assertNear(normal + bias[r], y.get(r, c), off);
            double parts =
                Math.abs(row.dy[c]) + row.meanOfSizes + Math.abs(row.normal[c]) * row.slopeOfSizes;
            assertNear(
                scale * Math.signum(weight[r]) * row.inner(c),
                dx.get(r, c),
                scale
                    * parts
                    * (2 * SUM + 3 * row.varianceError + 2 * row.meanError * row.inverse));
          }
        }
        assertTrue(x.sentinelsIntact() && y.sentinelsIntact() && dx.sentinelsIntact());
      }
    }
  }

  /** One row in double, by the definitions, and how far float32 may be from it. */
  private static final class Row {
    final double[] normal;
    final double[] dy;
    final double mean;
    final double variance;
    final double inverse;
    final double meanError;
    final double varianceError; // relative
    final double meanOfSizes;
    final double slopeOfSizes;
    private final double meanDy;
    private final double slope;

    Row(double[] x, double[] dy) {
      int n = x.length;
      this.dy = dy;
      this.normal = new double[n];
      double sum = 0;
      double sizes = 0;
      for (double v : x) {
        sum += v;
        sizes += Math.abs(v);
      }
      mean = sum / n;
      meanError = SUM * sizes / n;
      double squares = 0;
      for (double v : x) {
        squares += (v - mean) * (v - mean);
      }
      variance = squares / n;
      inverse = 1 / Math.sqrt(variance + 1e-5);
      // The deviations' own roundings, those of the sum, and what the mean is off by, squared.
      varianceError = SUM + 4 * UNIT + meanError * meanError / variance;
      double sumDy = 0;
      double sumDySizes = 0;
      double products = 0;
      double productSizes = 0;
      for (int c = 0; c < n; c++) {
        normal[c] = (x[c] - mean) * inverse;
        sumDy += dy[c];
        sumDySizes += Math.abs(dy[c]);
        products += dy[c] * normal[c];
        productSizes += Math.abs(dy[c] * normal[c]);
      }
      meanDy = sumDy / n;
      meanOfSizes = sumDySizes / n;
      slope = products / n;
      slopeOfSizes = productSizes / n + meanOfSizes;
    }

    double inner(int c) {
      return dy[c] - meanDy - normal[c] * slope;
    }
  }

  private static void assertNear(double expected, MemorySegment got, int r, double tolerance) {
    assertNear(expected, got.getAtIndex(ValueLayout.JAVA_FLOAT, r), tolerance);
  }

  private static void assertNear(double expected, double got, double tolerance) {
    assertEquals(expected, got, tolerance);
  }

  /** A batch of which nothing can be learned leaves the statistics, so that one may go on. */
  @ParameterizedTest
  @MethodSource("kernels")
  void whatIsNotFiniteDoesNotGetIntoTheRunningStatistics(Kernels k) {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.MAX_VALUE}) {
      try (Arena arena = Arena.ofConfined()) {
        Block x = new Block(arena, 1, 40, 40).fill(Block.Values.NORMAL, new SplittableRandom(SEED));
        Block y = new Block(arena, 1, 40, 40);
        x.set(0, 17, bad);
        x.set(0, 18, -bad);
        MemorySegment mean = vector(arena, 0.5f);
        MemorySegment variance = vector(arena, 1.5f);
        MemorySegment saved = arena.allocate(4L * 4);
        k.batchNorm(
            x.segment,
            x.offset(),
            x.ld,
            vector(arena, 1),
            0,
            vector(arena, 0),
            0,
            mean,
            0,
            variance,
            0,
            saved,
            0,
            1,
            y.segment,
            y.offset(),
            y.ld,
            1,
            40,
            1e-5,
            0.1);
        assertEquals(0.5f, mean.get(ValueLayout.JAVA_FLOAT, 0));
        assertEquals(1.5f, variance.get(ValueLayout.JAVA_FLOAT, 0));
      }
    }
  }
}
