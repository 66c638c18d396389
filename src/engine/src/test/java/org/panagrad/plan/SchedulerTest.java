package org.panagrad.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.panagrad.blas.Matrix;
import org.panagrad.memory.NativeMemory;
import org.panagrad.random.SeededRandom;

/**
 * Random steps in phases: every conflict stays in order, and whatever order the lanes of a phase
 * run in, memory ends as if the steps had run one after the other.
 */
class SchedulerTest {
  private static final int ROUNDS = 1_500;

  /** Steps that mix what they read into what they write; every tile is a pure function of both. */
  private static final class RandomSteps {
    final List<Step> steps = new ArrayList<>();
    final List<Buffer> buffers = new ArrayList<>();
    private final Set<Buffer> written = new HashSet<>();
    private final SeededRandom random;
    private final int width;

    RandomSteps(SeededRandom random, int width) {
      this.random = random;
      this.width = width;
      int count = 2 + random.nextInt(5);
      for (int i = 0; i < count; i++) {
        boolean pinned = i == 0 || random.nextInt(3) == 0;
        buffers.add(
            Buffer.workspace("b" + i, 1 + random.nextInt(9), 1 + random.nextInt(9), pinned));
      }
      int length = 1 + random.nextInt(14);
      for (int i = 0; i < length; i++) {
        add(i);
      }
      // Everything pinned has to have been written, to be compared.
      for (Buffer buffer : buffers) {
        if (buffer.pinned() && !written.contains(buffer)) {
          addWrite(steps.size(), buffer, tiling(buffer), List.of());
        }
      }
    }

    private Tiling tiling(Buffer buffer) {
      Tiling.Axis axis = random.nextInt(2) == 0 ? Tiling.Axis.ROWS : Tiling.Axis.COLS;
      int extent = axis == Tiling.Axis.ROWS ? buffer.rows() : buffer.cols();
      return Tiling.of(axis, extent, 1 + random.nextInt(width), 1);
    }

    private void add(int index) {
      Buffer target = buffers.get(random.nextInt(buffers.size()));
      Tiling cut = tiling(target);
      List<Access> reads = new ArrayList<>();
      for (Buffer buffer : buffers) {
        if (written.contains(buffer) && buffer != target && random.nextInt(2) == 0) {
          Tiling own = tiling(buffer);
          reads.add(
              own.tiles() == cut.tiles() && random.nextInt(2) == 0
                  ? Access.read(buffer, own)
                  : Access.readAll(buffer));
        }
      }
      addWrite(index, target, cut, reads);
    }

    private void addWrite(int index, Buffer target, Tiling cut, List<Access> reads) {
      boolean update = !written.add(target);
      List<Access> accesses = new ArrayList<>(reads);
      accesses.add(Access.write(target, cut));
      steps.add(
          new Step(
              "step " + index,
              Step.Category.ELEMENT_WISE,
              accesses,
              cut.tiles(),
              (memory, tile) -> tile(memory, index, target, cut, reads, update, tile)));
    }

    private static Tile tile(
        Memory memory,
        int index,
        Buffer target,
        Tiling cut,
        List<Access> reads,
        boolean update,
        int tile) {
      Matrix to = memory.tile(target, cut, tile);
      List<Matrix> from = new ArrayList<>();
      for (Access read : reads) {
        from.add(
            read.tiling() == null
                ? memory.matrix(read.buffer())
                : memory.tile(read.buffer(), read.tiling(), tile));
      }
      return state -> {
        int mixed = index + 1;
        for (Matrix m : from) {
          for (int r = 0; r < m.rows(); r++) {
            for (int c = 0; c < m.cols(); c++) {
              mixed = mixed * 31 + bits(m, r, c);
            }
          }
        }
        for (int r = 0; r < to.rows(); r++) {
          for (int c = 0; c < to.cols(); c++) {
            int before = update ? bits(to, r, c) : 0;
            setBits(to, r, c, (before * 17 + mixed) * 0x7feb352d + r * 8191 + c);
          }
        }
      };
    }

    private static int bits(Matrix m, int r, int c) {
      return m.segment().get(ValueLayout.JAVA_INT, m.offset() + 4L * (r * m.ld() + c));
    }

    private static void setBits(Matrix m, int r, int c, int bits) {
      m.segment().set(ValueLayout.JAVA_INT, m.offset() + 4L * (r * m.ld() + c), bits);
    }

    int[] pinned(Memory memory) {
      List<Integer> all = new ArrayList<>();
      for (Buffer buffer : buffers) {
        if (buffer.pinned()) {
          Matrix m = memory.matrix(buffer);
          for (int r = 0; r < m.rows(); r++) {
            for (int c = 0; c < m.cols(); c++) {
              all.add(bits(m, r, c));
            }
          }
        }
      }
      return all.stream().mapToInt(i -> i).toArray();
    }
  }

  @Test
  void conflictsStayInOrder() {
    long seed = System.nanoTime();
    System.out.println("SchedulerTest.conflictsStayInOrder seed " + seed);
    SeededRandom random = SeededRandom.of(seed);
    for (int round = 0; round < ROUNDS; round++) {
      List<Step> steps = new RandomSteps(random, 1 + random.nextInt(5)).steps;
      int[] phase = Scheduler.phases(steps);
      for (int i = 0; i < steps.size(); i++) {
        for (int j = 0; j < i; j++) {
          for (Access later : steps.get(i).accesses()) {
            for (Access earlier : steps.get(j).accesses()) {
              if (later.buffer() != earlier.buffer() || !(later.write() || earlier.write())) {
                continue;
              }
              boolean oneTile = steps.get(i).tiles() == 1 && steps.get(j).tiles() == 1;
              boolean oneLane =
                  oneTile
                      || (later.tiling() != null
                          && Objects.equals(later.tiling(), earlier.tiling()));
              assertTrue(
                  phase[j] < phase[i] || (phase[j] == phase[i] && oneLane),
                  "seed " + seed + ", round " + round + ": " + j + " before " + i);
            }
          }
        }
      }
    }
  }

  @Test
  void anyOrderOfLanesGivesWhatSequentialStepsGive() {
    long seed = System.nanoTime();
    System.out.println("SchedulerTest.anyOrderOfLanes seed " + seed);
    SeededRandom random = SeededRandom.of(seed);
    int cut = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String where = "seed " + seed + ", round " + round;
      int width = 1 + random.nextInt(5);
      RandomSteps made = new RandomSteps(random, width);
      Plan plan = Plan.of(made.steps, width);
      try (NativeMemory owner = new NativeMemory("scheduler", Long.MAX_VALUE)) {
        // Sequentially, each buffer alone: no planner, no phase.
        int[] expected = sequential(made, owner);
        Memory memory = memory(owner.allocate("workspace", plan.workspaceBytes()));
        Program program = plan.bind(memory);
        cut += program.serial() ? 0 : 1;
        for (int attempt = 0; attempt < 8; attempt++) {
          memory.workspace().fill((byte) random.nextInt(256));
          for (int phase = 0; phase < plan.phases(); phase++) {
            for (int lane : order(random, width, attempt)) {
              program.run(phase, lane, width, new RunState());
            }
          }
          assertArrayEquals(expected, made.pinned(memory), where + ", attempt " + attempt);
        }
      }
    }
    assertTrue(cut > ROUNDS / 2, "rounds with more than one lane: " + cut);
  }

  @Test
  void workersGiveWhatSequentialStepsGive() {
    long seed = System.nanoTime();
    System.out.println("SchedulerTest.workers seed " + seed);
    SeededRandom random = SeededRandom.of(seed);
    for (int threads = 2; threads <= 4; threads++) {
      try (Workers workers = new Workers("scheduler-test", threads)) {
        for (int round = 0; round < ROUNDS / 5; round++) {
          int width = 1 + random.nextInt(5);
          RandomSteps made = new RandomSteps(random, width);
          Plan plan = Plan.of(made.steps, width);
          try (NativeMemory owner = new NativeMemory("scheduler", Long.MAX_VALUE)) {
            int[] expected = sequential(made, owner);
            Memory memory = memory(owner.allocate("workspace", plan.workspaceBytes()));
            workers.run(plan.bind(memory), new RunState());
            assertArrayEquals(expected, made.pinned(memory), "seed " + seed + ", round " + round);
          }
        }
      }
    }
  }

  private static Memory memory(MemorySegment workspace) {
    return new Memory(workspace, workspace, null, List.of());
  }

  private static int[] order(SeededRandom random, int width, int attempt) {
    int[] order = new int[width];
    for (int i = 0; i < width; i++) {
      order[i] = attempt == 0 ? i : width - 1 - i;
    }
    if (attempt > 1) {
      for (int i = width - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        int kept = order[i];
        order[i] = order[j];
        order[j] = kept;
      }
    }
    return order;
  }

  private static int[] sequential(RandomSteps made, NativeMemory owner) {
    long[] planned = made.buffers.stream().mapToLong(SchedulerTest::offset).toArray();
    long at = 0;
    for (Buffer buffer : made.buffers) {
      buffer.place(at);
      at += NativeMemory.align(buffer.bytes());
    }
    Memory memory = memory(owner.allocate("apart", at));
    for (Step step : made.steps) {
      for (int tile = 0; tile < step.tiles(); tile++) {
        step.binder().bind(memory, tile).run(new RunState());
      }
    }
    int[] result = made.pinned(memory);
    for (int i = 0; i < planned.length; i++) {
      made.buffers.get(i).place(planned[i]);
    }
    return result;
  }

  /** Where the plan put it; a buffer no step touches has no place. */
  private static long offset(Buffer buffer) {
    try {
      return buffer.offset();
    } catch (IllegalStateException notPlaced) {
      return -1;
    }
  }

  @Test
  void anElementWiseStepSharesThePhaseOfTheTileItReads() {
    Buffer a = Buffer.workspace("a", 8, 8, true);
    Buffer b = Buffer.workspace("b", 8, 8, true);
    Tiling rows = Tiling.of(Tiling.Axis.ROWS, 8, 4, 1);
    Step.Binder none = (memory, tile) -> state -> {};
    Step first = new Step("1", Step.Category.PRODUCT, List.of(Access.write(a, rows)), 4, none);
    Step aligned =
        new Step(
            "2",
            Step.Category.ELEMENT_WISE,
            List.of(Access.read(a, rows), Access.write(b, rows)),
            4,
            none);
    Step across =
        new Step(
            "3", Step.Category.PRODUCT, List.of(Access.readAll(b), Access.write(a, rows)), 4, none);
    assertArrayEquals(new int[] {0, 0, 1}, Scheduler.phases(List.of(first, aligned, across)));
    assertEquals(2, Plan.of(List.of(first, aligned, across), 4).phases());
  }
}
