package org.panagrad.bench.floor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;

/** A fixed number of threads that each make their own calls and meet at a spin barrier. */
final class Callers implements AutoCloseable {
  private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);
  private static final int ARRIVED = 32;
  private static final int GENERATION = 64;
  // OpenBLAS keeps small buffers on the stack.
  private static final long STACK_BYTES = 8L << 20;

  private final int[] counters = new int[128];
  private final int count;
  private Sgemm[][][] schedule = {}; // [caller][phase][call]
  private int repetitions;

  /** Starts the threads; the one that calls {@link #run} is the first of them. */
  Callers(int count) {
    this.count = count;
    for (int i = 1; i < count; i++) {
      int index = i;
      Thread thread = new Thread(null, () -> serve(index), "floor-" + i, STACK_BYTES);
      thread.setDaemon(true);
      thread.start();
    }
  }

  int count() {
    return count;
  }

  /**
   * Makes all calls of all phases, all callers together, so many times.
   *
   * @param phases of phase, caller: the calls; all meet at the end of a phase
   */
  static Sgemm[][][] schedule(List<List<List<Sgemm>>> phases, int callers) {
    Sgemm[][][] schedule = new Sgemm[callers][phases.size()][];
    for (int caller = 0; caller < callers; caller++) {
      for (int phase = 0; phase < phases.size(); phase++) {
        schedule[caller][phase] = phases.get(phase).get(caller).toArray(Sgemm[]::new);
      }
    }
    return schedule;
  }

  /** Runs a schedule so many times. */
  void run(Sgemm[][][] calls, int times) {
    schedule = calls;
    repetitions = times;
    meet();
    work(0);
  }

  private void serve(int index) {
    while (true) {
      meet();
      if (repetitions < 0) {
        return;
      }
      work(index);
    }
  }

  private void work(int index) {
    Sgemm[][] phases = schedule[index];
    int times = repetitions;
    for (int i = 0; i < times; i++) {
      for (Sgemm[] phase : phases) {
        for (Sgemm call : phase) {
          call.run();
        }
        meet();
      }
    }
  }

  private void meet() {
    if (count == 1) {
      return;
    }
    int generation = (int) INTS.getAcquire(counters, GENERATION);
    if ((int) INTS.getAndAdd(counters, ARRIVED, 1) == count - 1) {
      INTS.setOpaque(counters, ARRIVED, 0);
      INTS.setRelease(counters, GENERATION, generation + 1);
      return;
    }
    while ((int) INTS.getAcquire(counters, GENERATION) == generation) {
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    repetitions = -1;
    meet();
  }
}
