package org.panagrad.plan;

import org.jspecify.annotations.Nullable;

/**
 * A plan with memory: for every phase and lane the tiles to run, in order. Immutable but for its
 * pace; as its memory is, it is for one run at a time.
 */
public final class Program {
  private final Tile[][][] tiles;
  private final Memory memory;
  private final boolean serial;
  private final @Nullable Pace pace;

  Program(Tile[][][] tiles, Memory memory) {
    this(tiles, memory, new Pace());
  }

  private Program(Tile[][][] tiles, Memory memory, @Nullable Pace pace) {
    this.memory = memory;
    this.pace = pace;
    this.tiles = tiles;
    this.serial = isSerial(tiles);
  }

  private static boolean isSerial(Tile[][][] tiles) {
    for (Tile[][] phase : tiles) {
      for (int lane = 1; lane < phase.length; lane++) {
        if (phase[lane].length > 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether only lane 0 has work, so that waking a worker would gain nothing. */
  boolean serial() {
    return serial;
  }

  /**
   * The same, of which all threads take part in every run even where the caller alone is faster:
   * for who measures what threads cost, or whose runs are too unlike to learn from.
   */
  public Program together() {
    return new Program(tiles, memory, null);
  }

  /** How its runs are best made, as far as is known; null if by all threads in any case. */
  @Nullable Pace pace() {
    return pace;
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
   * Refuses to run on freed memory: products and kernels go by address, which nothing guards.
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
