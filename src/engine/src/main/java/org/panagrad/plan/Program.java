package org.panagrad.plan;

import java.util.Arrays;

/** A plan with memory: for every phase and lane the tiles to run, in order. Immutable. */
public final class Program {
  private final Tile[][][] tiles;
  private final Memory memory;
  private final boolean serial;

  Program(Tile[][][] tiles, Memory memory) {
    this.memory = memory;
    this.tiles = tiles;
    this.serial =
        Arrays.stream(tiles)
            .allMatch(phase -> Arrays.stream(phase).skip(1).allMatch(lane -> lane.length == 0));
  }

  /** Whether only lane 0 has work, so that waking a worker would gain nothing. */
  boolean serial() {
    return serial;
  }

  /** Number of phases. */
  int phases() {
    return tiles.length;
  }

  /** Runs this thread's lanes of a phase: every {@code threads}-th from {@code thread} on. */
  void run(int phase, int thread, int threads, RunState state) {
    Tile[][] lanes = tiles[phase];
    for (int lane = thread; lane < lanes.length; lane += threads) {
      for (Tile tile : lanes[lane]) {
        tile.run(state);
      }
    }
  }

  /**
   * Refuses to run on freed memory: the products get addresses, which nothing guards.
   *
   * @throws IllegalStateException if a slab's arena is closed
   */
  void requireAlive() {
    if (!memory.isAlive()) {
      throw new IllegalStateException("the memory of this program is closed");
    }
  }

  /**
   * Runs everything on the calling thread; the same bits as with any number of workers. The caller
   * keeps the memory open until this returns.
   *
   * @throws IllegalStateException if the memory is closed
   */
  public void run(RunState state) {
    requireAlive();
    for (int phase = 0; phase < tiles.length; phase++) {
      run(phase, 0, 1, state);
    }
  }
}
