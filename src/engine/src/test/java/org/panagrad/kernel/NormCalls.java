package org.panagrad.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The normalisation kernels on blocks: x is normalised into y, z gives the vectors of one number
 * per row and is the gradient that comes in. What is no block is taken anew, and its hash returned.
 */
final class NormCalls {
  private static final double EPSILON = 1e-5;
  private static final double MOMENTUM = 0.1;

  private NormCalls() {}

  static void addTo(List<KernelCase> cases) {
    add(cases, "batchNorm", (k, x, y, z, t) -> batch(k, x, y, z, null, false));
    add(cases, "batchNorm gradient", (k, x, y, z, t) -> batch(k, x, y, z, y, false));
    add(cases, "batchNorm gradient in place", (k, x, y, z, t) -> batch(k, x, y, z, z, false));
    add(cases, "batchNorm gradient added", (k, x, y, z, t) -> batch(k, x, y, z, y, true));
    add(cases, "batchNormRunning", (k, x, y, z, t) -> running(k, x, y, z));
    add(cases, "batchNormRunning in place", (k, x, y, z, t) -> running(k, x, x, z));
    add(cases, "layerNorm", (k, x, y, z, t) -> layer(k, x, y, z, null, false));
    add(cases, "layerNorm gradient", (k, x, y, z, t) -> layer(k, x, y, z, y, false));
    add(cases, "layerNorm gradient in place", (k, x, y, z, t) -> layer(k, x, y, z, z, false));
    add(cases, "layerNorm gradient added", (k, x, y, z, t) -> layer(k, x, y, z, y, true));
    add(cases, "layerNorm in place", (k, x, y, z, t) -> layer(k, x, x, z, null, false));
  }

  private static void add(List<KernelCase> cases, String name, KernelCase.Call call) {
    cases.add(new KernelCase(name, false, call));
  }

  /** A number per row: the first, second, third of each row of z, the fourth without its sign. */
  private static MemorySegment vector(Arena arena, Block z, int which) {
    MemorySegment vector = arena.allocate(4L * Math.max(1, z.rows), 64);
    for (int r = 0; r < z.rows && z.cols > 0; r++) {
      float value = z.get(r, which % z.cols);
      vector.setAtIndex(ValueLayout.JAVA_FLOAT, r, which == 3 ? Math.abs(value) : value);
    }
    return vector;
  }

  /** Of every element, all NaNs being one. */
  private static int hash(MemorySegment... segments) {
    int hash = 1;
    for (MemorySegment segment : segments) {
      for (long i = 0; i < segment.byteSize() / 4; i++) {
        float value = segment.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        hash = 31 * hash + Float.floatToIntBits(value);
      }
    }
    return hash;
  }

  /**
   * @param dx where the gradient goes, or null for none
   */
  static double batch(
      Kernels k, Block x, Block y, Block z, @Nullable Block dx, boolean accumulate) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment weight = vector(arena, z, 0);
      MemorySegment mean = vector(arena, z, 2);
      MemorySegment variance = vector(arena, z, 3);
      int ld = x.rows + 3;
      MemorySegment saved = arena.allocate(4L * 4 * ld, 64);
      k.batchNorm(
          x.segment,
          x.offset(),
          x.ld,
          weight,
          0,
          vector(arena, z, 1),
          0,
          mean,
          0,
          variance,
          0,
          saved,
          0,
          ld,
          y.segment,
          y.offset(),
          y.ld,
          x.rows,
          x.cols,
          EPSILON,
          MOMENTUM);
      if (dx != null) {
        k.batchNormSums(
            x.segment, x.offset(), x.ld, z.segment, z.offset(), z.ld, saved, 0, ld, x.rows, x.cols);
        k.batchNormBackward(
            x.segment,
            x.offset(),
            x.ld,
            weight,
            0,
            saved,
            0,
            ld,
            z.segment,
            z.offset(),
            z.ld,
            dx.segment,
            dx.offset(),
            dx.ld,
            x.rows,
            x.cols,
            accumulate);
      }
      return hash(saved, mean, variance);
    }
  }

  static double running(Kernels k, Block x, Block y, Block z) {
    try (Arena arena = Arena.ofConfined()) {
      k.batchNormRunning(
          x.segment,
          x.offset(),
          x.ld,
          vector(arena, z, 0),
          0,
          vector(arena, z, 1),
          0,
          vector(arena, z, 2),
          0,
          vector(arena, z, 3),
          0,
          y.segment,
          y.offset(),
          y.ld,
          x.rows,
          x.cols,
          EPSILON);
      return 0;
    }
  }

  /**
   * @param dx where the gradient goes, or null for none
   */
  static double layer(
      Kernels k, Block x, Block y, Block z, @Nullable Block dx, boolean accumulate) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment weight = vector(arena, z, 0);
      MemorySegment dWeight = vector(arena, z, 2);
      int ld = x.cols + 3;
      MemorySegment saved = arena.allocate(4L * 2 * ld, 64);
      k.layerNorm(
          x.segment,
          x.offset(),
          x.ld,
          weight,
          0,
          vector(arena, z, 1),
          0,
          saved,
          0,
          ld,
          y.segment,
          y.offset(),
          y.ld,
          x.rows,
          x.cols,
          (float) EPSILON);
      if (dx != null) {
        k.layerNormWeightGradient(
            x.segment,
            x.offset(),
            x.ld,
            saved,
            0,
            ld,
            z.segment,
            z.offset(),
            z.ld,
            dWeight,
            0,
            x.rows,
            x.cols,
            accumulate);
        k.layerNormBackward(
            x.segment,
            x.offset(),
            x.ld,
            weight,
            0,
            saved,
            0,
            ld,
            z.segment,
            z.offset(),
            z.ld,
            dx.segment,
            dx.offset(),
            dx.ld,
            x.rows,
            x.cols,
            accumulate);
      }
      return hash(saved, dWeight);
    }
  }
}
