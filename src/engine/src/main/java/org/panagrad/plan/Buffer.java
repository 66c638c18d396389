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

  /** Rows that lie a multiple of so many elements apart use half of a cache's sets, or fewer. */
  private static final int CLASHING = 128;

  /** A line of cache. */
  private static final int LINE = 16;

  // 2^48 bytes are more than a processor addresses, and sums of such sizes stay within a long.
  private static final long MOST_ELEMENTS = 1L << 46;

  private final String name;
  private final Slab slab;
  private final int rows;
  private final int cols;
  private final int stride;
  private final boolean pinned;
  private long offset;

  private Buffer(
      String name, Slab slab, int rows, int cols, int stride, boolean pinned, long offset) {
    if ((long) rows * stride > MOST_ELEMENTS) {
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
    this.stride = stride;
    this.pinned = pinned;
    this.offset = offset;
  }

  /**
   * A buffer in the workspace, to be placed by the planner.
   *
   * @param pinned alive through the whole run: the caller writes it before or reads it after
   */
  public static Buffer workspace(String name, int rows, int cols, boolean pinned) {
    return new Buffer(name, Slab.WORKSPACE, rows, cols, cols, pinned, -1);
  }

  /**
   * The same for rows of which a product reads few columns at a time: where they would lie a
   * multiple of 512 bytes apart, and so push each other out of the near caches, a line is left free
   * after each (docs/decisions/0018).
   */
  public static Buffer spaced(String name, int rows, int cols, boolean pinned) {
    boolean clashes = rows > 1 && cols > 0 && cols % CLASHING == 0;
    int stride = clashes ? cols + LINE : cols;
    return new Buffer(name, Slab.WORKSPACE, rows, cols, stride, pinned, -1);
  }

  /** A buffer at a given place in the parameters or gradients. */
  public static Buffer placed(String name, Slab slab, int rows, int cols, long offset) {
    return new Buffer(name, slab, rows, cols, cols, true, offset);
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

  /** Columns. */
  public int cols() {
    return cols;
  }

  /** Elements from one row's start to the next's. */
  public int stride() {
    return stride;
  }

  /** Whether the buffer lives through the whole run. */
  public boolean pinned() {
    return pinned;
  }

  /** Size in bytes. */
  public long bytes() {
    return (long) rows * stride * Float.BYTES;
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
