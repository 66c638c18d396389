package org.panagrad.kernel;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
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
  private static final int ROWS = 5;
  private static final int SHORT = 1;
  private static final int LONG = 32;

  /** Past every compiler's threshold. */
  private static final int SHORT_CALLS = 20_000;

  private static final int CALLS = 1_000;

  /** For the compilers, whose queue is long on a busy machine. */
  private static final long MOST_NANOS = 10_000_000_000L;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private RowAllocations() {}

  @SuppressWarnings("ArrayRecordComponent") // nothing compares these
  private record Measured(KernelCase kernelCase, Block[] rows) {
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
        kernelCase.call().run(kernels, rows[0], rows[1], rows[2], rows[3]);
      }
      return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
  }

  public static void main(String[] arguments) {
    Kernels kernels = new VectorKernels();
    try (Arena arena = Arena.ofConfined()) {
      List<Measured> measured = new ArrayList<>();
      for (KernelCase kernelCase : KernelCase.all()) {
        // The calls of the normalisations themselves allocate.
        if (kernelCase.name().contains("Norm")) {
          continue;
        }
        Measured.of(kernelCase, SHORT, arena).bytes(kernels, SHORT_CALLS);
        measured.add(Measured.of(kernelCase, LONG, arena));
      }
      for (Measured m : measured) {
        long begin = System.nanoTime();
        long bytes;
        do {
          bytes = m.bytes(kernels, CALLS);
        } while (bytes != 0 && System.nanoTime() - begin < MOST_NANOS);
        if (bytes != 0) {
          System.out.println(m.kernelCase.name() + ": " + bytes / CALLS + " bytes");
        }
      }
      System.out.println(measured.size() + " measured");
    }
  }
}
