package org.panagrad.bench.profile;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.panagrad.bench.measure.Rounds;
import org.panagrad.blas.Matrix;
import org.panagrad.blas.NativeBlas;

/**
 * What the machine can do, measured: the best rate of sgemm on big squares, the bandwidth of
 * copying, what it costs the lanes to meet, and what it costs to read the clock.
 *
 * @param threads the most, as many as processors
 * @param corePeak floating-point operations a nanosecond of one thread
 * @param peak of all threads at once
 * @param handOverNanos of all threads that meet with nothing to wait for; 0 with one thread
 * @param clockNanos of one look at the clock
 */
record Limits(int threads, double corePeak, double peak, double handOverNanos, double clockNanos) {
  private static final int PHASES = 65;
  private static final double SECONDS = 0.8;
  private static final double SLICE_SECONDS = 0.001;

  static Limits measure() {
    int threads = Runtime.getRuntime().availableProcessors();
    double one = sgemmRate(1);
    return new Limits(
        threads, one, threads == 1 ? one : sgemmRate(threads), handOver(threads), clock());
  }

  /**
   * Whether somebody else seems to have had a processor meanwhile: all threads reach much less than
   * one thread times their number. Processors that share a core look the same.
   */
  boolean disturbed() {
    return peak < 0.8 * corePeak * threads;
  }

  private static double sgemmRate(int threads) {
    NativeBlas blas = NativeBlas.load();
    double best = 0;
    for (int side : new int[] {512, 1024, 2048}) {
      try (Arena arena = Arena.ofShared();
          Lanes lanes = new Lanes(threads)) {
        List<List<Matrix>> operands = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          operands.add(List.of(square(arena, side), square(arena, side), square(arena, side)));
        }
        Runnable products =
            lanes.phases(
                1,
                i -> {
                  List<Matrix> o = operands.get(i);
                  return state ->
                      blas.sgemm(
                          false, false, side, side, side, 1, o.get(0), o.get(1), 0, o.get(2));
                });
        best = Math.max(best, threads * 2.0 * side * side * side / fastest(products));
      }
    }
    return best;
  }

  private static Matrix square(Arena arena, int side) {
    MemorySegment memory = arena.allocate((long) side * side * Float.BYTES, 64);
    Matrix matrix = Matrix.of(memory, 0, side, side, side);
    for (int i = 0; i < side; i++) {
      for (int j = 0; j < side; j++) {
        matrix.set(i, j, (float) (i % 7 - j % 5) / side);
      }
    }
    return matrix;
  }

  /** Bytes a nanosecond, read and written, of so many threads copying half of these bytes. */
  static double copyRate(long bytes, int threads) {
    long part = Math.max(64, bytes / 2 / threads / 64 * 64);
    try (Arena arena = Arena.ofShared();
        Lanes lanes = new Lanes(threads)) {
      MemorySegment from = arena.allocate(part * threads, 64).fill((byte) 1);
      MemorySegment to = arena.allocate(part * threads, 64).fill((byte) 2);
      // Often enough that the meeting does not count.
      long times = Math.max(1, (16L << 20) / (part * threads));
      Runnable copies =
          lanes.phases(
              1,
              i ->
                  state -> {
                    for (long t = 0; t < times; t++) {
                      MemorySegment.copy(from, i * part, to, i * part, part);
                    }
                  });
      return 2.0 * part * threads * times / fastest(copies);
    }
  }

  private static double handOver(int threads) {
    if (threads == 1) {
      return 0;
    }
    try (Lanes lanes = new Lanes(threads)) {
      double many = fastest(lanes.phases(PHASES, i -> state -> {}));
      double single = fastest(lanes.phases(1, i -> state -> {}));
      return Math.max(0, many - single) / (PHASES - 1);
    }
  }

  private static double clock() {
    long[] sink = new long[1];
    Runnable thousand =
        () -> {
          for (int i = 0; i < 1000; i++) {
            sink[0] += System.nanoTime();
          }
        };
    return fastest(thousand) / 1000;
  }

  /** Of many short slices: a limit is what is reached when nobody disturbs, not what is usual. */
  private static double fastest(Runnable thing) {
    double best = Rounds.slice(thing, SECONDS / 4);
    long end = System.nanoTime() + (long) (SECONDS * 1e9);
    while (System.nanoTime() < end) {
      best = Math.min(best, Rounds.slice(thing, SLICE_SECONDS));
    }
    return best;
  }
}
