package org.panagrad.plan;

import org.jspecify.annotations.Nullable;

/**
 * That a step reads or writes a buffer.
 *
 * @param tiling tile i of the step touches only tile i of the buffer; null if any tile may touch
 *     all of it
 */
public record Access(Buffer buffer, @Nullable Tiling tiling, boolean write) {
  /** Tile i reads tile i. */
  public static Access read(Buffer buffer, Tiling tiling) {
    return new Access(buffer, tiling, false);
  }

  /** Any tile may read all of it. */
  public static Access readAll(Buffer buffer) {
    return new Access(buffer, null, false);
  }

  /** Tile i writes (or reads and writes) tile i. */
  public static Access write(Buffer buffer, Tiling tiling) {
    return new Access(buffer, tiling, true);
  }

  /** Whether the two may not run at once, or in the other order. */
  boolean conflictsWith(Access other) {
    return buffer == other.buffer && (write || other.write);
  }

  /** Whether a conflict stays inside one lane: tile i of both touches the same part. */
  boolean alignedWith(Access other) {
    return tiling != null && other.tiling != null && tiling.equals(other.tiling);
  }
}
