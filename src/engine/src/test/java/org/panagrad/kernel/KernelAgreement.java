package org.panagrad.kernel;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Runs every case on both kernel sets and compares bits; a program, so that a test can fork it. */
final class KernelAgreement {
  private static final int[] COLS = {0, 1, 10, 15, 16, 17, 31, 33, 64, 100, 256, 512, 513, 1025};
  private static final int[] ROWS = {0, 1, 5};

  private KernelAgreement() {}

  public static void main(String[] args) {
    long seed = Long.parseLong(args[0]);
    for (Kernels kernels : List.of(new VectorKernels(), alwaysTried())) {
      String difference = firstDifference(kernels, new ScalarKernels(), seed);
      if (difference != null) {
        System.out.println("seed " + seed + ": " + difference);
        System.exit(1);
      }
    }
    System.out.println("agreed at " + new VectorKernels().vectorBits() + " bits, seed " + seed);
  }

  /** Whose vector forms are never fast enough, and yet compute the start of every long range. */
  static Kernels alwaysTried() {
    AtomicLong calls = new AtomicLong();
    // Each time it is asked more has passed than before: a trial by 2 ms more than asking takes.
    LongSupplier clock = () -> calls.incrementAndGet() * calls.get() * 1_000_000;
    return new VectorKernels(new Trials(clock, 27));
  }

  /** What differs first, or null. */
  static @Nullable String firstDifference(Kernels one, Kernels other, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (KernelCase kernelCase : KernelCase.all()) {
      for (int cols : COLS) {
        for (int rows : ROWS) {
          for (Block.Values values : Block.Values.values()) {
            int gap = random.nextInt(3) * random.nextInt(20);
            String difference = difference(kernelCase, one, other, rows, cols, gap, values, random);
            if (difference != null) {
              return "%s, %d x %d, ld %d, %s values: %s"
                  .formatted(kernelCase.name(), rows, cols, cols + gap, values, difference);
            }
          }
        }
      }
    }
    return null;
  }

  private static @Nullable String difference(
      KernelCase kernelCase,
      Kernels one,
      Kernels other,
      int rows,
      int cols,
      int gap,
      Block.Values values,
      SplittableRandom random) {
    if (kernelCase.columnwise() && rows == 0) {
      return null;
    }
    try (Arena arena = Arena.ofConfined()) {
      Block[] blocks = new Block[8];
      for (int i = 0; i < 4; i++) {
        // The targets are never strided, and some cases use them as a state that is positive.
        int ld = i == 3 ? Math.max(cols, 1) : Math.max(cols + gap, 1);
        Block block = new Block(arena, rows, cols, ld).fill(values, random);
        if (kernelCase.columnwise() && i == 3) {
          for (int c = 0; c < cols; c++) {
            block.setInt(0, c, random.nextInt(rows));
          }
        }
        blocks[i] = block;
        blocks[i + 4] = block.copyOf(arena);
      }
      double a = kernelCase.call().run(one, blocks[0], blocks[1], blocks[2], blocks[3]);
      double b = kernelCase.call().run(other, blocks[4], blocks[5], blocks[6], blocks[7]);
      if (Double.doubleToLongBits(a) != Double.doubleToLongBits(b)) {
        return "returned " + a + " and " + b;
      }
      for (int i = 0; i < 4; i++) {
        long at = blocks[i].mismatch(blocks[i + 4]);
        if (at >= 0) {
          return "block " + i + " differs at float " + at;
        }
        if (!blocks[i].sentinelsIntact() || !blocks[i + 4].sentinelsIntact()) {
          return "block " + i + " was written outside its elements";
        }
      }
      return null;
    }
  }
}
