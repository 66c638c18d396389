package org.panagrad.kernel;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A program that prints which kernels allocate once compiled, by name with the bytes, and how many
 * were measured: all of them are called for a long time with rows shorter than a vector, and then
 * with longer ones, as by two networks in one process.
 */
final class RowAllocations {
  /** So few that a block of them is shorter than any vector, for kernels that see it as one row. */
  private static final int ROWS = 3;

  private static final int SHORT = 1;
  private static final int LONG = 32;

  /** Past every compiler's threshold. */
  private static final int SHORT_CALLS = 20_000;

  private static final int CALLS = 1_000;

  /** For the compilers, whose queue is long on a busy machine; for all kernels together. */
  private static final long MOST_NANOS = 60_000_000_000L;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private RowAllocations() {}

  @SuppressWarnings("ArrayRecordComponent") // nothing compares these
  private record Measured(KernelCase kernelCase, Block[] blocks) {
    static Measured of(KernelCase kernelCase, int cols, Arena arena) {
      SplittableRandom random = new SplittableRandom(1);
      Block[] blocks = new Block[4];
      for (int i = 0; i < blocks.length; i++) {
        blocks[i] = new Block(arena, ROWS, cols, cols).fill(Block.Values.POSITIVE, random);
      }
      if (kernelCase.columnwise()) {
        for (int c = 0; c < cols; c++) {
          blocks[3].setInt(0, c, c % ROWS);
        }
      }
      return new Measured(kernelCase, blocks);
    }

    /** Bytes that so many calls allocate. */
    long bytes(Kernels kernels, int calls) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < calls; i++) {
        kernelCase.call().run(kernels, blocks[0], blocks[1], blocks[2], blocks[3]);
      }
      return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
  }

  public static void main(String[] arguments) {
    Kernels kernels = new VectorKernels();
    try (Arena arena = Arena.ofConfined()) {
      List<Measured> measured = new ArrayList<>();
      for (KernelCase kernelCase : cases(arena)) {
        Measured.of(kernelCase, SHORT, arena).bytes(kernels, SHORT_CALLS);
        measured.add(Measured.of(kernelCase, LONG, arena));
      }
      long begin = System.nanoTime();
      List<String> allocating;
      List<Measured> left = measured;
      do {
        allocating = new ArrayList<>();
        List<Measured> again = new ArrayList<>();
        for (Measured m : left) {
          long bytes = m.bytes(kernels, CALLS);
          if (bytes != 0) {
            allocating.add(m.kernelCase.name() + ": " + bytes / CALLS + " bytes");
            again.add(m);
          }
        }
        left = again;
      } while (!left.isEmpty() && System.nanoTime() - begin < MOST_NANOS);
      allocating.forEach(System.out::println);
      System.out.println(measured.size() + " measured");
    }
  }

  private static List<KernelCase> cases(Arena arena) {
    List<KernelCase> cases = new ArrayList<>();
    for (KernelCase kernelCase : KernelCase.all()) {
      // Those allocate themselves: here the normalisations get what is made beforehand.
      if (!kernelCase.name().contains("Norm")) {
        cases.add(kernelCase);
      }
    }
    MemorySegment w = arena.allocate(4L * ROWS, 64);
    MemorySegment b = arena.allocate(4L * ROWS, 64);
    MemorySegment mean = arena.allocate(4L * ROWS, 64);
    MemorySegment var = arena.allocate(4L * ROWS, 64);
    MemorySegment saved = arena.allocate(4L * 4 * LONG, 64);
    add(cases, "batchNorm", (k, x, y, dy, t) -> batchNorm(k, w, b, mean, var, saved, x, y));
    add(cases, "batchNormBackward", (k, x, dx, dy, t) -> batchNormBackward(k, w, saved, x, dy, dx));
    add(cases, "layerNorm", (k, x, y, dy, t) -> layerNorm(k, w, b, saved, x, y));
    add(cases, "layerNormBackward", (k, x, dx, dy, t) -> layerBackward(k, w, b, saved, x, dy, dx));
    return cases;
  }

  private static void add(List<KernelCase> cases, String name, KernelCase.Call call) {
    cases.add(new KernelCase(name, false, call));
  }

  private static double batchNorm(
      Kernels k,
      MemorySegment w,
      MemorySegment b,
      MemorySegment mean,
      MemorySegment var,
      MemorySegment saved,
      Block x,
      Block y) {
    long at = x.offset();
    k.batchNorm(
        x.segment, at, x.ld, w, 0, b, 0, mean, 0, var, 0, saved, 0, LONG, y.segment, at, y.ld, ROWS,
        x.cols, 1e-5, 0.1);
    k.batchNormRunning(
        x.segment, at, x.ld, w, 0, b, 0, mean, 0, var, 0, y.segment, at, y.ld, ROWS, x.cols, 1e-5);
    return 0;
  }

  private static double batchNormBackward(
      Kernels k, MemorySegment w, MemorySegment saved, Block x, Block dy, Block dx) {
    long at = x.offset();
    k.batchNormSums(x.segment, at, x.ld, dy.segment, at, dy.ld, saved, 0, LONG, ROWS, x.cols);
    k.batchNormBackward(
        x.segment,
        at,
        x.ld,
        w,
        0,
        saved,
        0,
        LONG,
        dy.segment,
        at,
        dy.ld,
        dx.segment,
        at,
        dx.ld,
        ROWS,
        x.cols,
        false);
    return 0;
  }

  private static double layerNorm(
      Kernels k, MemorySegment w, MemorySegment b, MemorySegment saved, Block x, Block y) {
    long at = x.offset();
    k.layerNorm(
        x.segment, at, x.ld, w, 0, b, 0, saved, 0, LONG, y.segment, at, y.ld, ROWS, x.cols, 1e-5f);
    return 0;
  }

  private static double layerBackward(
      Kernels k,
      MemorySegment w,
      MemorySegment out,
      MemorySegment saved,
      Block x,
      Block dy,
      Block dx) {
    long at = x.offset();
    k.layerNormWeightGradient(
        x.segment, at, x.ld, saved, 0, LONG, dy.segment, at, dy.ld, out, 0, ROWS, x.cols, false);
    k.layerNormBackward(
        x.segment,
        at,
        x.ld,
        w,
        0,
        saved,
        0,
        LONG,
        dy.segment,
        at,
        dy.ld,
        dx.segment,
        at,
        dx.ld,
        ROWS,
        x.cols,
        false);
    return 0;
  }
}
