package org.panagrad.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Steps in phases and buffers at offsets: all that is to be known before memory is taken.
 *
 * <p>Immutable; bound to memory it becomes a {@link Program}.
 */
public final class Plan {
  private final List<Step> steps;
  private final int[] phaseOf;
  private final int phases;
  private final int width;
  private final long workspaceBytes;
  private final Map<Buffer, int[]> lifetimes;

  private Plan(
      List<Step> steps,
      int[] phaseOf,
      int phases,
      int width,
      long workspaceBytes,
      Map<Buffer, int[]> lifetimes) {
    this.steps = steps;
    this.phaseOf = phaseOf;
    this.phases = phases;
    this.width = width;
    this.workspaceBytes = workspaceBytes;
    this.lifetimes = lifetimes;
  }

  /**
   * Plans these steps, to run in this order where they depend on each other.
   *
   * @param width the partition width: the most tiles a step has
   */
  public static Plan of(List<Step> steps, int width) {
    int[] phaseOf = Scheduler.phases(steps);
    int phases = 0;
    for (int phase : phaseOf) {
      phases = Math.max(phases, phase + 1);
    }
    Map<Buffer, int[]> lifetimes = new LinkedHashMap<>();
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).tiles() > width) {
        throw new IllegalArgumentException(
            steps.get(i).name() + ": " + steps.get(i).tiles() + " tiles, at most " + width);
      }
      for (Access access : steps.get(i).accesses()) {
        Buffer buffer = access.buffer();
        if (buffer.slab() == Buffer.Slab.WORKSPACE) {
          int phase = phaseOf[i];
          int[] life = lifetimes.get(buffer);
          if (life == null) {
            life = buffer.pinned() ? new int[] {0, phases} : new int[] {phase, phase};
            lifetimes.put(buffer, life);
          }
          if (!buffer.pinned()) {
            life[0] = Math.min(life[0], phase);
            life[1] = Math.max(life[1], phase);
          }
        }
      }
    }
    List<OffsetPlanner.Request> requests = new ArrayList<>();
    for (Map.Entry<Buffer, int[]> entry : lifetimes.entrySet()) {
      int[] life = entry.getValue();
      requests.add(new OffsetPlanner.Request(entry.getKey().bytes(), life[0], life[1]));
    }
    long[] offsets = OffsetPlanner.place(requests);
    int i = 0;
    for (Buffer buffer : lifetimes.keySet()) {
      if (buffer.isPlaced()) {
        throw new IllegalArgumentException(buffer + ": belongs to another plan");
      }
      buffer.place(offsets[i++]);
    }
    return new Plan(List.copyOf(steps), phaseOf, phases, width, offsets[i], lifetimes);
  }

  /** Bytes of workspace the plan needs. */
  public long workspaceBytes() {
    return workspaceBytes;
  }

  /** Number of phases: the lanes meet this often in a run. */
  public int phases() {
    return phases;
  }

  /** The partition width. */
  public int width() {
    return width;
  }

  /** Lanes that have work: the most tiles of a step, which the width only bounds. */
  public int lanes() {
    int lanes = 1;
    for (Step step : steps) {
      lanes = Math.max(lanes, step.tiles());
    }
    return lanes;
  }

  /** The steps. */
  public List<Step> steps() {
    return steps;
  }

  /** The phase in which a step runs. */
  public int phaseOf(int step) {
    return phaseOf[step];
  }

  /** Gives every step its memory. */
  public Program bind(Memory memory) {
    return bind(memory, step -> true, null);
  }

  /**
   * Gives some of the steps their memory and leaves out the others: what the products alone cost,
   * say.
   */
  public Program bind(Memory memory, Predicate<Step> which) {
    return bind(memory, which, null);
  }

  /** A clock for the programs that {@link #bind(Memory, Profile)} makes of this plan. */
  public Profile profile() {
    return new Profile(steps, lanes());
  }

  /** Gives every step its memory, and books its time on the profile, lane by lane. */
  public Program bind(Memory memory, Profile profile) {
    return bind(memory, step -> true, profile).together();
  }

  private Program bind(Memory memory, Predicate<Step> which, @Nullable Profile profile) {
    int lanesUsed = lanes();
    List<List<List<Tile>>> lanes = new ArrayList<>();
    for (int p = 0; p < phases; p++) {
      List<List<Tile>> phase = new ArrayList<>();
      for (int lane = 0; lane < lanesUsed; lane++) {
        phase.add(new ArrayList<>());
      }
      lanes.add(phase);
    }
    for (int s = 0; s < steps.size(); s++) {
      Step step = steps.get(s);
      if (!which.test(step)) {
        continue;
      }
      for (int tile = 0; tile < step.tiles(); tile++) {
        Tile bound = step.binder().bind(memory, tile);
        List<Tile> before = lanes.get(phaseOf[s]).get(tile);
        before.add(profile == null ? bound : profile.timed(bound, s, tile, before.isEmpty()));
      }
    }
    Tile[][][] tiles = new Tile[phases][lanesUsed][];
    for (int p = 0; p < phases; p++) {
      for (int lane = 0; lane < lanesUsed; lane++) {
        tiles[p][lane] = lanes.get(p).get(lane).toArray(new Tile[0]);
      }
    }
    return new Program(tiles, memory);
  }

  /** A line per step and a line per buffer: what runs when, and what lies where. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int p = 0; p < phases; p++) {
      text.append("phase ").append(p).append('\n');
      for (int s = 0; s < steps.size(); s++) {
        if (phaseOf[s] == p) {
          text.append(
              String.format(
                  Locale.ROOT, "  %-36s %d tiles%n", steps.get(s).name(), steps.get(s).tiles()));
        }
      }
    }
    lifetimes.forEach(
        (b, life) ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "%-36s %,12d B at %,12d, phases %d to %d%n",
                    b,
                    b.bytes(),
                    b.offset(),
                    life[0],
                    life[1])));
    return text.append(String.format(Locale.ROOT, "workspace %,d B%n", workspaceBytes)).toString();
  }
}
