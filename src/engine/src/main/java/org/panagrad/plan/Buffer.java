package org.panagrad.plan;

/**
 * A matrix of 4-byte elements that a plan gives a place: in the workspace, where places are shared
 * by buffers that never live at once, or in one of the slabs that share the parameters' layout.
 */
public final class Buffer {
  /** Which slab a buffer lies in. */
  public enum Slab {
    /** Inputs, activations and their gradients: offsets come from lifetimes. */
    WORKSPACE,
    /** The learned values. */
    PARAMETERS,
    /** Their gradients, at the same offsets. */
    GRADIENTS
  }

  // 2^48 bytes are more than a processor addresses, and sums of such sizes stay within a long.
  private static final long MOST_ELEMENTS = 1L << 46;

  private final String name;
  private final Slab slab;
  private final int rows;
  private final int cols;
  private final boolean pinned;
  private long offset;

  private Buffer(String name, Slab slab, int rows, int cols, boolean pinned, long offset) {
    if ((long) rows * cols > MOST_ELEMENTS) {
      throw new IllegalArgumentException(
          name
              + ": a buffer of "
              + rows
              + " x "
              + cols
              + " elements, expected at most "
              + MOST_ELEMENTS
              + "; take a smaller batch or network");
    }
    this.name = name;
    this.slab = slab;
    this.rows = rows;
    this.cols = cols;
    this.pinned = pinned;
    this.offset = offset;
  }

  /**
   * A buffer in the workspace, to be placed by the planner.
   *
   * @param pinned alive through the whole run: the caller writes it before or reads it after
   */
  public static Buffer workspace(String name, int rows, int cols, boolean pinned) {
    return new Buffer(name, Slab.WORKSPACE, rows, cols, pinned, -1);
  }

  /** A buffer at a given place in the parameters or gradients. */
  public static Buffer placed(String name, Slab slab, int rows, int cols, long offset) {
    return new Buffer(name, slab, rows, cols, true, offset);
  }

  /** For reports. */
  public String name() {
    return name;
  }

  /** Which slab. */
  public Slab slab() {
    return slab;
  }

  /** Rows. */
  public int rows() {
    return rows;
  }

  /** Columns, which is also the row stride. */
  public int cols() {
    return cols;
  }

  /** Whether the buffer lives through the whole run. */
  public boolean pinned() {
    return pinned;
  }

  /** Size in bytes. */
  public long bytes() {
    return (long) rows * cols * Float.BYTES;
  }

  /** Byte offset in the slab. */
  public long offset() {
    if (offset < 0) {
      throw new IllegalStateException(name + ": not placed yet");
    }
    return offset;
  }

  /** Whether a plan has given it a place: a buffer belongs to one plan. */
  boolean isPlaced() {
    return offset >= 0;
  }

  void place(long at) {
    offset = at;
  }

  @Override
  public String toString() {
    return name + " (" + rows + ", " + cols + ")";
  }
}
