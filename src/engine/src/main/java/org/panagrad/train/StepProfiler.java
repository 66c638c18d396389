package org.panagrad.train;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.panagrad.data.Dataset;
import org.panagrad.memory.NativeMemory;
import org.panagrad.plan.Memory;
import org.panagrad.plan.Plan;
import org.panagrad.plan.Profile;
import org.panagrad.plan.Program;
import org.panagrad.plan.RunState;
import org.panagrad.plan.Step;
import org.panagrad.plan.UpdateRule;
import org.panagrad.plan.Workers;

/** Times training steps by running some, and puts back what they have changed. */
final class StepProfiler {
  // The first steps read cold memory.
  private static final int WARM_UP = 3;

  private final Plan plan;
  private final Memory memory;
  private final Workers workers;
  private final UpdateRule rule;
  private final BatchFeed feed;
  private final long epoch;
  private final Dataset data;
  private final int batchSize;

  StepProfiler(
      Plan plan,
      Memory memory,
      Workers workers,
      UpdateRule rule,
      BatchFeed feed,
      long epoch,
      Dataset data,
      int batchSize) {
    this.plan = plan;
    this.memory = memory;
    this.workers = workers;
    this.rule = rule;
    this.feed = feed;
    this.epoch = epoch;
    this.data = data;
    this.batchSize = batchSize;
  }

  /** What a training changes. */
  private static List<MemorySegment> live(Memory memory) {
    List<MemorySegment> live = new ArrayList<>();
    live.add(memory.parameters());
    if (memory.gradients() != null) {
      live.add(memory.gradients());
    }
    live.addAll(memory.optimizerState());
    return live;
  }

  /** Native memory that a profile takes. */
  static long bytes(Memory memory) {
    return live(memory).stream().mapToLong(slab -> NativeMemory.align(slab.byteSize())).sum();
  }

  /**
   * @param state a copy of the session's, which is written to
   * @param maxNativeBytes that may be taken for what is put back
   */
  StepTimes time(int steps, RunState state, long maxNativeBytes) {
    List<MemorySegment> live = live(memory);
    try (NativeMemory taken = new NativeMemory("profile", maxNativeBytes)) {
      List<MemorySegment> before = new ArrayList<>();
      for (MemorySegment slab : live) {
        before.add(taken.allocate("what is put back", slab.byteSize()).copyFrom(slab));
      }
      try {
        return time(steps, state);
      } finally {
        for (int i = 0; i < live.size(); i++) {
          MemorySegment slab = live.get(i);
          slab.copyFrom(before.get(i).asSlice(0, slab.byteSize()));
        }
      }
    }
  }

  private StepTimes time(int steps, RunState state) {
    Profile profile = plan.profile();
    Program program = plan.bind(memory, profile);
    long examples = 0;
    long begin = System.nanoTime();
    int next = 0;
    data.hold();
    try {
      for (int i = -WARM_UP; i < steps; i++) {
        if (i == 0) {
          profile.reset();
          examples = 0;
          begin = System.nanoTime();
        }
        state.batch = Math.min(batchSize, data.size() - next);
        state.source = feed.await(epoch, next);
        state.step++;
        rule.prepare(state);
        workers.run(program, state);
        feed.release();
        examples += state.batch;
        next = next + state.batch == data.size() ? 0 : next + state.batch;
      }
    } finally {
      data.release();
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    int lanes = plan.lanes();
    Map<Step.Category, Double> categories = new EnumMap<>(Step.Category.class);
    profile
        .byCategory()
        .forEach((category, nanos) -> categories.put(category, nanos / 1e9 / lanes));
    double waiting = 0;
    for (int lane = 0; lane < lanes; lane++) {
      waiting += profile.betweenPhases(lane) / 1e9 / lanes;
    }
    return new StepTimes(steps, examples, lanes, seconds, categories, waiting);
  }
}
