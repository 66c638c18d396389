package org.panagrad.plan;

import java.util.Arrays;

/**
 * How a matrix is cut for the lanes: tile i has rows (or columns) [bound i, bound i + 1).
 *
 * <p>A tiling is a function of shapes and the partition width, never of the number of threads, so
 * that the bits of a result are too.
 */
public final class Tiling {
  /** What a tiling cuts. */
  public enum Axis {
    /** Each tile has whole rows. */
    ROWS,
    /** Each tile has whole columns. */
    COLS
  }

  private final Axis axis;
  private final int[] bounds;

  private Tiling(Axis axis, int[] bounds) {
    this.axis = axis;
    this.bounds = bounds;
  }

  /**
   * At most {@code width} tiles of about equal extent, none smaller than the quantum, with bounds
   * at multiples of it: kernels work in whole vectors, products in whole register blocks.
   */
  public static Tiling of(Axis axis, int extent, int width, int quantum) {
    int tiles = Math.clamp(extent / quantum, 1, width);
    int[] bounds = new int[tiles + 1];
    long blocks = ((long) extent + quantum - 1) / quantum;
    for (int i = 1; i < tiles; i++) {
      bounds[i] = Math.toIntExact(blocks * i / tiles * quantum);
    }
    bounds[tiles] = extent;
    return new Tiling(axis, bounds);
  }

  /** So many tiles of the same extent: a part, or a copy, for each. */
  public static Tiling equal(Axis axis, int tiles, int extent) {
    return of(axis, tiles * extent, tiles, extent);
  }

  /** One tile with everything. */
  public static Tiling whole(Axis axis, int extent) {
    return new Tiling(axis, new int[] {0, extent});
  }

  /** The same cut on the other axis: for a transposed matrix. */
  public Tiling transposed() {
    return new Tiling(axis == Axis.ROWS ? Axis.COLS : Axis.ROWS, bounds);
  }

  /** What is cut. */
  public Axis axis() {
    return axis;
  }

  /** Number of tiles. */
  public int tiles() {
    return bounds.length - 1;
  }

  /** First row or column of a tile. */
  public int from(int tile) {
    return bounds[tile];
  }

  /** One past the last row or column of a tile. */
  public int to(int tile) {
    return bounds[tile + 1];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tiling t && axis == t.axis && Arrays.equals(bounds, t.bounds);
  }

  @Override
  public int hashCode() {
    return 31 * axis.hashCode() + Arrays.hashCode(bounds);
  }

  @Override
  public String toString() {
    return axis + Arrays.toString(bounds);
  }
}
