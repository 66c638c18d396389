package org.panagrad.bench.profile;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.panagrad.plan.Access;
import org.panagrad.plan.Buffer;
import org.panagrad.plan.Memory;
import org.panagrad.plan.Plan;
import org.panagrad.plan.Program;
import org.panagrad.plan.RunState;
import org.panagrad.plan.Step;
import org.panagrad.plan.Tile;
import org.panagrad.plan.Workers;

/** The engine's own threads, running something other than a network. */
final class Lanes implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final Workers workers;
  private final int count;

  Lanes(int count) {
    this.count = count;
    this.workers = new Workers("lane", count);
  }

  /** All lanes at once, each its tile, and all meet: phase after phase. */
  Runnable phases(int phases, IntFunction<Tile> tiles) {
    MemorySegment nothing = arena.allocate(64);
    Buffer contended = Buffer.workspace("contended", 1, 1, true);
    List<Step> steps = new ArrayList<>();
    for (int p = 0; p < phases; p++) {
      steps.add(
          new Step(
              "phase " + p,
              Step.Category.DATA,
              List.of(new Access(contended, null, true)),
              count,
              (memory, i) -> tiles.apply(i)));
    }
    Memory memory = new Memory(nothing, nothing, null, List.of());
    Program program = Plan.of(steps, count).bind(memory).together();
    RunState state = new RunState();
    return () -> workers.run(program, state);
  }

  @Override
  public void close() {
    workers.close();
    arena.close();
  }
}
